import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDigestReader } from '../../../src/modules/distribution/digest-file.ts';
import { doorScript } from '../../../src/modules/distribution/door-script.ts';
import { leftOvers, removeLeftOvers } from '../../../src/modules/distribution/left-overs.ts';
import { LineProgram, newMark } from '../../../src/modules/distribution/program.ts';
import type { SharedFile } from '../../../src/modules/distribution/region.ts';
import { Station } from '../../../src/modules/distribution/station.ts';
import { TokenBucket } from '../../../src/modules/distribution/token-bucket.ts';
import type { Link } from '../../../src/transport/contract.ts';
import type { KeyPair } from '../../../src/transport/key-pair.ts';
import { makeKeyPair } from '../../../src/transport/key-pair.ts';
import type { NodeWriter } from '../../../src/transport/node.ts';
import { createNode } from '../../../src/transport/remote-node.ts';
import { installShells, linkWith, openWith } from '../../transport/shells.ts';

const shells = installShells();
const MIB = 1024 * 1024;

/** What a node does for a swarm, on the shells and tools that nodes have. */
describe('a station', function () {
  this.timeout(10_000);
  let dir: string;
  let file: SharedFile;
  let bytes: Buffer;
  let keys: KeyPair;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-station-'));
    bytes = randomBytes(9 * MIB + 123);
    writeFileSync(join(dir, 'source'), bytes);
    file = await createDigestReader()(join(dir, 'source'));
    keys = await makeKeyPair();
  });
  after(() => {
    shells.close();
    rmSync(dir, { recursive: true });
  });

  for (const kind of shells.kinds) {
    describe(`over ${kind.name}`, () => {
      let link: Link;
      let home: string;
      let part: string;
      let node: NodeWriter;
      const open = (whole = false): Promise<Station> =>
        Station.open(node, { file, path: part, whole, keys, bucket: new TokenBucket(undefined) });
      const found = async (station: Station): Promise<number[]> => {
        const chunks: number[] = [];
        await station.look((chunk) => chunks.push(chunk));
        return chunks;
      };
      const put = (station: Station, chunk: number): Promise<string> => station.put(chunk, () => undefined);

      beforeEach(() => {
        home = mkdtempSync(join(dir, 'node-'));
        part = join(home, '.a b.part');
        link = linkWith(openWith(kind));
        const environment = { HOME: home };
        node = createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link, environment });
      });
      afterEach(() => link.close());

      it('takes chunks in any order, the last and shorter one too; nothing is left behind', async () => {
        const station = await open();
        expect(await found(station)).to.deep.equal([]);
        const done = await Promise.all([2, 0, 1].map((chunk) => put(station, chunk)));
        expect(done).to.deep.equal(['good', 'good', 'good']);
        expect(readFileSync(part).equals(bytes)).to.equal(true);
        expect(statSync(part).mode & 0o777).to.equal(0o600);
        await station.close();
        expect(existsSync(station.folder)).to.equal(false);
      });

      it('knows what an earlier try left, and what of it is damaged', async () => {
        const damaged = Buffer.from(bytes.subarray(0, 5 * MIB));
        damaged.fill(0, 1000, 1010);
        writeFileSync(part, damaged);
        const first = await open();
        expect(await found(first)).to.deep.equal([]);
        expect(await put(first, 0)).to.equal('good');
        await first.close();
        const second = await open();
        expect(await found(second)).to.deep.equal([0]);
        expect(await put(second, 1)).to.equal('good');
        expect(await put(second, 2)).to.equal('good');
        await second.close();
        expect(readFileSync(part).equals(bytes)).to.equal(true);
      });

      it('says so when what arrives is not what the sum says', async () => {
        const wrong = { ...file, chunks: [file.chunks[1] ?? '', ...file.chunks.slice(1)] };
        const station = await Station.open(node, {
          ...{ file: wrong, path: part, whole: false, keys },
          bucket: new TokenBucket(undefined),
        });
        expect(await put(station, 0)).to.equal('corrupt');
        expect(await put(station, 1), 'the stream is not out of step').to.equal('good');
        await station.close();
      });

      it('does not write through a link that someone put at the name of the part', async () => {
        writeFileSync(join(home, 'victim'), 'mine');
        await node.run({ text: `ln -s victim '${part}'`, shown: '' });
        const station = await open();
        await put(station, 0);
        await station.close();
        expect(readFileSync(join(home, 'victim'), 'utf8')).to.equal('mine');
      });

      it('ends by itself when its input ends, however that comes; the key goes with it', async () => {
        const station = await open();
        expect(await found(station)).to.deep.equal([]);
        const { folder } = station;
        expect(readFileSync(join(folder, 'key'), 'utf8')).to.contain('OPENSSH PRIVATE KEY');
        expect(statSync(join(folder, 'key')).mode & 0o777).to.equal(0o600);
        expect(statSync(folder).mode & 0o777).to.equal(0o711);
        await link.close();
        await until(() => !existsSync(folder));
      });

      it('finds and removes what a run has left that was killed', async () => {
        const left = mkdtempSync('/tmp/oms-play.0123456789ab.');
        writeFileSync(join(left, 'pid'), '999999999');
        mkdirSync(join(home, '.ssh'));
        const kept = 'ssh-ed25519 AAAA somebody@elsewhere';
        const dead = 'restrict,command="/bin/sh /run/x" ssh-ed25519 AAAA oms-play.00000000dead.';
        writeFileSync(join(home, '.ssh', 'authorized_keys'), `${dead}\n${kept}`);
        const changes = await leftOvers(node);
        const subjects = changes.map(({ subject }) => subject);
        expect(subjects).to.include.members([left, join(home, '.ssh', 'authorized_keys')]);
        await removeLeftOvers(node, changes);
        expect(existsSync(left)).to.equal(false);
        expect(readFileSync(join(home, '.ssh', 'authorized_keys'), 'utf8').trim()).to.equal(kept);
        const after = (await leftOvers(node)).map(({ subject }) => subject);
        expect(after).to.not.include.members(subjects);
      });

      describe('its door', () => {
        const openDoor = async (): Promise<LineProgram> => {
          const [mark, id] = [newMark(), '0123456789ab'];
          const folder = mkdtempSync(join(dir, 'oms-play.'));
          const command = doorScript({ mark, id, folder, publicKey: keys.publicKey });
          return (await LineProgram.start(node, { command, mark }, () => undefined)).program;
        };
        const authorized = (): string => join(home, '.ssh', 'authorized_keys');

        it('adds one line that can only read what is served, and takes it away again', async () => {
          mkdirSync(join(home, '.ssh'));
          writeFileSync(authorized(), 'ssh-ed25519 AAAA mine\n# no newline at the end', { mode: 0o640 });
          const door = await openDoor();
          const [line = '', ...others] = readFileSync(authorized(), 'utf8').split('\n');
          expect(line).to.match(
            /^restrict,expiry-time="\d{14}",command="\/bin\/sh \S+\/serve \S+" ssh-ed25519 \S+ oms-play\.0123456789ab\.$/,
          );
          expect(others.join('\n')).to.equal('ssh-ed25519 AAAA mine\n# no newline at the end');
          await door.end();
          expect(readFileSync(authorized(), 'utf8')).to.equal(
            'ssh-ed25519 AAAA mine\n# no newline at the end',
          );
          expect(statSync(authorized()).mode & 0o777).to.equal(0o640);
          expect(readdirSync(join(home, '.ssh'))).to.deep.equal(['authorized_keys']);
        });

        it('where there was no file and no folder there is none afterwards', async () => {
          const door = await openDoor();
          expect(statSync(authorized()).mode & 0o777).to.equal(0o600);
          await door.end();
          expect(existsSync(join(home, '.ssh'))).to.equal(false);
        });

        it('closes when the agent’s folder goes', async () => {
          const door = await openDoor();
          const folder = /(\S+)\/serve/.exec(readFileSync(authorized(), 'utf8'))?.[1] ?? '';
          rmSync(folder, { recursive: true });
          await door.ended;
          await until(() => !existsSync(authorized()));
        });
      });
    });
  }
});

async function until(holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 8_000; Date.now() < end;) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect.fail('it did not come to that');
}
