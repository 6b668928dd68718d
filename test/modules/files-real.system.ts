import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import type { RealNode } from './real-node.ts';
import { kinds, openRealNode } from './real-node.ts';

for (const kind of kinds) {
  describe(`modules about files on a node with ${kind === 'busybox' ? 'busybox alone' : 'the usual tools'}`, function () {
    this.timeout(20_000);
    let real: RealNode;
    const at = (name: string): string => real.at(name);

    before(async () => {
      real = await openRealNode(kind);
    });
    after(() => real.close());

    it('blockinfile, replace and lineinfile edit a file in turn', async () => {
      await writeFile(at('一 file'), 'a=1\r\nb=2\r\n');
      await real.use('blockinfile', { path: at('一 file'), block: '水\n火\n', marker: '# {mark}' });
      await real.use('replace', {
        path: at('一 file'),
        regexp: '^(a)=\\d',
        replace: '\\1=\\g<1>',
        backup: true,
      });
      await real.use('lineinfile', { path: at('一 file'), regexp: '^(b)=2', line: '\\1=3', backrefs: true });
      expect(await readFile(at('一 file'), 'utf8')).to.equal(
        'a=a\r\nb=3\r\n# BEGIN\r\n水\r\n火\r\n# END\r\n',
      );
      await real.use('blockinfile', { path: at('一 file'), state: 'absent', marker: '# {mark}' });
      expect(await readFile(at('一 file'), 'utf8')).to.equal('a=a\r\nb=3\r\n');
      expect((await readdir(real.folder)).filter((name) => name.startsWith('一 file.'))).to.have.length(1);
    });

    it('raw gives what the shell says', async () => {
      const result = await real.use('raw', { cmd: 'printf "a\\nb\\n"; echo 错 >&2' });
      expect(result).to.include({ stdout: 'a\nb\n', stderr: '错\n', rc: 0 });
    });

    it('script runs with its arguments, in its folder, and leaves nothing behind', async () => {
      const path = at("it's a script");
      await mkdir(at('w d'));
      await writeFile(
        path,
        '#!/bin/sh -e\nfor a; do printf "%s|" "$a"; done; pwd; umask; cat; echo "$0" >&2; false; echo no\n',
      );
      const given = { cmd: { path, words: ['-n', '你 好', '$HOME'] }, chdir: at('w d') };
      const { failure, result } = await real.failure('script', given);
      const { stderr: said } = result as { stderr: string };
      expect(failure.exitCode).to.equal(1);
      expect(result?.['stdout']).to.match(/^-n\|你 好\|\$HOME\|.*\/w d\n0?022$/);
      expect(said).to.match(/\/oms-play-\w+\/it's a script$/);
      const left = said.split('/').at(-2) ?? '';
      expect(await readdir(tmpdir())).to.not.include(left);
    });

    it('script takes a program to run it, and one without a first line', async () => {
      await writeFile(at('plain'), 'echo "$1"');
      const cmd = { path: at('plain'), words: ['a'] };
      expect(await real.use('script', { cmd })).to.include({ stdout: 'a' });
      expect(await real.use('script', { cmd, executable: '/bin/sh -x' })).to.include({ stderr: '+ echo a' });
      expect((await real.failure('script', { cmd, chdir: at('nowhere') })).failure.message).to.match(/chdir/);
    });

    it('script sends a large one by itself', async () => {
      await writeFile(at('large'), `#!/bin/sh\necho "$0"; exit 0\n${'#'.repeat(1024 * 1024)}`);
      const { stdout } = await real.use('script', { cmd: { path: at('large'), words: [] } });
      expect(await readdir(tmpdir())).to.not.include(String(stdout).split('/').at(-2));
    });

    it('fetch brings a file, whatever it is called and holds', async () => {
      const bytes = Buffer.alloc(17 * 1024 * 1024 + 3, Buffer.from([0, 10, 13, 255, 65]));
      for (const [name, content] of [
        ["it's -a\n文", Buffer.from('一')],
        ['large', bytes],
      ] as const) {
        await writeFile(at(name), content);
        const given = { src: at(name), dest: at('got') };
        const { dest, size } = await real.use('fetch', given);
        expect(dest).to.equal(join(at('got'), 'here', at(name)));
        expect(size).to.equal(content.length);
        expect((await readFile(String(dest))).equals(content)).to.equal(true);
      }
      await writeFile(at('large'), '');
      await real.use('fetch', { src: at('large'), dest: at('got') });
      expect(await readdir(join(at('got'), 'here', real.folder))).to.have.length(2);
      expect((await real.failure('fetch', { src: real.folder, dest: at('got') })).message).to.match(
        /is no file/,
      );
    });

    it('find finds by name, type, size, age, mode and content', async () => {
      await mkdir(at('f/.h/d'), { recursive: true });
      const names = ['a.log', 'b\n2.log', '.hidden.log', '.h/d/deep.log', "it's.txt", '-n.log'];
      for (const name of names)
        await writeFile(at(`f/${name}`), name === 'a.log' ? 'one\n  two 2\n' : 'x'.repeat(2048));
      await utimes(at('f/a.log'), 1_000_000_000, 1_000_000_000);
      await chmod(at('f/-n.log'), 0o640);
      await symlink('nowhere', at('f/link.log'));
      const found = async (given: object): Promise<string[]> => {
        const { files } = await real.use('find', { paths: at('f'), ...given });
        return (files as { path: string }[]).map(({ path }) => relative(at('f'), path));
      };
      expect(await found({})).to.deep.equal(['-n.log', 'a.log', 'b\n2.log', "it's.txt"]);
      expect(await found({ patterns: '*.log,*.gz', hidden: true, recurse: true, excludes: 'a*' }))
        .to.deep.equal(['-n.log', '.h/d/deep.log', '.hidden.log', 'b\n2.log']); // prettier-ignore
      expect(await found({ recurse: true, depth: 2 })).to.not.include('.h/d/deep.log');
      expect(await found({ patterns: ['[ab].*'], use_regex: true })).to.deep.equal(['a.log', 'b\n2.log']);
      expect(await found({ file_type: 'directory', recurse: true, hidden: true })).to.deep.equal([
        '.h',
        '.h/d',
      ]);
      expect(await found({ file_type: 'link' })).to.deep.equal(['link.log']);
      expect(await found({ file_type: 'any', patterns: 'l*' })).to.deep.equal(['link.log']);
      expect(await found({ size: '2k', age: '-1h', limit: 1 })).to.deep.equal(['-n.log']);
      expect(await found({ size: '1k', file_type: 'any', patterns: '[al]*' })).to.deep.equal(['link.log']);
      expect(await found({ size: -100 })).to.deep.equal(['a.log']);
      expect(await found({ age: '1w' })).to.deep.equal(['a.log']);
      expect(await found({ mode: 'u=rw,g=r' })).to.deep.equal(['-n.log']);
      expect(await found({ contains: '\\s*two\\s+\\d' })).to.deep.equal(['a.log']);
      expect(await found({ contains: 'wo' })).to.deep.equal([]);
      const { files } = await real.use('find', { paths: at('f'), patterns: 'a.log', get_checksum: true });
      expect(files).to.containSubset([{ size: 12, mtime: 1_000_000_000, isreg: true, mode: '0644' }]);
      expect((files as { checksum: string }[])[0]?.checksum).to.match(/^[0-9a-f]{64}$/);
      const { skipped_paths } = await real.use('find', { paths: [at('f/a.log'), at('none')] });
      expect(Object.keys(skipped_paths as object)).to.deep.equal([at('f/a.log'), at('none')]);
    });

    it('copy brings a folder of the node to another place there', async () => {
      await mkdir(at('from/文 d'), { recursive: true });
      await writeFile(at('from/文 d/-x'), '1');
      await writeFile(at('from/run'), '#!/bin/sh\n', { mode: 0o755 });
      await symlink('run', at('from/link'));
      const given = { src: at('from'), dest: at('place'), remote_src: true };
      await real.use('copy', given);
      expect(await readFile(at('place/from/文 d/-x'), 'utf8')).to.equal('1');
      expect(await readlink(at('place/from/link'))).to.equal('run');
      expect((await stat(at('place/from/run'))).mode & 0o111).to.equal(0o111);
      await writeFile(at('place/from/run'), 'other', { mode: 0o700 });
      await chmod(at('place/from/run'), 0o700);
      await writeFile(at('place/from/more'), '');
      expect(await real.look('copy', given)).to.deep.equal(['…/place/from/run: content']);
      expect(await real.look('copy', { ...given, force: false })).to.deep.equal([]);
      await real.use('copy', given);
      expect((await stat(at('place/from/run'))).mode & 0o7777).to.equal(0o700);
      await real.use('copy', {
        ...given,
        src: at('from/'),
        dest: at('place/from'),
        mode: '0640',
        directory_mode: '0750',
      });
      expect((await stat(at('place/from/文 d'))).mode & 0o7777).to.equal(0o750);
      expect((await stat(at('place/from/文 d/-x'))).mode & 0o7777).to.equal(0o640);
      await rm(at('place/from/run'));
      await mkdir(at('place/from/run'));
      expect((await real.failure('copy', given)).message).to.match(/is a directory, and a file/);
    });

    it('tempfile makes files and folders that nobody else may read', async () => {
      const { path } = await real.once('tempfile', { path: real.folder, suffix: '.sql', prefix: "a 'b" });
      expect(path).to.match(/\/a 'b\w+\.sql$/);
      expect((await stat(String(path))).mode & 0o7777).to.equal(0o600);
      const folder = String((await real.once('tempfile', { state: 'directory' }))['path']);
      expect((await stat(folder)).mode & 0o7777).to.equal(0o700);
      await rm(folder, { recursive: true });
    });
  });
}
