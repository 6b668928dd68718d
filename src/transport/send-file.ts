import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Become, Link, UploadRequest } from './contract.ts';
import { NodeError } from './node-error.ts';
import type { UploadOptions } from './node.ts';
import type { Ask } from './read-files.ts';
import { besides, nameOf, pathWord } from './paths.ts';
import { assertWritten, finishScript, WRONG_BYTES } from './write-files.ts';

export type AroundUpload = (send: () => Promise<void>) => Promise<void>;

/** What sending a large file needs of the node. */
export interface Receiver {
  readonly ask: Ask;
  readonly link: () => Promise<Link>;
  /** Called with the sending itself, which it has to start: to measure it. */
  readonly aroundUpload?: AroundUpload | undefined;
  readonly become: Become | undefined;
  /** The node's name, for messages. */
  readonly node: string;
  readonly onProgress: (done: number, total: number) => void;
}

/**
 * Sends a large file: into a part file that is named by the checksum, so that a broken transfer goes on where
 * it stopped; compared by checksum, and only then given its name.
 */
export async function sendFile(
  receiver: Receiver,
  localPath: string,
  path: string,
  options: UploadOptions,
): Promise<void> {
  const { size } = await stat(localPath);
  const sum = options.sha256 ?? (await fileSha256(localPath));
  const part = besides(path, `.${nameOf(path)}.oms-play-${sum.slice(0, 8)}.part`);
  for (let attempt = 1; ; attempt++) {
    const resumed = await transfer(receiver, { localPath, path, part, size, allow: options.allow });
    const result = await receiver.ask(finishScript(path, part, sum, options));
    // What an earlier try left may be broken: once more from the beginning.
    if (result.exitCode === WRONG_BYTES && resumed && attempt === 1) continue;
    return assertWritten(result, receiver.node, path);
  }
}

/** SHA-256 in hex of a file of the controller's. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

interface Transfer {
  readonly localPath: string;
  readonly path: string;
  readonly part: string;
  readonly size: number;
  readonly allow: UploadOptions['allow'];
}

/** True when it went on behind an earlier part. */
async function transfer(receiver: Receiver, plan: Transfer): Promise<boolean> {
  const { localPath, path, part, size, allow } = plan;
  const there = await receiver.ask(preparePart(part, size));
  assertWritten(there, receiver.node, path);
  const resumeAt = Number(there.stdout.toString('latin1'));
  if (resumeAt === size && size > 0) return true;
  const { become, onProgress } = receiver;
  await uploadAs(receiver, path, { localPath, path: part, become, resumeAt, onProgress, allow });
  return resumeAt > 0;
}

/**
 * Uploads to a temporary name; an error names the path that was meant. What the node could not write (disk
 * full) is removed; after a lost connection it stays, to be gone on with.
 */
export async function uploadAs(
  { ask, link, node, aroundUpload }: Pick<Receiver, 'ask' | 'link' | 'node' | 'aroundUpload'>,
  path: string,
  request: UploadRequest,
): Promise<void> {
  try {
    const send = async (): Promise<void> => (await link()).upload(request);
    await (aroundUpload?.(send) ?? send());
  } catch (error) {
    if (!(error instanceof NodeError)) throw error;
    await ask(`rm -f -- ${pathWord(request.path)}`).catch(() => undefined);
    const before = `cannot write ${request.path}: `;
    const reason = error.message.slice(error.message.indexOf(before) + before.length);
    throw new NodeError(`${node}: cannot write ${path}: ${reason}`, error.hint);
  }
}

/**
 * Prints how many bytes of an earlier try are there. Anything at that name which is not a plain file of our
 * own is taken away, and a new one made with O_EXCL: in a folder for everybody it could be a planted link.
 */
function preparePart(part: string, size: number): string {
  return [
    `p=${pathWord(part)}; umask 077`,
    // A second name could be a link to any file of ours, to be written into.
    'if [ -f "$p" ] && [ ! -L "$p" ] && [ "$(stat -c %u:%h -- "$p")" = "$(id -u):1" ]; then',
    '  n=$(stat -c %s -- "$p") || exit 1',
    `  if [ "$n" -le ${size} ]; then printf %s "$n"; exit 0; fi`,
    'fi',
    'rm -f -- "$p" || exit 1',
    'set -C; : >"$p" || exit 1; printf 0',
  ].join('\n');
}
