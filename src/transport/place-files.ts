import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Become, ExecResult, Link } from './contract.ts';
import { TransportError } from './contract.ts';
import { pathWord } from './paths.ts';
import type { PlacePlan } from './place-script.ts';
import { planPlacement, unpacking } from './place-script.ts';
import { NodeError } from './node-error.ts';
import type { AroundUpload } from './send-file.ts';
import { reasonAmong } from './stream.ts';
import type { TarMember } from './tar.ts';
import { tarOf, tarSize } from './tar.ts';
import type { PlacedFile, Placement } from './tree.ts';
import { WRONG_BYTES } from './write-files.ts';

/** An archive below this size is worth packing, to see whether it fits into the request. */
const PACK_BELOW_BYTES = 512 * 1024;
/** So much travels within the request; bash reads it slowly. */
const INLINE_BYTES = 48 * 1024;
/** What a lost connection costs at most: what came before is at its place. */
const PART_BYTES = 64 * 1024 * 1024;
const PART_FILES = 2_000;
const READ_AT_ONCE_BYTES = 1024 * 1024;

/** What placing files needs of the node. */
export interface PlaceReceiver {
  /** Counts as a change of the node. */
  readonly ask: (text: string, stdin?: Buffer) => Promise<ExecResult>;
  readonly link: () => Promise<Link>;
  readonly become: Become | undefined;
  readonly aroundUpload?: AroundUpload | undefined;
  readonly node: string;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Does all of a placement, in one request where it is small, else with one stream of files. The node shows the change
 * by that request alone: what is streamed waits beside. A part of it that fails leaves nothing behind.
 */
export async function placeAll(receiver: PlaceReceiver, placement: Placement): Promise<void> {
  for (const part of inParts(placement)) await placePart(receiver, part);
}

async function placePart(receiver: PlaceReceiver, placement: Placement): Promise<void> {
  const temporary = posix.join(placement.base, `.oms-play-${randomBytes(8).toString('hex')}`);
  const plan = planPlacement(placement, temporary);
  const finish = async (sum: string, pack?: Buffer): Promise<void> => {
    const result = await receiver.ask(plan.script(sum, pack !== undefined), pack);
    if (result.exitCode !== 0) throw failure(receiver.node, placement.folder, result);
  };
  const archive = new Archive(plan);
  const pack = archive.total < PACK_BELOW_BYTES ? await archive.packed() : undefined;
  if (pack !== undefined && pack.length <= INLINE_BYTES) return finish(archive.sum(), pack);
  await streamArchive(receiver, { placement, temporary, archive: new Archive(plan), finish });
}

interface Streaming {
  readonly placement: Placement;
  readonly temporary: string;
  readonly archive: Archive;
  readonly finish: (sum: string) => Promise<void>;
}

async function streamArchive(receiver: PlaceReceiver, streaming: Streaming): Promise<void> {
  const { placement, temporary, archive, finish } = streaming;
  const { become, onProgress, aroundUpload } = receiver;
  const send = async (): Promise<void> => {
    const link = await receiver.link();
    if (link.stream === undefined)
      throw new TransportError('refused', `${receiver.node}: nothing can be streamed there`);
    return link.stream({
      script: (words) =>
        receiverScript(`${temporary}.part`, { total: archive.total, unpack: unpacking(placement) }, words),
      bytes: archive.bytes(),
      total: archive.total,
      path: placement.folder,
      become,
      onProgress,
      whenThere: () => finish(archive.sum()),
    });
  };
  await (aroundUpload?.(send) ?? send());
}

/**
 * Its input stays open until the files are at their places, whatever comes; tar alone would wait for its end. What is
 * there when it ends goes away: after a lost connection, an interrupt, a full disk.
 */
function receiverScript(
  folder: string,
  { total, unpack }: { readonly total: number; readonly unpack: string },
  { ready, there }: { readonly ready: string; readonly there: string },
): string {
  return [
    `LC_ALL=C; export LC_ALL; umask 077; t=${pathWord(folder)}`,
    'mkdir -- "$t" || exit 1',
    `trap 'trap "" HUP INT PIPE TERM; rm -rf -- "$t"' EXIT; trap 'exit 1' HUP INT PIPE TERM`,
    `echo ${ready}`,
    `head -c ${total} 2>/dev/null | ${unpack} -C "$t" || exit 1`,
    '[ -e "$t/end" ] || exit 1',
    `echo ${there}`,
    'cat >/dev/null',
  ].join('\n');
}

/** What is sent: the lists, the files, and a last member that shows that nothing is missing. */
class Archive {
  readonly total: number;
  readonly #members: readonly TarMember[];
  readonly #hash = createHash('sha256');

