import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadUserModules } from '../../src/cli/user-modules.ts';
import { createSources } from '../../src/load/sources.ts';
import { script, sh } from '../../src/transport/command.ts';
import { createConnector } from '../../src/transport/connect.ts';
import type { Connector } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { createRunScope } from '../../src/transport/run-scope.ts';
import { converge, failureOf, labTarget, OPS, play } from './on-node.ts';

const HOME = '/var/oms-files-test';
const PORT = 18099;

describe('modules about files on the lab’s nodes', function () {
  this.timeout(120_000);
  const run = createRunScope();
  let connector: Connector;
  let nodes: readonly NodeWriter[];
  let here: string;

  const said = async (node: NodeWriter, text: string): Promise<string> =>
    (await node.query(script(text))).stdout.toString().trim();
  const clean = (node: NodeWriter): Promise<unknown> => node.run(sh`rm -rf -- ${HOME}`);

  before(async () => {
    here = await mkdtemp(join(tmpdir(), 'oms-play-lab-files-'));
    connector = createConnector();
    const root = connector.connect(labTarget('hz-1', '10.77.0.11', 'root'));
    const ops = connector.connect(labTarget('hz-2', '10.77.0.12', 'ops'));
    nodes = [
      createNode({ name: 'hz-1', address: 'hz-1', link: () => root, scope: run.scope }),
      createNode({ name: 'hz-2', address: 'hz-2', link: () => ops, become: OPS, scope: run.scope }),
    ];
    for (const node of nodes) {
      expect(await said(node, 'stat -f -c %T /; cat /proc/sys/kernel/hostname')).to.equal(
        `overlayfs\n${node.name}`,
      );
      await clean(node);
      await node.run(sh`mkdir -p -- ${HOME}`);
    }
  });
  after(async () => {
    await Promise.all(nodes.map(clean));
    await run.end();
    await connector.close();
    await rm(here, { recursive: true });
  });

  it('script runs as the user that one becomes, and is gone behind', async () => {
    const path = join(here, 'who.sh');
    await writeFile(path, `#!/bin/sh\nid -un; echo "$1" >${HOME}/said; echo "$0"\n`);
    for (const node of nodes) {
      const { result } = await play(node, 'script', { cmd: { path, words: ["it's 水"] } });
      const [user, place] = result['stdout_lines'] as string[];
      expect(user).to.equal('root');
      expect(await said(node, `cat ${HOME}/said; ls ${place} 2>&1`)).to.match(/^it's 水\n.*No such file/);
    }
  });

  it('fetch brings what only root may read, a large one in parts', async () => {
    for (const node of nodes) {
      await said(node, `umask 077; head -c 20000000 /dev/urandom >${HOME}/large`);
      const { result } = await converge(node, 'fetch', { src: `${HOME}/large`, dest: join(here, 'got') });
      expect(result['dest']).to.equal(join(here, 'got', node.name, HOME, 'large'));
      expect((await readFile(String(result['dest']))).length).to.equal(20_000_000);
    }
  });

  it('archive, find, unarchive, assemble and copy on the node itself', async () => {
    for (const node of nodes) {
      await said(
        node,
        `mkdir -p ${HOME}/in/d; echo 1 >${HOME}/in/10; echo 2 >${HOME}/in/20; head -c 2000000 /dev/zero >${HOME}/in/d/zero`,
      );
      const { result } = await converge(node, 'find', { paths: `${HOME}/in`, recurse: true, size: '1m' });
      expect(result['matched']).to.equal(1);
      await converge(node, 'archive', { path: `${HOME}/in`, dest: `${HOME}/in.tgz`, mode: '0600' });
      await converge(node, 'file', { path: `${HOME}/out`, state: 'directory' });
      await converge(node, 'unarchive', {
        src: `${HOME}/in.tgz`,
        dest: `${HOME}/out`,
        remote_src: true,
        owner: 'nobody',
      });
      expect(await said(node, `stat -c '%U %s' ${HOME}/out/in/d/zero`)).to.equal('nobody 2000000');
      await converge(node, 'assemble', { src: `${HOME}/in`, dest: `${HOME}/whole` });
      expect(await said(node, `cat ${HOME}/whole`)).to.equal('1\n2');
      const copy = {
        src: `${HOME}/in/d/zero`,
        dest: `${HOME}/zero`,
        remote_src: true,
        owner: 'nobody',
        mode: '0640',
      };
      await converge(node, 'copy', copy);
      expect(await said(node, `stat -c '%U %a %s' ${HOME}/zero`)).to.equal('nobody 640 2000000');
    }
  });

  it('unarchive brings an archive of the controller to all, only what differs', async () => {
    await mkdir(join(here, 'tool/bin'), { recursive: true });
    await writeFile(join(here, 'tool/bin/run'), '#!/bin/sh\n', { mode: 0o755 });
    execFileSync('tar', ['-czf', 'tool.tgz', 'tool'], { cwd: here });
    const given = {
      src: join(here, 'tool.tgz'),
      dest: HOME,
      owner: 'nobody',
      extra_opts: ['--strip-components=1'],
    };
    for (const node of nodes) {
      await converge(node, 'unarchive', given);
      await said(node, `echo x >>${HOME}/bin/run`);
      const { changes } = await converge(node, 'unarchive', given);
      expect(changes).to.deep.equal([`${HOME}/bin/run: content`]);
      expect(await said(node, `stat -c '%U %a' ${HOME}/bin/run`)).to.equal('nobody 755');
    }
  });

  it('get_url fetches what the node can reach', async () => {
    for (const node of nodes) {
      await said(node, `mkdir -p ${HOME}/www; echo page >${HOME}/www/a; cd ${HOME}/www; sha256sum a >SUMS`);
      const pid = await said(
        node,
        `busybox httpd -f -p 127.0.0.1:${PORT} -h ${HOME}/www >/dev/null 2>&1 & echo $!; sleep 0.3`,
      );
      try {
        const url = `http://127.0.0.1:${PORT}`;
        await converge(node, 'get_url', {
          url: `${url}/a`,
          dest: `${HOME}/`,
          checksum: `sha256:${url}/SUMS`,
          mode: '0600',
        });
        expect(await said(node, `cat ${HOME}/a`)).to.equal('page');
        const error = await failureOf(play(node, 'get_url', { url: `${url}/no`, dest: `${HOME}/no` }));
        expect(error.message).to.match(/404/);
      } finally {
        await said(node, `kill ${pid}`);
      }
    }
  });

  it('a program of the user’s runs there, as the user that one becomes', async () => {
    await mkdir(join(here, 'modules'));
    await writeFile(join(here, 'modules/owner.yml'), 'summary: s\nargs: { path: { required: true } }\n');
    await writeFile(
      join(here, 'modules/owner.sh'),
      `#!/bin/sh
p=$OMS_PLAY_ARG_PATH
[ $OMS_PLAY_ACTION = check ] || { umask 077; id -un >"$p"; }
[ -e "$p" ] && c= || c='{"subject": "p", "summary": "absent → file"}'
printf '{"changes": [%s], "result": {"user": "%s"}}' "$([ $OMS_PLAY_ACTION = apply ] || echo "$c")" "$(id -un)"
`,
    );
    const sources = createSources({ cwd: here });
    const { value, problems } = await loadUserModules([join(here, 'p.yml')], new Set(), sources);
    expect(problems).to.deep.equal([]);
    const [module] = value;
    for (const node of nodes) {
      const args = module?.args.parse({ path: `${HOME}/owned` });
      const found = await module?.check(node, args);
      expect(found?.changes).to.have.length(1);
      if (found !== undefined) expect(await module?.apply(node, args, found)).to.deep.equal({ user: 'root' });
      expect((await module?.check(node, args))?.changes).to.deep.equal([]);
      expect(await said(node, `cat ${HOME}/owned; ls -d /tmp/oms-play-* 2>/dev/null`)).to.equal('root');
    }
  });
});
