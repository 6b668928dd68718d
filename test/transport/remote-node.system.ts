import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { script, sh } from '../../src/transport/command.ts';
import type { Link } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode, NodeError } from '../../src/transport/remote-node.ts';
import type { NodeOptions } from '../../src/transport/remote-node.ts';
import { installShells, linkWith, openWith } from './shells.ts';

const shells = installShells();

async function failure(promise: Promise<unknown>): Promise<NodeError> {
  const error = await promise.then(
    () => expect.fail('was expected to fail'),
    (e: unknown) => e,
  );
  expect(error).to.be.instanceOf(NodeError);
  expect(String(error)).to.contain('hz-1');
  return error as NodeError;
}

describe('createNode', () => {
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      let dir: string;
      let link: Link;
      let opened: number;
      let node: NodeWriter;
      const make = (more: Partial<NodeOptions> = {}): NodeWriter =>
        createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link, ...more });

      beforeEach(() => {
        dir = mkdtempSync(join(tmpdir(), 'oms-play-node-'));
        const open = openWith(kind);
        opened = 0;
        link = linkWith((argv) => {
          opened += 1;
          return open(argv);
        });
        node = make();
      });
      afterEach(async () => {
        await link.close();
        rmSync(dir, { recursive: true });
      });

      it('query answers with exit code and bytes; run streams them too', async () => {
        const seen: string[] = [];
        const talking = make({
          openOutput: () => ({
            write: (stream, text) => seen.push(`${stream}:${text}`),
            end: () => seen.push('END'),
          }),
          environment: { A: '1', B: '2' },
        });
        const result = await talking.run(script('cat; echo $A$B; exit 3'), {
          stdin: '目录 ',
          environment: { B: '3' },
        });
        expect([result.exitCode, result.stdout.toString()]).to.deep.equal([3, '目录 13\n']);
        expect(seen.join('')).to.match(/^stdout:目录 [^]*END$/);
        expect((await node.query(sh`echo ${"it's"}`)).stdout.toString()).to.equal("it's\n");
        expect(opened).to.equal(1);
      });

      it('reads, writes, looks at and sums files of any name', async () => {
        const names = ['plain', '-rf', "it's a 目录\nwith $(all)", ' lead', '*'];
        const content = Buffer.from([0, 255, 10, 13, 10, 228, 184, 0]);
        const tryName = async (name: string): Promise<void> => {
          const path = join(dir, name);
          expect(await node.readFile(path)).to.equal(undefined);
          expect(await node.stat(path)).to.equal(undefined);
          expect(await node.checksum(path)).to.equal(undefined);
          await node.writeFile(path, content);
          expect((await node.readFile(path))?.equals(content)).to.equal(true);
          expect(await node.checksum(path)).to.equal(createHash('sha256').update(content).digest('hex'));
          const { uid, gid, mtimeMs } = statSync(path);
          const seen = await node.stat(path);
          expect(seen).to.include({ type: 'file', mode: '0644', size: 8, uid, gid, linkTarget: undefined });
          expect(seen?.mtime).to.equal(Math.floor(mtimeMs / 1000));
        };
        await Promise.all(names.map(tryName));
        expect(readdirSync(dir).sort()).to.deep.equal(names.sort());
      });

      it('tells folders, links and what they lead to apart', async () => {
        mkdirSync(join(dir, 'folder'), { mode: 0o750 });
        symlinkSync('folder', join(dir, 'link'));
        symlinkSync('no where\n', join(dir, 'broken'));
        expect(await node.stat(join(dir, 'folder'))).to.include({ type: 'directory', mode: '0750' });
        expect(await node.stat(join(dir, 'link'))).to.include({ type: 'link', linkTarget: 'folder' });
        expect(await node.stat(join(dir, 'link'), { follow: true })).to.include({ type: 'directory' });
        expect(await node.stat(join(dir, 'broken'))).to.include({ type: 'link', linkTarget: 'no where\n' });
        expect(await node.stat(join(dir, 'broken'), { follow: true })).to.equal(undefined);
        expect(await node.stat('/dev/null')).to.include({ type: 'other' });
        expect(await node.stat(join(dir, 'folder/x/y'))).to.equal(undefined);
      });

      it('reading a folder or a file that is too large fails with the reason', async () => {
        expect((await failure(node.readFile(dir))).message)
          .to.contain('is a directory')
          .and.to.contain(dir);
        await node.writeFile(join(dir, 'f'), '12345');
        expect((await failure(make({ limitBytes: 4 }).readFile(join(dir, 'f')))).message).to.contain(
          'larger than 4',
        );
      });

      it('an empty file is empty, not absent', async () => {
        await node.writeFile(join(dir, 'empty'), '');
        expect(await node.readFile(join(dir, 'empty'))).to.deep.equal(Buffer.alloc(0));
      });

      it('keeps mode of an existing file, gives new ones 0666 less the umask, and sets what is asked', async () => {
        const path = join(dir, 'f');
        await node.writeFile(path, 'a');
        expect(statSync(path).mode & 0o7777).to.equal(0o666 & ~process.umask());
        chmodSync(path, 0o640);
        const before = statSync(path).ino;
        await node.writeFile(path, 'b');
        expect(statSync(path).mode & 0o7777).to.equal(0o640);
        expect(statSync(path).ino).not.to.equal(before);
        await node.writeFile(path, 'c', { mode: '0600' });
        expect(statSync(path).mode & 0o7777).to.equal(0o600);
      });

      it('as root: sets and keeps owner and group', async function () {
        if (process.getuid?.() !== 0) expect.fail('this test needs root');
        const path = join(dir, 'f');
        await node.writeFile(path, 'a', { owner: 'nobody', mode: '4755' });
        expect(await node.stat(path)).to.include({ owner: 'nobody', mode: '4755' });
        await node.writeFile(path, 'b');
        expect(await node.stat(path)).to.include({ owner: 'nobody', mode: '4755', size: 1 });
        await node.writeFile(path, 'c', { group: '7', owner: '65530' });
        expect(await node.stat(path)).to.include({ uid: 65530, gid: 7, owner: '65530' });
        expect((await failure(node.writeFile(path, 'd', { owner: 'no-such-user' }))).message).to.contain(
          'no-such-user',
        );
        expect(readFileSync(path, 'utf8')).to.equal('c');
        expect(readdirSync(dir)).to.deep.equal(['f']);
      });

      it('in place: keeps the inode and the link, also when the content gets shorter', async () => {
        const path = join(dir, 'f');
        await node.writeFile(path, 'long content', { inPlace: true });
        const { ino } = statSync(path);
        await node.writeFile(path, 'short', { inPlace: true, mode: '0604' });
        expect(statSync(path).ino).to.equal(ino);
        expect(statSync(path).mode & 0o777).to.equal(0o604);
        expect(readFileSync(path, 'utf8')).to.equal('short');
        expect(readdirSync(dir)).to.deep.equal(['f']);
      });

      it('replaces a link, not what it leads to', async () => {
        writeFileSync(join(dir, 'real'), 'real');
        symlinkSync('real', join(dir, 'link'));
        await node.writeFile(join(dir, 'link'), 'new');
        expect(await node.stat(join(dir, 'link'))).to.include({ type: 'file' });
        expect(readFileSync(join(dir, 'real'), 'utf8')).to.equal('real');
      });

      it('writing over a folder, or into one that is not there, fails and leaves nothing', async () => {
        mkdirSync(join(dir, 'folder'));
        expect((await failure(node.writeFile(join(dir, 'folder'), 'x'))).message).to.contain(
          'it is a directory',
        );
        const error = await failure(node.writeFile(join(dir, 'none/f'), 'x'));
        expect(error.message).to.contain('its folder is not there').and.to.contain('No such file');
        expect(readdirSync(join(dir, 'folder'))).to.deep.equal([]);
      });

      it('large content goes as a stream, with the same result', async () => {
        const content = Buffer.alloc(700_001, '行');
        await node.writeFile(join(dir, "b'ig"), content, { mode: '0640' });
        expect(readFileSync(join(dir, "b'ig")).equals(content)).to.equal(true);
        expect(statSync(join(dir, "b'ig")).mode & 0o777).to.equal(0o640);
        expect(readdirSync(dir)).to.deep.equal(["b'ig"]);
        expect((await failure(node.writeFile(join(dir, 'none/f'), content))).message).to.contain('none/f');
      });

      describe('uploadFile', () => {
        const bytes = Buffer.from(Array.from({ length: 900_000 }, (_, i) => (i * 31) % 253));
        const sum = createHash('sha256').update(bytes).digest('hex');
        const part = `.image.tar.oms-play-${sum.slice(0, 8)}.part`;
        let source: string;
        let target: string;

        beforeEach(() => {
          mkdirSync(join(dir, 'to'));
          source = join(dir, 'source');
          target = join(dir, 'to', 'image.tar');
          writeFileSync(source, bytes);
        });

        const arrived = (): void => {
          expect(readFileSync(target).equals(bytes)).to.equal(true);
          expect(readdirSync(join(dir, 'to'))).to.deep.equal(['image.tar']);
        };

        it('brings the file over with progress, mode and nothing left beside it', async () => {
          const seen: (readonly [string, number, number, string])[] = [];
          const telling = make({
            onProgress: (label, done, total, unit) =>
              seen.push([label, done, total, typeof unit === 'string' ? unit : unit.unit]),
          });
          await telling.uploadFile(source, target, { mode: '0600' });
          arrived();
          expect(statSync(target).mode & 0o777).to.equal(0o600);
          expect(seen.at(-1)).to.deep.equal([target, bytes.length, bytes.length, 'bytes']);
        });

        it('goes on behind an earlier part', async () => {
          writeFileSync(join(dir, 'to', part), bytes.subarray(0, 600_000));
          const seen: number[] = [];
          await make({ onProgress: (_, done) => seen.push(done) }).uploadFile(source, target, {
            sha256: sum,
          });
          arrived();
          expect(seen[0]).to.be.greaterThan(600_000);
        });

        it('an earlier part that is wrong, too long or complete does no harm', async () => {
          const [wrong, long] = [Buffer.alloc(5000, 'x'), Buffer.alloc(1_000_000, 'x')];
          for (const old of [wrong, long, bytes, long.subarray(0, bytes.length)]) {
            writeFileSync(join(dir, 'to', part), old);
            await node.uploadFile(source, target);
            arrived();
          }
        });

        it('does not write through a link that someone put at the name of the part', async () => {
          writeFileSync(join(dir, 'victim'), 'precious');
          symlinkSync(join(dir, 'victim'), join(dir, 'to', part));
          await node.uploadFile(source, target);
          arrived();
          expect(readFileSync(join(dir, 'victim'), 'utf8')).to.equal('precious');
        });

        it('a file that is not what the sum says fails, and does not get its name', async () => {
          const error = await failure(node.uploadFile(source, target, { sha256: '0'.repeat(64) }));
          expect(error.message).to.contain('checksums differ');
          expect(existsSync(target)).to.equal(false);
        });
      });

      it('a full disk: says so, and leaves neither a half file nor a temporary one', async function () {
        const full = await smallDisk(node, join(dir, 'disk'));
        if (!full) expect.fail('this test needs root, to mount a tmpfs');
        try {
          const path = join(dir, 'disk', 'f');
          await node.writeFile(path, 'old');
          for (const [size, inPlace] of [
            [60_000, false],
            [60_000, true],
            [900_000, false],
          ] as const) {
            const error = await failure(node.writeFile(path, Buffer.alloc(size, 'x'), { inPlace }));
            expect(error.message).to.contain('No space left').and.to.contain(path);
            expect(error.hint).to.be.a('string');
          }
          expect(readFileSync(path, 'utf8')).to.equal('old');
          expect(readdirSync(join(dir, 'disk'))).to.deep.equal(['f']);
        } finally {
          await node.query(sh`umount ${join(dir, 'disk')}`);
        }
      });
    });
  }
});

/** A file system of 40 KB; false where one cannot be mounted. */
async function smallDisk(node: NodeWriter, path: string): Promise<boolean> {
  mkdirSync(path);
  const mounted = await node.query(sh`mount -t tmpfs -o size=40k tmpfs ${path}`);
  return mounted.exitCode === 0;
}
