import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ContainerInfo } from '../../src/modules/docker/inspect.ts';
import { containerArgs } from '../../src/modules/docker_container/args.ts';
import { aspectsOf, differences } from '../../src/modules/docker_container/aspects.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { tail } from '../../src/modules/failure.ts';
import { builtinModules } from '../../src/modules/index.ts';
import type { Link } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { openHere } from './here.ts';

/** On a real shell: what the second run must find as the first one left it. */
describe('a second run finds nothing to do', () => {
  let folder: string;
  let link: Link;
  let node: NodeWriter;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oms-play-converge-'));
    link = openHere();
    node = createNode({ name: 'here', address: '127.0.0.1', link: () => Promise.resolve(link) });
  });
  afterEach(async () => {
    await link.close();
    await rm(folder, { recursive: true });
  });

  async function use(name: string, given: object): Promise<Record<string, unknown>> {
    const module = builtinModules.find((one) => one.name === name);
    if (module === undefined) throw new Error(`no module ${name}`);
    const args = module.args.parse(given);
    const found = await module.check(node, args);
    const result = found.changes.length > 0 ? await module.apply(node, args, found) : found.result;
    if (module.always === undefined) expect((await module.check(node, args)).changes).to.deep.equal([]);
    return result as Record<string, unknown>;
  }

  const modeOf = async (path: string): Promise<string> => ((await stat(path)).mode & 0o7777).toString(8);

  it('of a folder below one whose set-group-ID new folders inherit', async () => {
    const shared = join(folder, 'shared');
    await mkdir(shared);
    await chmod(shared, 0o2775);
    await use('file', { path: join(shared, 'new'), state: 'directory', mode: '0755' });
    expect(await modeOf(join(shared, 'new'))).to.equal('755');
    await chmod(join(shared, 'new'), 0o2755);
    await use('file', { path: join(shared, 'new'), state: 'directory', mode: '0755' });
    await mkdir(join(shared, 'new', 'below'));
    await chmod(join(shared, 'new', 'below'), 0o2755);
    await use('file', { path: join(shared, 'new'), state: 'directory', mode: '0750', recurse: true });
    expect(await modeOf(join(shared, 'new', 'below'))).to.equal('750');
  });

  it('of a tree with a mode that says nobody in particular', async () => {
    const tree = join(folder, 'tree');
    await mkdir(tree);
    await writeFile(join(tree, 'f'), '', { mode: 0o600 });
    await use('file', { path: tree, state: 'directory', mode: '+w', recurse: true });
  });

  it('of a line with a newline at its end; several lines are refused', async () => {
    const path = join(folder, 'lines');
    await writeFile(path, 'a\n');
    await use('lineinfile', { path, line: 'b\n' });
    expect(await readFile(path, 'utf8')).to.equal('a\nb\n');
    const error: unknown = await use('lineinfile', { path, line: 'b\nc' }).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(ModuleError);
  });

  it('of a file that is validated and rewritten in place with another mode', async () => {
    const path = join(folder, 'conf');
    await writeFile(path, 'a', { mode: 0o644 });
    const { ino } = await stat(path);
    await use('copy', { content: 'b', dest: path, mode: '0600', in_place: true, validate: 'test -s %s' });
    expect([await modeOf(path), (await stat(path)).ino]).to.deep.equal(['600', ino]);
    expect(await readdir(folder)).to.deep.equal(['conf']);
  });

  it('a link that leads to nothing, or back into its own folder, is an error that names it', async () => {
    const tree = join(folder, 'tree');
    await mkdir(tree);
    for (const target of ['nowhere', '.']) {
      await symlink(target, join(tree, 'link'));
      const error: unknown = await use('copy', { src: tree, dest: join(folder, 'to') }).catch(
        (e: unknown) => e,
      );
      expect(error).to.be.instanceOf(ModuleError);
      expect(String(error)).to.include(join(tree, 'link'));
      await rm(join(tree, 'link'));
    }
  });

  it('shell: the text is in no argument list, and in no environment of what it starts', async () => {
    for (const executable of ['/bin/sh', '/bin/bash']) {
      const cmd = `tr '\\0' ' ' </proc/$$/cmdline; env; : S3cret; exit 0`;
      const { stdout } = await use('shell', { cmd, executable });
      expect(stdout).to.include('eval').and.to.include('PATH=');
      expect(stdout).to.not.include('S3cret');
    }
    const error: unknown = await use('shell', { cmd: 'if (' }).catch((e: unknown) => e);
    expect((error as ModuleError).failure).to.include({ command: "/bin/sh -c 'if ('" });
  });
});

describe('docker_container compares', () => {
  const differing = (given: object, config: object, hostConfig: object): string[] => {
    const now = {
      Image: 'sha256:01',
      Config: { Image: 'oms:1', Tty: false, OpenStdin: false, ...config },
      HostConfig: { NetworkMode: 'default', Privileged: false, ...hostConfig },
    } as unknown as ContainerInfo;
    const args = containerArgs.parse({ name: 'oms', ...given });
    return differences(aspectsOf(args, undefined), now).map((row) => row.name);
  };

  it('no command with the image’s own, and no number of retries with none', () => {
    expect(differing({ command: '' }, { Cmd: ['/start.sh'] }, {})).to.deep.equal([]);
    const once = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 0 } };
    expect(differing({ restart_policy: 'on-failure:0' }, {}, once)).to.deep.equal([]);
    expect(differing({ restart_policy: 'on-failure:10' }, {}, once)).to.deep.equal(['restart_policy']);
  });
});

describe('the end of an output', () => {
  it('is cut between words', () => {
    const text = `${'x'.repeat(10)} S3cret-value-of-this-length ${'word '.repeat(797)}`;
    expect(tail(text)).to.match(/^… word/);
    expect(tail(text)).to.not.include('length');
    expect(tail('x'.repeat(5000))).to.have.length(4001);
  });
});
