import { execFileSync } from 'node:child_process';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import type { Link } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { openHere } from './here.ts';

/** The modules on a real /bin/sh: names and contents of every kind in a folder of their own. */
describe('modules on a real shell', () => {
  let folder: string;
  let link: Link;
  let node: NodeWriter;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'oms-play 模块-'));
    link = openHere();
    node = createNode({ name: 'here', address: '127.0.0.1', link: () => Promise.resolve(link) });
  });

  after(async () => {
    await link.close();
    await rm(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  const module = (name: string): AnyModule => {
    const found = builtinModules.find((m) => m.name === name);
    if (found === undefined) throw new Error(`no module ${name}`);
    return found;
  };

  /** Runs it, then once more: the second run must find nothing to do. */
  async function converge(name: string, given: Record<string, unknown>): Promise<Record<string, unknown>> {
    const used = module(name);
    const args = used.args.parse(given);
    const found = await used.check(node, args);
    const result = found.changes.length > 0 ? await used.apply(node, args, found) : found.result;
    if (used.always === undefined) {
      expect((await used.check(node, args)).changes, `second run of ${name}`).to.deep.equal([]);
    }
    used.returns.parse(result);
    return result as Record<string, unknown>;
  }

  async function failure(name: string, given: Record<string, unknown>): Promise<ModuleError> {
    try {
      await converge(name, given);
    } catch (error) {
      if (error instanceof ModuleError) return error;
      throw error;
    }
    throw new Error(`${name} did not fail`);
  }

  const names = ['数据 目录', `it's "quoted"`, '-rf', '$HOME `id`', 'a\nb', '*', 'back\\slash'];

  for (const name of names) {
    it(`file, copy, stat, slurp, lineinfile with the name ${JSON.stringify(name)}`, async () => {
      await converge('file', { path: at(`d/${name}/${name}`), state: 'directory', mode: '0750' });
      expect((await stat(at(`d/${name}`))).mode & 0o7777).to.equal(0o750);
      const path = at(`d/${name}/${name}/${name}`);
      await converge('copy', { content: '一\n', dest: path, mode: '0600' });
      expect((await stat(path)).mode & 0o7777).to.equal(0o600);
      await converge('lineinfile', { path, line: '二' });
      expect(await converge('slurp', { src: path })).to.include({ text: '一\n二\n' });
      const { stat: seen } = await converge('stat', { path, checksum_algorithm: 'sha1' });
      expect(seen).to.include({ exists: true, isreg: true, mode: '0600', size: 8 });
      expect((seen as { checksum: string }).checksum).to.match(/^[0-9a-f]{40}$/);
      await converge('file', { path: at(`l/${name}`), state: 'absent' });
      await converge('file', { path: at('l'), state: 'directory' });
      await converge('file', { path: at(`l/${name}`), src: path, state: 'link' });
      expect(await readlink(at(`l/${name}`))).to.equal(path);
      await converge('file', { path: at(`d/${name}`), state: 'absent' });
      expect(await readdir(at('d'))).to.deep.equal([]);
    });
  }

  const contents: Record<string, Buffer> = {
    'CRLF and no newline at the end': Buffer.from('a\r\nb'),
    'a line of 1 MB': Buffer.alloc(1024 * 1024 - 1, 'x'),
    'all bytes': Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 256)),
    'nothing': Buffer.alloc(0),
    'more than an upload needs': Buffer.alloc(1024 * 1024 + 7, Buffer.from([0, 10, 13, 255])),
    'template marks': Buffer.from("{{x}} ${y} $(id) `id` %s \\n 'q' \"q\"\n"),
  }; // prettier-ignore

  for (const [what, bytes] of Object.entries(contents)) {
    it(`copy brings ${what} unchanged`, async () => {
      await writeFile(at('source'), bytes);
      await converge('copy', { src: at('source'), dest: at('copied') });
      expect((await readFile(at('copied'))).equals(bytes)).to.equal(true);
    });
  }

  it('copy keeps mode and owner of the file, and the inode where asked', async () => {
    await writeFile(at('kept'), 'a');
    await chmod(at('kept'), 0o640);
    const { ino } = await stat(at('kept'));
    await converge('copy', { content: 'b', dest: at('kept'), in_place: true, backup: true });
    expect((await stat(at('kept'))).ino).to.equal(ino);
    await converge('copy', { content: 'c', dest: at('kept'), validate: 'grep -q c %s' });
    expect((await stat(at('kept'))).mode & 0o7777).to.equal(0o640);
    const backups = (await readdir(folder)).filter((name) => name.startsWith('kept.'));
    expect(backups).to.have.length(1);
    expect(await readFile(at(backups[0] ?? ''), 'utf8')).to.equal('a');
  });

  it('copy leaves nothing behind when validate refuses', async () => {
    await writeFile(at('checked'), 'old');
    const error = await failure('copy', {
      content: 'new',
      dest: at('checked'),
      validate: 'grep -q never %s',
    });
    expect(error.failure).to.include({ exitCode: 1 });
    expect(await readFile(at('checked'), 'utf8')).to.equal('old');
    expect((await readdir(folder)).filter((name) => name.includes('candidate'))).to.deep.equal([]);
  });

  it('copy brings a folder, what the node has more stays', async () => {
    await mkdir(at('tree/内/空'), { recursive: true });
    await writeFile(at('tree/内/文 件'), 'x');
    await mkdir(at('target/tree'), { recursive: true });
    await writeFile(at('target/tree/more'), 'm');
    await converge('copy', { src: at('tree'), dest: at('target'), mode: '0640', directory_mode: '0711' });
    expect(await readFile(at('target/tree/内/文 件'), 'utf8')).to.equal('x');
    expect((await stat(at('target/tree/内/空'))).mode & 0o777).to.equal(0o711);
    expect((await readdir(at('target/tree'))).sort()).to.deep.equal(['more', '内']);
  });

  it('copy makes the folder that dest names with a / at its end', async () => {
    await writeFile(at('one'), '1');
    await converge('copy', { src: at('one'), dest: at('made here/so/') });
    expect(await readFile(at('made here/so/one'), 'utf8')).to.equal('1');
  });

  it('template writes its text', async () => {
    const src = { path: '/x/配置.conf.hbs', text: 'a: 值\n' };
    await converge('template', { src, dest: `${folder}/`, newline_sequence: '\\r\\n' });
    expect(await readFile(at('配置.conf'), 'utf8')).to.equal('a: 值\r\n');
  });

  it('file sets the attributes of a whole tree, links stay as they are', async () => {
    await mkdir(at('deep/a b/c'), { recursive: true, mode: 0o700 });
    await writeFile(at('deep/a b/c/f\nile'), '');
    await symlink('/nowhere', at('deep/l'));
    await converge('file', { path: at('deep'), state: 'directory', recurse: true, mode: 'u=rwX,g=rX,o=' });
    expect((await stat(at('deep/a b'))).mode & 0o777).to.equal(0o750);
    expect((await stat(at('deep/a b/c/f\nile'))).mode & 0o777).to.equal(0o640);
    expect((await lstat(at('deep/l'))).isSymbolicLink()).to.equal(true);
    await converge('file', { path: at('deep'), state: 'absent' });
  });

  it('file replaces a link and touches a file', async () => {
    await mkdir(at('v1'));
    await mkdir(at('v2'));
    await symlink('v1', at('now'));
    await converge('file', { path: at('now'), state: 'link', src: 'v2' });
    expect(await readlink(at('now'))).to.equal('v2');
    expect(await readdir(at('v1'))).to.deep.equal([]);
    await converge('file', { path: at('flag'), state: 'touch', modification_time: 'preserve', mode: 'a=r' });
    expect((await stat(at('flag'))).mode & 0o777).to.equal(0o444);
  });

  it('symbolic modes are what chmod makes of them', async () => {
    const modes = ['u+x', 'go-rwx', 'a=rX', 'ug=rw,o=', '+x', 'u+s', 'g+s,o+t', 'u-w,g+w', '=r', 'o=X'];
    for (const mode of modes) {
      await writeFile(at('ours'), '');
      await writeFile(at('theirs'), '');
      await Promise.all([chmod(at('ours'), 0o654), chmod(at('theirs'), 0o654)]);
      execFileSync('/bin/sh', ['-c', 'umask 0; chmod -- "$1" "$2"', 'sh', mode, at('theirs')]);
      await converge('file', { path: at('ours'), mode });
      const bits = async (name: string): Promise<string> =>
        ((await stat(at(name))).mode & 0o7777).toString(8);
      expect(await bits('ours'), mode).to.equal(await bits('theirs'));
    }
  });

  it('command gives every word to the program as it is', async () => {
    const argv = ['printf', '%s|', '-n', '你 好', `it's`, '$HOME', '*', '', 'a\nb', ';', '\\'];
    const result = await converge('command', { argv });
    expect(result).to.include({ stdout: "-n|你 好|it's|$HOME|*||a\nb|;|\\|", rc: 0 });
  });

  it('command and shell say how they ended', async () => {
    expect((await failure('command', { cmd: 'no-such-program-here' })).failure).to.include({ exitCode: 127 });
    const error = await failure('shell', { cmd: 'echo out; echo 错 >&2; exit 3' });
    expect(error.result).to.include({ rc: 3, stdout: 'out', stderr: '错' });
    expect(error.failure).to.include({ exitCode: 3, stdout: 'out', stderr: '错' });
    expect((await failure('shell', { cmd: 'if' })).failure.message).to.match(/exit code 2/);
    expect((await failure('command', { cmd: 'pwd', chdir: at('nowhere') })).failure.message).to.match(
      /does not exist/,
    );
  });

  it('command runs in a folder and reads standard input', async () => {
    await mkdir(at('-w d'));
    expect(await converge('command', { cmd: 'pwd', chdir: at('-w d') })).to.include({ stdout: at('-w d') });
    expect(await converge('shell', { cmd: 'cat; pwd', stdin: '一' }))
      .to.have.property('stdout')
      .that.matches(/^一\n/);
  });

  it('creates and removes know globs', async () => {
    await writeFile(at('my tool-1.2'), '');
    const skipped = await converge('command', { cmd: 'false', creates: at('my tool-*') });
    expect(skipped).to.include({ rc: 0 });
    expect((await failure('command', { cmd: 'false', creates: at('my tool-9*') })).failure.exitCode).to.equal(
      1,
    );
    expect(await converge('command', { cmd: 'false', removes: at('nothing-?') })).to.include({ rc: 0 });
  });
});
