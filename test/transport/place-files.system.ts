import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sh } from '../../src/transport/command.ts';
import { installShells } from './shells.ts';
import { bytePath, NAMES, noise, TreeFixture } from './tree-fixture.ts';

const shells = installShells();

describe('files placed at once', () => {
  const fixture = new TreeFixture();
  const to = (...names: readonly string[]): string => join(fixture.dir, 'to', ...names);
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      fixture.over(kind);

      for (const [how, bulk, requests] of [
        ['within the request', 0, 1],
        ['as a stream', 900_000, 2],
      ] as const) {
        it(`puts files of all names there, ${how}`, async () => {
          const before = fixture.requests;
          const content = (name: string): Buffer => Buffer.from(`of ${name}\0\xff`, 'latin1');
          const paths = [...NAMES, ...NAMES.map((name) => `sub/deep\n/${name}`)];
          await fixture.place({
            folders: ['', 'sub', 'sub/deep\n'].map((path) => ({ path, mode: '00751' })),
            files: [
              ...paths.map((path) => fixture.file(path, content(path), { mode: '0640' })),
              fixture.file('bulk', noise(bulk)),
              fixture.file('empty', ''),
            ],
          });
          expect(fixture.requests - before).to.equal(requests);
          for (const path of paths) {
            const place = bytePath(fixture.dir, 'to', path);
            expect(readFileSync(place).equals(content(path)), path).to.equal(true);
            expect(statSync(place).mode & 0o7777, path).to.equal(0o640);
          }
          expect(readFileSync(to('bulk')).equals(noise(bulk))).to.equal(true);
          expect(statSync(to('bulk')).mode & 0o7777).to.equal(0o666 & ~process.umask());
          expect(Date.now() - statSync(to('bulk')).mtimeMs).to.be.lessThan(60_000);
          for (const folder of ['', 'sub/deep\n']) expect(statSync(to(folder)).mode & 0o7777).to.equal(0o751);
          fixture.noTraces();
        });
      }

      it('replaces files and links, keeps others, makes links, sets attributes and takes away', async () => {
        mkdirSync(to('gone/deep'), { recursive: true });
        for (const name of ['a', 'b', 'kept', 'old']) writeFileSync(to(name), name);
        symlinkSync('kept', to('link'));
        const { ino } = statSync(to('a'));
        await fixture.place({
          files: [
            fixture.file('a', 'new', { backup: true }),
            fixture.file('link', 'no link'),
            fixture.file('was', 'w', { mtime: 1_600_000_000 }),
          ],
          links: [
            { path: 'to kept\n', target: 'kept' },
            { path: 'b', target: '/no//where/\n' },
          ],
          attributes: [{ path: 'kept', mode: '0600', mtime: 1_500_000_000 }],
          surplus: ['gone', 'old'],
        });
        const backup = readdirSync(to()).find((name) => /^a\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/.test(name));
        expect(readdirSync(to()).sort()).to.deep.equal([
          'a',
          backup,
          'b',
          'kept',
          'link',
          'to kept\n',
          'was',
        ]);
        expect(readFileSync(to(backup ?? ''), 'utf8')).to.equal('a');
        expect(readFileSync(to('a'), 'utf8')).to.equal('new');
        expect(statSync(to('a')).ino).not.to.equal(ino);
        expect(lstatSync(to('link')).isSymbolicLink()).to.equal(false);
        expect(readFileSync(to('kept'), 'utf8')).to.equal('kept');
        expect(readlinkSync(to('b'))).to.equal('/no//where/\n');
        expect(readlinkSync(to('to kept\n'))).to.equal('kept');
        expect(statSync(to('kept'))).to.include({ mode: 0o100600, mtimeMs: 1_500_000_000_000 });
        expect(statSync(to('was')).mtimeMs).to.equal(1_600_000_000_000);
        fixture.noTraces();
      });

      it('new files get what their folder gives: the group where it is set-group-ID', async () => {
        mkdirSync(to('shared/plain'), { recursive: true });
        await fixture.node.query(sh`chgrp 7 ${to('shared')} && chmod 2755 ${to('shared')}`);
        const paths = ['shared/f', 'shared/made/f', 'shared/plain/f', 'f'];
        const own = process.getgid?.();
        for (const [bulk, mtime] of [[1], [900_000], [10, 1_600_000_000]] as const) {
          await fixture.place({
            base: to('shared'),
            folders: [{ path: 'shared/made', mode: '02755' }],
            files: paths.map((path) => fixture.file(path, noise(bulk), { mtime })),
          });
          expect(paths.map((path) => statSync(to(path)).gid)).to.deep.equal([7, 7, own, own]);
          if (mtime !== undefined) expect(statSync(to('f')).mtimeMs).to.equal(mtime * 1000);
        }
        fixture.noTraces();
      });

      it('folders on other file systems get their files by rename there', async () => {
        mkdirSync(to('disk'), { recursive: true });
        const mounted = await fixture.node.query(sh`mount -t tmpfs tmpfs ${to('disk')}`);
        if (mounted.exitCode !== 0) expect.fail('this test needs root, to mount a tmpfs');
        try {
          await fixture.place({
            folders: [{ path: 'disk/new' }],
            files: ['a', 'disk/b', 'disk/new/c'].map((path) => fixture.file(path, path)),
          });
          for (const path of ['a', 'disk/b', 'disk/new/c'])
            expect(readFileSync(to(path), 'utf8')).to.equal(path);
          fixture.noTraces();
        } finally {
          await fixture.node.query(sh`umount ${to('disk')}`);
        }
      });

      it('a folder in the place of a file fails; one that may go, goes', async () => {
        mkdirSync(to('a/b'), { recursive: true });
        const files = [fixture.file('a', '1'), fixture.file('new/x', '2')];
        const error = await fixture.failure(fixture.place({ folders: [{ path: 'new' }], files }));
        expect(error.message).to.match(/cannot write into .*to: .*directory/);
        fixture.noTraces();
        await fixture.place({ files: [fixture.file('a', '1')], inTheWay: ['a'] });
        expect(readFileSync(to('a'), 'utf8')).to.equal('1');
      });

      it('an owner that nobody knows: nothing is changed, no folder left', async () => {
        for (const bulk of [1, 900_000]) {
          const error = await fixture.failure(
            fixture.place({
              folder: join(fixture.dir, 'in/to'),
              folders: ['', 'a', 'a/b'].map((path) => ({ path })),
              files: [fixture.file('a/b/x', noise(bulk), { owner: 'no-such-user' })],
            }),
          );
          expect(error.message).to.contain('no-such-user');
          expect(readdirSync(fixture.dir)).to.deep.equal(['source']);
        }
      });

      it('a file that changes while it is sent, or is gone, fails, and nothing is put there', async () => {
        for (const bulk of [10, 900_000, 3_000_000]) {
          const grown = { ...fixture.file('x', noise(bulk)), size: bulk + 5 };
          const files = [grown, fixture.file('y', 'y')];
          const error = await fixture.failure(fixture.place({ folders: [{ path: '' }], files }));
          expect(error.message).to.contain('changed while it was sent').and.to.contain(fixture.source);
          const gone = { ...grown, localPath: join(fixture.source, 'gone') };
          const other = await fixture.failure(fixture.place({ folders: [{ path: '' }], files: [gone] }));
          expect(other.message).to.contain('cannot be read on the controller (ENOENT)');
          expect(readdirSync(fixture.dir)).to.deep.equal(['source']);
        }
      });

      it('a full disk: says so, leaves what was there, and no trace', async () => {
        mkdirSync(to());
        const mounted = await fixture.node.query(sh`mount -t tmpfs -o size=600k tmpfs ${to()}`);
        if (mounted.exitCode !== 0) expect.fail('this test needs root, to mount a tmpfs');
        try {
          writeFileSync(to('f'), 'old');
          await fixture.node.query(sh`mkdir ${to('shared')} && chmod 2755 ${to('shared')}`);
          // No room to arrive; room to arrive, not to be copied, as a set-group-ID folder needs it; within the request.
          for (const [folder, content] of [
            ['new', noise(900_000)],
            ['shared/new', noise(400_000)],
            ['shared/new', Buffer.alloc(450_000)],
          ] as const) {
            const files = [fixture.file('f', 'new'), fixture.file(`${folder}/x`, content)];
            const error = await fixture.failure(
              fixture.place({ base: to(), folders: [{ path: folder }], files }),
            );
            expect(error.message).to.contain('No space left').and.to.contain(to());
            expect(error.hint).to.be.a('string');
            expect(readdirSync(to(), { recursive: true })).to.have.members(['f', 'shared']);
            expect(readFileSync(to('f'), 'utf8')).to.equal('old');
          }
        } finally {
          await fixture.node.query(sh`umount ${to()}`);
        }
      });
    });
  }

  describe('over any shell', () => {
    const [kind] = shells.kinds;
    if (kind === undefined) throw new Error('this machine has no shell');
    fixture.over(kind);

    it('many files come in parts, each whole before the next', async () => {
      const big = noise(1000);
      const files = Array.from({ length: 2001 }, (_, i) => ({
        ...fixture.file('x', big),
        path: `f${i % 3}/${i}`,
      }));
      const before = fixture.requests;
      const folders = ['', 'f0', 'f1', 'f2'].map((path) => ({ path }));
      const last = files.at(-1) ?? expect.fail();
      const broken = [...files.slice(0, -1), { ...last, localPath: join(fixture.source, 'gone') }];
      await fixture.failure(fixture.place({ folders, files: broken }));
      expect(existsSync(to('f0/0'))).to.equal(true);
      expect(existsSync(to(last.path))).to.equal(false);
      expect(fixture.requests - before).to.equal(2);
      fixture.noTraces();
    }).timeout(20_000);
  });
});
