import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sh } from '../../src/transport/command.ts';
import type { Link } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode, NodeError } from '../../src/transport/remote-node.ts';
import type { PlacedFile, Placement } from '../../src/transport/tree.ts';
import { rawPath } from '../../src/transport/tree.ts';
import { installShells, linkWith, openWith } from './shells.ts';

const shells = installShells();

/** Names as they may be found on a disk, in latin1: one character for each byte. */
const NAMES = [
  'plain', '-rf', 'a b', `it's "q"`, '$HOME `id` $(id)', '*', 'back\\slash', 'new\nline', 'both\\\n', '~', '.hidden',
  '..two', 'a=b:c', rawPath('目录'), '\xff\xfe no utf-8', '\x1e\x01', 'x'.repeat(255), '%s %n', "';exit 9;'", '12/../x',
].map((name) => name.replaceAll('/', '_')); // prettier-ignore

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const bytePath = (...parts: readonly string[]): Buffer => Buffer.from(parts.join('/'), 'latin1');

async function failure(promise: Promise<unknown>): Promise<NodeError> {
  const error = await promise.then(
    () => expect.fail('was expected to fail'),
    (e: unknown) => e,
  );
  expect(error).to.be.instanceOf(NodeError);
  return error as NodeError;
}

describe('a folder at once', () => {
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      let dir: string;
      let source: string;
      let link: Link;
      let node: NodeWriter;

      beforeEach(() => {
        dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oms-play-tree-'));
        source = join(dir, 'source');
        mkdirSync(source);
        link = linkWith(openWith(kind));
        node = createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link });
      });
      afterEach(async () => {
        await link.close();
        rmSync(dir, { recursive: true });
      });

      const requests = (): number => link.stats?.().requests ?? NaN;
      const file = (path: string, content: string | Buffer, more: Partial<PlacedFile> = {}): PlacedFile => {
        const localPath = join(source, sha256(path).slice(0, 16));
        writeFileSync(localPath, content);
        return { path, localPath, size: Buffer.byteLength(content), ...more };
      };
      const place = (more: Partial<Placement>): Promise<void> => {
        const none = { folders: [], files: [], links: [], attributes: [], inTheWay: [], surplus: [] };
        return node.placeAll({ folder: join(dir, 'to'), base: dir, ...none, ...more });
      };
      const noTraces = (): void => {
        const left = readdirSync(dir, { recursive: true }).filter((name) => name.includes('.oms-play-'));
        expect(left).to.deep.equal([]);
      };

      it('looks at names of all bytes in one request; sums only what has the size', async () => {
        mkdirSync(join(dir, 'to'));
        for (const name of NAMES) writeFileSync(bytePath(dir, 'to', name), `of ${name}`);
        await node.query(sh`true`);
        const before = requests();
        const wanted = NAMES.flatMap((path, i) => {
          const { size } = statSync(bytePath(dir, 'to', path));
          return [
            { path, sumIfSize: i % 3 === 0 ? size + 1 : size },
            { path: `${path}/none`, sumIfSize: 1 },
          ];
        });
        const look = await node.lookAtTree(join(dir, 'to'), wanted);
        expect(requests() - before).to.equal(1);
        expect([...(look?.entries.keys() ?? [])].sort()).to.deep.equal(['', ...NAMES].sort());
        for (const [i, name] of NAMES.entries()) {
          const content = readFileSync(bytePath(dir, 'to', name));
          const seen = look?.entries.get(name);
          expect(seen?.stat, name).to.include({ type: 'file', mode: '0644', size: content.length });
          expect(seen?.sha256, name).to.equal(i % 3 === 0 ? undefined : sha256(content));
        }
        expect(look).to.deep.include({ isThere: true, hasTar: true, closed: [] });
      });

      it('tells folders, links and links to nothing apart', async () => {
        mkdirSync(join(dir, 'to/sub'), { recursive: true, mode: 0o750 });
        symlinkSync('sub', join(dir, 'to/link'));
        symlinkSync('no where\n', join(dir, 'to/broken'));
        const wanted = ['sub', 'link', 'broken', 'sub/none'].map((path) => ({ path, link: true }));
        const look = await node.lookAtTree(join(dir, 'to'), wanted);
        expect(look?.entries.get('sub')).to.deep.include({ isLink: false });
        expect(look?.entries.get('link')).to.deep.include({ isLink: true, linkTarget: 'sub' });
        expect(look?.entries.get('link')?.stat).to.include({ type: 'directory', mode: '0750' });
        const broken = { isLink: true, linkTarget: 'no where\n', stat: undefined };
        expect(look?.entries.get('broken')).to.deep.equal(broken);
        expect(look?.entries.has('sub/none')).to.equal(false);
      });

      it('says what is there above a folder that is not, and that a file is in its place', async () => {
        const look = await node.lookAtTree(join(dir, 'a/b/c'), [{ path: 'x' }]);
        expect(look).to.deep.include({ isThere: false, base: dir });
        writeFileSync(join(dir, 'a'), '');
        expect(await node.lookAtTree(join(dir, 'a'), [])).to.equal(undefined);
        expect(await node.lookAtTree(join(dir, 'a/b'), [])).to.equal(undefined);
      });

      it('lists everything, with names of all bytes', async () => {
        mkdirSync(join(dir, 'to/sub'), { recursive: true });
        for (const name of NAMES) writeFileSync(bytePath(dir, 'to/sub', name), '');
        symlinkSync('/', join(dir, 'to/root'));
        const look = await node.lookAtTree(join(dir, 'to'), [], { everything: true });
        const files = ['root', ...NAMES.map((name) => `sub/${name}`)];
        const kinds: Record<string, string> = { sub: 'directory', root: 'link' };
        const held = (path: string) => ({ path, kind: kinds[path] ?? 'file', isMountPoint: false });
        const sorted = [...(look?.all ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
        expect(sorted).to.deep.equal(['sub', ...files].sort().map(held));
      });

      it('reads many files in one request', async () => {
        mkdirSync(join(dir, 'to'));
        const files = NAMES.map((path) => ({ path, size: 3 + path.length }));
        for (const { path } of files)
          writeFileSync(bytePath(dir, 'to', path), Buffer.from(`of ${path}`, 'latin1'));
        const read = await node.readTree(join(dir, 'to'), files);
        expect(read?.map((bytes) => bytes.toString('latin1'))).to.deep.equal(
          NAMES.map((name) => `of ${name}`),
        );
        expect(await node.readTree(join(dir, 'to'), [{ path: 'plain', size: 1 }])).to.equal(undefined);
      });

      for (const [how, bulk, most] of [
        ['within the request', 0, 1],
        ['as a stream', 900_000, 2],
      ] as const) {
        it(`puts files of all names there, ${how}`, async () => {
          await node.query(sh`true`);
          const before = requests();
          const content = (name: string): Buffer => Buffer.from(`of ${name}\0\xff`, 'latin1');
          const noise = Buffer.from(Array.from({ length: bulk }, (_, i) => (i * i * 31) % 251));
          await place({
            folders: ['', 'sub', 'sub/deep\n'].map((path) => ({ path, mode: '00751' })),
            files: [...NAMES, ...NAMES.map((name) => `sub/deep\n/${name}`)]
              .map((path) => file(path, content(path), { mode: '0640' }))
              .concat(file('bulk', noise), file('empty', '')),
          });
          expect(requests() - before).to.equal(most);
          for (const path of [...NAMES, ...NAMES.map((name) => `sub/deep\n/${name}`)]) {
            expect(readFileSync(bytePath(dir, 'to', path)).equals(content(path)), path).to.equal(true);
            expect(statSync(bytePath(dir, 'to', path)).mode & 0o7777, path).to.equal(0o640);
          }
          expect(readFileSync(join(dir, 'to/bulk')).equals(noise)).to.equal(true);
          expect(statSync(join(dir, 'to/bulk')).mode & 0o7777).to.equal(0o666 & ~process.umask());
          expect(statSync(join(dir, 'to/sub/deep\n')).mode & 0o7777).to.equal(0o751);
          expect(statSync(join(dir, 'to')).mode & 0o7777).to.equal(0o751);
          noTraces();
        });
      }

      it('replaces files and links, keeps others, makes links, sets attributes and takes away', async () => {
        mkdirSync(join(dir, 'to/gone/deep'), { recursive: true });
        for (const name of ['a', 'b', 'kept', 'old']) writeFileSync(join(dir, 'to', name), name);
        symlinkSync('kept', join(dir, 'to/link'));
        const { ino } = statSync(join(dir, 'to/a'));
        await place({
          files: [
            file('a', 'new', { backup: true }),
            file('link', 'no link'),
            file('was', 'w', { mtime: 1_600_000_000 }),
          ],
          links: [
            { path: 'to kept\n', target: 'kept' },
            { path: 'b', target: '/no//where/\n' },
          ],
          attributes: [{ path: 'kept', mode: '0600', mtime: 1_500_000_000 }],
          surplus: ['gone', 'old'],
        });
        const names = readdirSync(join(dir, 'to')).sort();
        expect(names.filter((name) => !name.startsWith('a.'))).to.deep.equal([
          'a',
          'b',
          'kept',
          'link',
          'to kept\n',
          'was',
        ]);
        const backup = names.find((name) => /^a\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~$/.test(name)) ?? 'none';
        expect(readFileSync(join(dir, 'to', backup), 'utf8')).to.equal('a');
        expect(readFileSync(join(dir, 'to/a'), 'utf8')).to.equal('new');
        expect(statSync(join(dir, 'to/a')).ino).not.to.equal(ino);
        expect(lstatSync(join(dir, 'to/link')).isSymbolicLink()).to.equal(false);
        expect(readFileSync(join(dir, 'to/kept'), 'utf8')).to.equal('kept');
        expect(readlinkSync(join(dir, 'to/b'))).to.equal('/no//where/\n');
        expect(readlinkSync(join(dir, 'to/to kept\n'))).to.equal('kept');
        expect(statSync(join(dir, 'to/kept'))).to.deep.include({
          mode: 0o100600,
          mtimeMs: 1_500_000_000_000,
        });
        expect(statSync(join(dir, 'to/was')).mtimeMs).to.equal(1_600_000_000_000);
        noTraces();
      });

      it('new files get what the folder gives: its group where it is set-group-ID', async () => {
        mkdirSync(join(dir, 'to/shared/plain'), { recursive: true });
        await node.query(sh`chgrp 7 ${join(dir, 'to/shared')} && chmod 2755 ${join(dir, 'to/shared')}`);
        for (const bulk of [1, 900_000]) {
          await place({
            folders: [{ path: 'shared/made', mode: '02755' }],
            files: ['shared/f', 'shared/made/f', 'shared/plain/f', 'f'].map((path) =>
              file(path, Buffer.alloc(bulk, path)),
            ),
          });
          const group = (path: string): number => statSync(join(dir, 'to', path)).gid;
          expect([group('shared/f'), group('shared/made/f')], String(bulk)).to.deep.equal([7, 7]);
          expect([group('shared/plain/f'), group('f')]).to.deep.equal([
            process.getgid?.(),
            process.getgid?.(),
          ]);
        }
      });

      it('a folder in the place of a file fails; one that may go, goes', async () => {
        mkdirSync(join(dir, 'to/a/b'), { recursive: true });
        const error = await failure(
          place({ folders: [{ path: 'new' }], files: [file('a', '1'), file('new/x', '2')] }),
        );
        expect(error.message).to.match(/cannot write into .*to: .*directory/);
        noTraces();
        await place({ files: [file('a', '1')], inTheWay: ['a'] });
        expect(readFileSync(join(dir, 'to/a'), 'utf8')).to.equal('1');
      });

      it('an owner that nobody knows: nothing is changed, no folder left', async () => {
        for (const bulk of [1, 900_000]) {
          const wish = { owner: 'no-such-user' };
          const files = [file('a/b/x', Buffer.alloc(bulk, 'x'), wish)];
          const error = await failure(
            place({ folder: join(dir, 'in/to'), folders: ['', 'a', 'a/b'].map((path) => ({ path })), files }),
          );
          expect(error.message).to.contain('no-such-user');
          expect(readdirSync(dir)).to.deep.equal(['source']);
        }
      });

      it('a file that changes while it is sent fails, and nothing is put there', async () => {
        for (const bulk of [10, 900_000, 3_000_000]) {
          const grown = file('x', Buffer.alloc(bulk, 'x'));
          const error = await failure(
            place({ folders: [{ path: '' }], files: [{ ...grown, size: bulk + 5 }, file('y', 'y')] }),
          );
          expect(error.message).to.contain('changed while it was sent').and.to.contain(source);
          expect(readdirSync(dir)).to.deep.equal(['source']);
        }
      });

      it('a full disk: says so, leaves what was there, and no trace', async function () {
        const disk = join(dir, 'to');
        mkdirSync(disk);
        const mounted = await node.query(sh`mount -t tmpfs -o size=600k tmpfs ${disk}`);
        if (mounted.exitCode !== 0) expect.fail('this test needs root, to mount a tmpfs');
        try {
          writeFileSync(join(disk, 'f'), 'old');
          const noise = (length: number): Buffer =>
            Buffer.from(Array.from({ length }, (_, i) => (i * i * 31) % 251));
          // No room to arrive; room to arrive, not to be copied, as a set-group-ID folder needs it; within the request.
          await node.query(sh`mkdir ${join(disk, 'shared')} && chmod 2755 ${join(disk, 'shared')}`);
          for (const [folder, content] of [
            ['new', noise(900_000)],
            ['shared/new', noise(400_000)],
            ['shared/new', Buffer.alloc(450_000)],
          ] as const) {
            const files = [file('f', 'new'), file(`${folder}/x`, content)];
            const error = await failure(place({ base: disk, folders: [{ path: folder }], files }));
            expect(error.message).to.contain('No space left').and.to.contain(disk);
            expect(error.hint).to.be.a('string');
            expect(readdirSync(disk, { recursive: true })).to.have.members(['f', 'shared']);
            expect(readFileSync(join(disk, 'f'), 'utf8')).to.equal('old');
          }
        } finally {
          await node.query(sh`umount ${disk}`);
        }
      });
    });
  }
});
