import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { expect } from 'chai';
import { module as git } from '../../../src/modules/git/index.ts';
import { script } from '../../../src/transport/command.ts';
import { createSshConnector } from '../../../src/transport/ssh.ts';
import type { Connector } from '../../../src/transport/contract.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import type { Ran } from './play.ts';
import { failed, labNode, play } from './play.ts';

describe('git on the lab’s nodes', function () {
  this.timeout(60_000);
  const FOLDER = '/tmp/oms-play-git';
  const dest = `${FOLDER}/clone`;
  const repo = `file://${FOLDER}/repo.git`;
  let connector: Connector;
  let node: NodeWriter;

  const onNode = async (text: string): Promise<string> => {
    const done = await node.run(script(`set -e; cd ${FOLDER}; ${text}`));
    expect(done.exitCode, done.stderr.toString()).to.equal(0);
    return done.stdout.toString().trim();
  };
  const commit = (name: string): Promise<string> =>
    onNode(
      `cd work; echo ${name} >${name}; git add .; git commit -qm ${name}; git push -q origin HEAD --tags; git rev-parse HEAD`,
    );
  const clone = (more: object = {}): Promise<Ran> => play(git, node, { repo, dest, ...more });
  const twice = async (more: object = {}): Promise<Ran> => {
    const first = await clone(more);
    expect((await clone(more)).changes, JSON.stringify(more)).to.deep.equal([]);
    return first;
  };

  before(async () => {
    connector = createSshConnector();
    node = labNode(connector, 'hz-1', { HOME: `${FOLDER}/home` });
    await node.run(script(`rm -rf ${FOLDER}; mkdir -p ${FOLDER}/home`));
    await onNode(`git config --global user.email a@b; git config --global user.name a
      git config --global protocol.file.allow always; git config --global init.defaultBranch main
      git config --global uploadpack.allowAnySHA1InWant true
      git init -q --bare repo.git; git clone -q repo.git work 2>/dev/null`);
    await commit('one');
  });
  after(async () => {
    await node.run(script(`rm -rf ${FOLDER}`));
    await connector.close();
  });

  it('clones, follows the default branch, tags and commits, and says which commits came', async () => {
    const first = await onNode('git -C repo.git rev-parse HEAD');
    expect((await twice()).changes).to.deep.equal([`${dest}: absent → ${first.slice(0, 10)} (main)`]);
    const second = await commit('two');
    const updated = await twice();
    expect(updated.changes).to.deep.equal([`${dest}: ${first.slice(0, 10)} → ${second.slice(0, 10)} (main)`]);
    expect(updated.result).to.deep.include({ before: first, after: second });
    expect(updated.result['commits']).to.deep.equal([`${second.slice(0, 7)} two`]);
    await onNode('cd work; git tag -a v1 -m v1; git checkout -q -b release; git push -q origin v1 release');
    expect((await twice({ version: 'release' })).changes).to.deep.equal([`${dest}: main → branch release`]);
    const third = await commit('three');
    expect((await clone({ version: 'v1' })).changes, 'the same commit').to.deep.equal([]);
    await twice({ version: third });
    await twice({ version: 'v1' });
    expect(await onNode('ls clone')).to.equal('one\ntwo');
    expect((await clone({ version: 'release', update: false })).changes).to.deep.equal([]);
    expect((await failed(clone({ version: 'none' }))).failure.message).to.contain('no branch or tag none');
  });

  it('throws away work only when told', async () => {
    await twice({ version: 'release' });
    await onNode('echo x >>clone/one');
    expect((await failed(clone({ version: 'main' }))).failure.message).to.contain('changed files');
    await twice({ version: 'main', force: true });
    await onNode('cd clone; echo y >y; git add y; git commit -qm y');
    expect((await failed(clone({ version: 'main' }))).failure.message).to.contain('has commits on main');
    await twice({ version: 'main', force: true });
    expect(await onNode('ls clone')).to.equal('one\ntwo');
  });

  it('makes shallow clones, of commits too, and deepens to others', async () => {
    const args = { dest: `${dest}-shallow`, depth: 1 };
    await twice({ ...args, version: 'main' });
    expect(await onNode('git -C clone-shallow rev-list --count HEAD')).to.equal('1');
    await twice({ ...args, version: 'release' });
    await twice({ ...args, version: 'v1' });
    const first = await onNode('git -C repo.git rev-list --max-parents=0 main');
    await twice({ ...args, version: first });
    expect(await onNode('git -C clone-shallow rev-parse HEAD')).to.equal(first);
  });

  it('keeps a bare mirror, another address and a folder of git’s own', async () => {
    const bare = { dest: `${dest}-bare`, bare: true };
    await twice(bare);
    await onNode(
      'cd work; git checkout -q main; git push -q origin --delete release; git tag v2; git push -q origin v2',
    );
    expect((await twice(bare)).changes).to.have.lengthOf(2);
    await onNode('cp -a repo.git other.git');
    const other = { repo: `file://${FOLDER}/other.git`, version: 'main' };
    expect((await twice(other)).changes).to.deep.equal([
      `${dest}: remote ${repo} → file://${FOLDER}/other.git`,
    ]);
    await twice({ ...other, separate_git_dir: `${FOLDER}/apart` });
    expect(await onNode('git -C clone rev-parse --absolute-git-dir')).to.equal(`${FOLDER}/apart`);
    await twice({ dest: `${dest}-apart`, separate_git_dir: `${FOLDER}/apart2` });
  });

  it('brings submodules to their commits', async () => {
    await onNode(`git init -q sub; cd sub; echo s >s; git add .; git commit -qm s; cd ../work
      git submodule --quiet add file://${FOLDER}/sub sub; git commit -qm sub; git push -q origin HEAD`);
    await twice({ version: 'main', repo: `${FOLDER}/repo.git` });
    expect(await onNode('ls clone/sub')).to.equal('s');
    await onNode('git -C clone submodule --quiet deinit --all --force');
    const again = await twice({ version: 'main', repo: `${FOLDER}/repo.git` });
    expect(again.changes).to.deep.equal([`${dest}: submodules → at their commits`]);
  });

  it('goes by ssh with a key; a new host is refused, or taken on request, and check writes nothing', async () => {
    const key = await readFile(
      join(import.meta.dirname, '..', '..', '..', '.cache', 'lab', 'ssh', 'id_ed25519'),
    );
    await node.writeFile(`${FOLDER}/key`, key, { mode: '0600' });
    const known = `${FOLDER}/known`;
    const args = {
      ...{ repo: `ssh://root@10.77.0.11${FOLDER}/repo.git`, dest: `${dest}-ssh`, recursive: false },
      ...{ key_file: `${FOLDER}/key`, ssh_opts: `-o UserKnownHostsFile=${known}` },
    };
    const refused = await failed(clone(args));
    expect(refused.failure.hint).to.contain('accept_newhostkey');
    const taken = { ...args, accept_newhostkey: true };
    await git.check(node, git.args.parse(taken));
    expect(await node.stat(known), 'check wrote a key').to.equal(undefined);
    await twice(taken);
    expect((await node.stat(known))?.type).to.equal('file');
    const nobody = await failed(clone({ ...taken, key_file: '/none', dest: `${dest}-none` }));
    expect(nobody.failure.hint).to.contain('key_file');
    expect((await failed(clone({ dest: '/etc' }))).failure.message).to.contain('is no git repository');
    expect((await failed(clone({ executable: 'gitt' }))).failure.message).to.contain('there is no gitt');
  });

  it('gives a password to a server that asks for it, and keeps it out of the clone', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'oms-play-git-'));
    const local = (text: string): void => {
      execFileSync('sh', ['-ec', text], {
        cwd: folder,
        env: { ...process.env, HOME: folder },
        stdio: 'pipe',
      });
    };
    local(`git config --global user.email a@b; git config --global user.name a; git init -q work; cd work; echo 1 >one
      git add .; git commit -qm one; cd ..; git clone -q --bare work site.git; git -C site.git update-server-info`);
    const server = createServer((request, response) => {
      const login = Buffer.from('o p:p@ss w/ö').toString('base64');
      const known = request.headers.authorization === `Basic ${login}`;
      const file = join(folder, normalize((request.url ?? '/').replace(/\?.*/, '')));
      const there = known && existsSync(file);
      response.writeHead(
        there ? 200 : known ? 404 : 401,
        known ? {} : { 'www-authenticate': 'Basic realm="git"' },
      );
      response.end(there ? readFileSync(file) : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '10.77.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const args = {
        repo: `http://o%20p:p%40ss%20w%2F%C3%B6@10.77.0.1:${port}/site.git`,
        dest: `${dest}-http`,
      };
      const made = await twice(args);
      expect(made.changes[0]).to.match(/absent → [0-9a-f]{10} /);
      expect(await onNode('cat clone-http/one')).to.equal('1');
      expect(await onNode('cat clone-http/.git/config')).to.not.match(/p@ss|p%40ss/);
      const wrong = await failed(
        clone({ ...args, repo: args.repo.replace('p%40ss', 'x'), dest: `${dest}-none` }),
      );
      expect(wrong.failure.hint).to.contain('user and password');
      expect(JSON.stringify(wrong.failure)).to.not.contain('w/ö');
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
});
