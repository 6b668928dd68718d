import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { sh } from '../transport/command.ts';
import type { NodeWriter, WriteOptions } from '../transport/node.ts';
import { assertWritten, finishScript, makeTemporary } from '../transport/write-files.ts';

/** From this size on a file is sent by upload, and shown by size and checksum instead of a text diff. */
export const LARGE = 1024 * 1024;

/** Content that is to be on a node: bytes in hand, a file of the controller's, or one of the node's own. */
export type Source =
  | { readonly bytes: Buffer }
  | { readonly localPath: string; readonly size: number; readonly known?: KnownContent }
  | { readonly nodePath: string; readonly size: number; readonly known: KnownContent };

/** What is found out about a file once, for all who ask. */
export interface KnownContent {
  /** SHA-256 in hex. */
  readonly sha256: () => Promise<string>;
  /** undefined: it is large, or no text. */
  readonly text: () => Promise<string | undefined>;
}

/** Size in bytes. */
export function sizeOf(source: Source): number {
  return 'bytes' in source ? source.bytes.length : source.size;
}

/** SHA-256 in hex. */
export async function sha256Of(source: Source): Promise<string> {
  if (!('bytes' in source) && source.known !== undefined) return source.known.sha256();
  const hash = createHash('sha256');
  if ('bytes' in source) return hash.update(source.bytes).digest('hex');
  if ('nodePath' in source) throw new Error('the checksum of a file of the node is known');
  for await (const chunk of createReadStream(source.localPath)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The source as text; undefined when it is large or not text. */
export async function shortText(source: Source): Promise<string | undefined> {
  if (!('bytes' in source) && source.known !== undefined) return source.known.text();
  return sizeOf(source) >= LARGE ? undefined : textOfBytes(await bytesOf(source));
}

/** Bytes as text; undefined when they are not UTF-8 or hold a NUL. */
export function textOfBytes(bytes: Buffer): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Puts the source at the path of the node: small ones within the request, large ones by upload. */
export async function send(
  node: NodeWriter,
  source: Source,
  path: string,
  options: WriteOptions & { readonly sha256?: string },
): Promise<void> {
  if ('nodePath' in source) return copyOnNode(node, source, path, options);
  if ('localPath' in source && source.size >= LARGE) return node.uploadFile(source.localPath, path, options);
  const { mode, owner, group, inPlace } = options;
  // Bytes in hand are sent at once: what is asked next comes behind them.
  const bytes = 'bytes' in source ? source.bytes : await bytesOf(source);
  await node.writeFile(path, bytes, {
    ...(mode === undefined ? {} : { mode }),
    ...(owner === undefined ? {} : { owner }),
    ...(group === undefined ? {} : { group }),
    ...(inPlace === undefined ? {} : { inPlace }),
  });
}

async function bytesOf(source: Source): Promise<Buffer> {
  if ('nodePath' in source) throw new Error('a file of the node is not read here');
  return 'bytes' in source ? source.bytes : readFile(source.localPath);
}

/** Beside the path first, compared there, and then by rename, as all that is written. */
async function copyOnNode(
  node: NodeWriter,
  source: { readonly nodePath: string; readonly known: KnownContent },
  path: string,
  { sha256, ...options }: WriteOptions & { readonly sha256?: string },
): Promise<void> {
  const { nodePath, known } = source;
  const inEnglish = 'LC_ALL=C; export LC_ALL\n';
  const copy = sh`cat <${nodePath} >"$t" || { rm -f -- "$t"; exit 1; }; printf %s "$t"`.text;
  const shown = sh`cp ${nodePath} ${path}`.shown;
  const made = await node.run(
    { text: `${inEnglish}${makeTemporary(path)}\n${copy}`, shown },
    { brief: 'script' },
  );
  assertWritten(made, node.name, path);
  const sum = sha256 ?? (await known.sha256());
  const text = inEnglish + finishScript(path, made.stdout.toString('utf8'), sum, options);
  assertWritten(await node.run({ text, shown }, { brief: 'script' }), node.name, path);
}