  constructor({ lists, files }: PlacePlan) {
    this.#members = [
      ...lists.map((list, i) => ({ path: `l/${i}`, size: list.length, bytes: () => this.#hashed([list]) })),
      ...files.map((file) => ({
        path: `f/${file.member}`,
        size: file.size,
        mtime: file.mtime,
        bytes: () => this.#hashed(contentOf(file)),
      })),
      { path: 'end', size: 0, bytes: () => this.#hashed([]) },
    ];
    this.total = tarSize(this.#members);
  }

  bytes(): AsyncIterable<Buffer> {
    return tarOf(this.#members);
  }

  async packed(): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.bytes()) parts.push(part);
    return promisify(gzip)(Buffer.concat(parts));
  }

  /** Of all that was in the lists and files, once it has been read. */
  sum(): string {
    return this.#hash.copy().digest('hex');
  }

  async *#hashed(source: Iterable<Buffer> | AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of source) {
      this.#hash.update(bytes);
      yield bytes;
    }
  }
}

async function* contentOf({ localPath, size }: PlacedFile): AsyncGenerator<Buffer> {
  let length = 0;
  try {
    for await (const bytes of bytesOf(localPath, size)) {
      length += bytes.length;
      yield bytes;
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new NodeError(`${localPath.toString()} cannot be read on the controller (${code})`);
  }
  if (length === size) return;
  const hint = 'Run it again when nobody writes to it any more.';
  throw new NodeError(`${localPath.toString()} changed while it was sent`, hint);
}

async function* bytesOf(localPath: string | Buffer, size: number): AsyncGenerator<Buffer> {
  if (size < READ_AT_ONCE_BYTES) yield await readFile(localPath);
  else yield* createReadStream(localPath, { highWaterMark: READ_AT_ONCE_BYTES });
}

/** Folders and what stands in the way come first, the rest last. */
function inParts(placement: Placement): Placement[] {
  const [parts, first]: [PlacedFile[][], PlacedFile[]] = [[], []];
  let [part, bytes] = [first, 0];
  for (const file of placement.files) {
    if (part.length > 0 && (bytes + file.size > PART_BYTES || part.length >= PART_FILES)) {
      parts.push(part);
      [part, bytes] = [[], 0];
    }
    part.push(file);
    bytes += file.size;
  }
  parts.push(part);
  const none = { folders: [], links: [], attributes: [], inTheWay: [], surplus: [] };
  return parts.map((files, i) => {
    const { folders, inTheWay, links, attributes, surplus } = placement;
    const start = i === 0 ? { folders, inTheWay } : {};
    const end = i === parts.length - 1 ? { links, attributes, surplus } : {};
    return { ...placement, ...none, ...start, ...end, files };
  });
}

function failure(node: string, folder: string, { exitCode, stderr }: ExecResult): NodeError {
  const { reason, hint } = reasonAmong(stderr.toString('utf8'));
  const differs = 'what arrived on the node is not what was sent (checksums differ)';
  return new NodeError(
    `${node}: cannot write into ${folder}: ${exitCode === WRONG_BYTES ? differs : reason}`,
    hint,
  );
}
