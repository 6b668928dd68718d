import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, readlink, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RealNode } from './real-node.ts';
import { kinds, openRealNode } from './real-node.ts';

/** busybox has no zstd. */
const ENDINGS = { usual: ['tar.zst', 'zip'], busybox: ['tar', 'tar.xz'] };

for (const kind of kinds) {
  describe(`modules about archives on a node with ${kind === 'busybox' ? 'busybox alone' : 'the usual tools'}`, function () {
    this.timeout(20_000);
    let real: RealNode;
    const at = (name: string): string => real.at(name);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o7777;

    before(async () => {
      real = await openRealNode(kind);
      await mkdir(at('tree/top/内'), { recursive: true });
      await writeFile(at('tree/top/内/文 件'), 'x\n', { mode: 0o640 });
      await writeFile(at('tree/top/run'), '#!/bin/sh\n', { mode: 0o755 });
      await symlink('run', at('tree/top/link'));
      for (const ending of ENDINGS[kind]) {
        const [tool, flags] = ending === 'zip' ? ['zip', '-qry'] : ['tar', '-caf'];
        execFileSync(tool, [flags, at(`packed.${ending}`), 'top'], { cwd: at('tree') });
      }
    });
    after(() => real.close());

    // What comes from the controller needs nothing of the node but what folders need.
    for (const ending of kind === 'usual' ? ENDINGS[kind] : []) {
      it(`unarchive brings only what differs of a ${ending}`, async () => {
        const [src, dest] = [at(`packed.${ending}`), at(`to ${ending}`)];
        await mkdir(dest);
        await real.use('unarchive', { src, dest });
        expect(await readFile(join(dest, 'top/内/文 件'), 'utf8'), ending).to.equal('x\n');
        expect(await readlink(join(dest, 'top/link'))).to.equal('run');
        await writeFile(join(dest, 'top/run'), 'changed');
        await writeFile(join(dest, 'top/more'), '');
        expect(await real.look('unarchive', { src, dest })).to.deep.equal([
          `…/to ${ending}/top/run: content`,
        ]);
        await utimes(join(dest, 'top/run'), 4_000_000_000, 4_000_000_000);
        expect(await real.look('unarchive', { src, dest, keep_newer: true })).to.deep.equal([]);
        const { files } = await real.use('unarchive', { src, dest, list_files: true, mode: 'u=rwX,go=' });
        expect(files).to.include.members(['top/', 'top/内/文 件']);
        expect(await modeOf(join(dest, 'top/run'))).to.equal(0o700);
      });
    }

    for (const ending of ENDINGS[kind].slice(1)) {
      it(`unarchive compares a ${ending} of the node with what is there`, async () => {
        const given = { src: at(`packed.${ending}`), dest: at(`there ${ending}`), remote_src: true };
        await mkdir(given.dest);
        const { files } = await real.use('unarchive', { ...given, list_files: true });
        expect(files, ending).to.deep.equal(['top/', 'top/link', 'top/run', 'top/内/', 'top/内/文 件']);
        await rm(join(given.dest, 'top/link'));
        await writeFile(join(given.dest, 'top/run'), '#!/bin/ls\n');
        await writeFile(join(given.dest, 'top/more'), '');
        const said = await real.look('unarchive', given);
        expect(said.toSorted()).to.deep.equal([
          `…/there ${ending}/top/link: absent → link`,
          `…/there ${ending}/top/run: content`,
        ]);
        await real.use('unarchive', { ...given, mode: 'u=rwX,go=' });
        expect(await modeOf(join(given.dest, 'top/内'))).to.equal(0o700);
      });
    }

    for (const format of kind === 'usual' ? ['xz', 'zip'] : ['gz']) {
      it(`archive makes one as ${format} only when something differs`, async () => {
        const given = { path: at('in/*'), dest: at(`made.${format}`), format, mode: '0600' };
        await mkdir(at('in/文 d/-e'), { recursive: true });
        for (const name of ['a b', '文 d/x', '文 d/y.log', '-n']) await writeFile(at(`in/${name}`), name);
        await rm(at('in/文 d/link'), { force: true });
        await symlink('x', at('in/文 d/link'));
        const { archived, arcroot } = await real.use('archive', given);
        expect(arcroot).to.equal(at('in'));
        expect(archived).to.have.members([
          '-n',
          'a b',
          '文 d',
          '文 d/-e',
          '文 d/link',
          '文 d/x',
          '文 d/y.log',
        ]);
        expect(await modeOf(given.dest)).to.equal(0o600);
        await writeFile(at('in/a b'), `another ${format}`);
        await writeFile(at('in/more'), '');
        expect(await real.look('archive', given)).to.deep.equal([`…/made.${format}: 2 differ`]);
        await real.once('archive', given);
        await rm(at('in/more'));
        expect(await real.look('archive', given)).to.deep.equal([`…/made.${format}: 1 differ`]);
        await mkdir(at(`back.${format}`));
        await real.once('unarchive', { src: given.dest, dest: at(`back.${format}`), remote_src: true });
        expect(await readFile(at(`back.${format}/a b`), 'utf8')).to.equal(`another ${format}`);
      });
    }

    it('archive packs a single file, leaves names out, and takes away what it has', async () => {
      await writeFile(at('one'), '1');
      expect(await real.use('archive', { path: at('one'), remove: true })).to.include({
        dest_state: 'compress',
      });
      expect(execFileSync('gzip', ['-dc', at('one.gz')]).toString()).to.equal('1');
      await mkdir(at('out'));
      for (const name of ['a', 'b.log', 'c']) await writeFile(at(`out/${name}`), name);
      const given = { path: at('out/'), dest: at('out.tgz'), exclude_path: at('out/a') };
      expect((await real.use('archive', { ...given, force_archive: true }))['archived']).to.deep.equal([
        'a',
        'b.log',
        'c',
      ]);
      if (kind === 'busybox') return;
      const some = await real.use('archive', { ...given, exclusion_patterns: ['*.log'] });
      expect(some['archived']).to.deep.equal(['a', 'c']);
      expect(execFileSync('tar', ['-tf', at('out.tgz')]).toString()).to.not.include('b.log');
    });

    it('unarchive fetches an archive from an address', async () => {
      const name = `packed.${ENDINGS[kind][1] ?? ''}`;
      const asked: string[] = [];
      const server = http.createServer((request, response) => {
        asked.push(request.url ?? '');
        if (request.url === `/${name}`) response.end(readFileSync(at(name)));
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await mkdir(at('fetched'));
      const given = { src: `${base}/${name}`, dest: at('fetched'), remote_src: true };
      await real.use('unarchive', given);
      expect(asked).to.have.length(3);
      expect(await readFile(at('fetched/top/run'), 'utf8')).to.equal('#!/bin/sh\n');
      const error = await real.failure('unarchive', { ...given, src: `${base}/no` });
      expect(error.message).to.match(/cannot be unpacked/);
      server.close();
    });

    it('unarchive takes a part, and says what is no archive', async () => {
      const some = { src: at(`packed.${ENDINGS[kind][0]}`), dest: at('some'), remote_src: true };
      await mkdir(at('some'));
      // Not every busybox has --exclude.
      const part = kind === 'usual' ? { exclude: ['top/内', 'top/link'] } : { include: ['top/run'] };
      await real.use('unarchive', { ...some, ...part });
      expect(await readdir(at('some/top'))).to.deep.equal(['run']);
      await real.use('unarchive', { ...some, remote_src: false, include: 'top/link' });
      expect(await readdir(at('some/top'))).to.deep.equal(['link', 'run']);
      await writeFile(at('none.tar.gz'), 'no archive at all');
      for (const remote_src of [true, false]) {
        const error = await real.failure('unarchive', { ...some, src: at('none.tar.gz'), remote_src });
        expect(error.message).to.match(/cannot be unpacked/);
      }
    });
  });
}
