import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Secret } from '../../src/model/secret.ts';
import type { ByteChannel, OpenChannel } from '../../src/transport/channel.ts';
import type { Link } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import type { Placement } from '../../src/transport/tree.ts';
import { installShells, linkWith, openWith } from './shells.ts';

const shells = installShells();
const FILES = 40;
const BYTES = 30_000;

/** Folders on their way when something breaks. */
describe('a folder that does not arrive', () => {
  let dir: string;
  let link: ShellLink;

  beforeEach(() => {
    dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oms-play-broken-'));
    mkdirSync(join(dir, 'to/old'), { recursive: true });
    for (let i = 0; i < FILES; i++) writeFileSync(join(dir, `source${i}`), content(i, 'new'));
    for (let i = 0; i < FILES; i += 2) writeFileSync(join(dir, `to/old/${i}`), content(i, 'old'));
  });
  afterEach(async () => {
    await link.close();
    rmSync(dir, { recursive: true });
  });
  after(() => shells.close());

  const content = (i: number, age: string): string => `${age} ${i} `.padEnd(BYTES, `${Math.sin(i + 1)}`);
  const nodeOver = (way: Link): NodeWriter =>
    createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => way });
  const placement = (): Placement => ({
    folder: join(dir, 'to'),
    base: join(dir, 'to/old'),
    folders: [{ path: 'new' }],
    files: Array.from({ length: FILES }, (_, i) => ({
      path: i % 2 === 0 ? `old/${i}` : `new/${i}`,
      localPath: join(dir, `source${i}`),
      size: BYTES,
    })),
    links: [],
    attributes: [],
    inTheWay: [],
    surplus: [],
  });
  const traces = (): string[] =>
    readdirSync(dir, { recursive: true }).map(String).filter((name) => name.includes('.oms-play-')); // prettier-ignore
  /** What is taken away after a loss is so soon, not at once: nobody is there any more to wait for it. */
  const noTraces = async (): Promise<void> => {
    for (let i = 0; i < 200 && traces().length > 0; i++) await sleep(20);
    expect(traces()).to.deep.equal([]);
  };
  const nothingChanged = async (): Promise<void> => {
    await noTraces();
    expect(readdirSync(join(dir, 'to'))).to.deep.equal(['old']);
    for (let i = 0; i < FILES; i += 2)
      expect(readFileSync(join(dir, `to/old/${i}`), 'utf8')).to.equal(content(i, 'old'));
  };
  const arrives = async (): Promise<void> => {
    const again = linkWith(openChild);
    try {
      await nodeOver(again).placeAll(placement());
    } finally {
      await again.close();
    }
    for (const { path } of placement().files) {
      expect(readFileSync(join(dir, 'to', path), 'utf8')).to.equal(content(Number(path.slice(4)), 'new'));
    }
    await noTraces();
  };
  const failed = async (work: Promise<void>): Promise<unknown> => {
    try {
      await work;
    } catch (error) {
      return error;
    }
    return expect.fail('was expected to fail');
  };

  for (const kind of shells.kinds) {
    for (const after of [1, 700_000]) {
      it(`${kind.name}: the line breaks after ${after} bytes: nothing is left, the next try brings it`, async () => {
        link = linkWith(breaking(openWith(kind), after));
        const node = nodeOver(link);
        await node.checksum('/dev/null');
        await failed(node.placeAll(placement()));
        await nothingChanged();
        await arrives();
      });
    }

    it(`${kind.name}: the line breaks when all is there and nothing in its place`, async () => {
      link = linkWith(openWith(kind));
      const lost = new TransportError('lost', 'hz-1: the connection was lost');
      const cut: Link = {
        exec: (request) =>
          request.command.text.includes('.part" "$t"') ? Promise.reject(lost) : link.exec(request),
        stream: (request) => link.stream(request),
        upload: (request) => link.upload(request),
        openConnection: (host, port) => link.openConnection(host, port),
        interrupt: () => link.interrupt(),
        close: () => link.close(),
      };
      expect(await failed(nodeOver(cut).placeAll(placement()))).to.equal(lost);
      await nothingChanged();
    });
  }

  it('an interrupt at any time leaves whole files only, old or new', async () => {
    const [kind] = shells.kinds;
    if (kind === undefined) return expect.fail('this machine has no shell');
    for (const ms of [5, 30, 55, 80, 105]) {
      link = linkWith(openWith(kind));
      const placing = nodeOver(link)
        .placeAll(placement())
        .catch((error: unknown) => error);
      await sleep(ms);
      await link.interrupt();
      const error = await placing;
      if (error !== undefined) expect(error).to.include({ kind: 'interrupted' });
      await noTraces();
      for (const { path } of placement().files) {
        const at = join(dir, 'to', path);
        const number = Number(path.slice(4));
        const whole = [content(number, 'new'), ...(number % 2 === 0 ? [content(number, 'old')] : [])];
        if (existsSync(at)) expect(whole).to.include(readFileSync(at, 'utf8'));
        else expect(number % 2, path).to.equal(1);
      }
      await link.close();
    }
    await arrives();
  }).timeout(20_000);

  it('it goes through sudo where a task becomes another user', async () => {
    const sudo = join(dir, 'sudo');
    const text = `#!/bin/sh
while [ "$1" != -- ]; do [ "$1" = -p ] && prompt=$2; shift; done; shift
printf %s "$prompt" >&2; IFS= read -r word; [ "$word" = right-pw ] || exit 1
echo became >>"$0.calls"; exec "$@"`;
    writeFileSync(sudo, text, { mode: 0o755 });
    link = linkWith((argv) => openChild(argv.map((word) => (word === 'sudo' ? sudo : word))));
    const become = { user: 'oms', password: new Secret('right-pw') };
    const node = createNode({ name: 'hz-1', address: '10.0.1.11', link: async () => link, become });
    await node.placeAll(placement());
    expect(readFileSync(`${sudo}.calls`, 'utf8')).to.equal('became\nbecame\n');
    expect(readFileSync(join(dir, 'to/new/1'), 'utf8')).to.equal(content(1, 'new'));
    await noTraces();
  });
});

/** The second channel, which the files go through, is lost after so many bytes. */
function breaking(open: OpenChannel, afterBytes: number): OpenChannel {
  let opened = 0;
  return async (argv) => {
    const channel = await open(argv);
    opened += 1;
    return opened === 2 ? cut(channel, afterBytes) : channel;
  };
}

function cut(channel: ByteChannel, afterBytes: number): ByteChannel {
  let [seen, isFirst] = [0, true];
  const stdin = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      if (!isFirst) seen += chunk.length;
      const rest = seen - afterBytes;
      // The first is the script, which has to get through.
      if (isFirst || rest < 0) next(null, chunk);
      else {
        this.push(chunk.subarray(0, Math.max(0, chunk.length - rest)));
        channel.stdin.end();
      }
      isFirst = false;
    },
  });
  stdin.on('data', (bytes: Buffer) => channel.stdin.write(bytes));
  stdin.on('error', () => undefined);
  return { ...channel, stdin };
}
