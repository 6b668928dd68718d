/** One member of a tar archive; `content` only where the caller asked to keep it. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
  readonly content: Buffer | undefined;
}

/** Thrown for bytes that are no tar archive, or only the beginning of one. */
export class TarError extends Error {}

const BLOCK = 512;
const LARGEST_EXTENDED_HEADER = 1024 * 1024;

/** One member as it stands in the archive. */
export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** A plain file; false for folders and links. */
  readonly isFile: boolean;
  /** Its header blocks as they are, extended ones before it included. */
  readonly header: Buffer;
  /** Its bytes, as long as the walk has not gone on. */
  readonly content: AsyncIterable<Buffer>;
}

/** Reads a tar stream without unpacking it. `keep` decides by name and size whose bytes are wanted. */
export async function* readTar(
  stream: AsyncIterable<Buffer>,
  keep: (name: string, size: number) => boolean,
): AsyncGenerator<TarMember> {
  for await (const { name, size, content } of walkTar(stream)) {
    const wanted = keep(name, size);
    const bytes = await collect(content, wanted);
    yield { name, size, content: wanted ? bytes : undefined };
  }
}

/** Goes through a tar stream member by member; whoever wants a member's bytes reads them before the next one. */
export async function* walkTar(stream: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const bytes = new ByteReader(stream);
  let extended: Extended = {};
  let headers: Buffer[] = [];
  for (let header = await bytes.take(BLOCK); header !== undefined; header = await bytes.take(BLOCK)) {
    if (header.every((byte) => byte === 0)) continue;
    const type = String.fromCharCode(header[156] ?? 0);
    const plainSize = checkedSize(header);
    headers.push(header);
    if ('xgLK'.includes(type)) {
      if (plainSize > LARGEST_EXTENDED_HEADER) throw new TarError('an extended header is too long');
      const content = (await bytes.take(padded(plainSize))) ?? Buffer.alloc(0);
      headers.push(content);
      extended = { ...extended, ...readExtended(type, content.subarray(0, plainSize)) };
      continue;
    }
    const size = extended.size ?? plainSize;
    const name = normalName(extended.path ?? headerName(header));
    const left = { bytes: size };
    const isFile = type === '0' || type === '\0';
    yield { name, size, isFile, header: Buffer.concat(headers), content: bytes.pieces(left) };
    await bytes.skip(left.bytes + padded(size) - size);
    extended = {};
    headers = [];
  }
}

async function collect(content: AsyncIterable<Buffer>, kept: boolean): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content) if (kept) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes that a content takes up in the archive. */
export function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

interface Extended {
  readonly path?: string;
  readonly size?: number;
}

function checkedSize(header: Buffer): number {
  const sum = header.reduce((all, byte, i) => all + (i >= 148 && i < 156 ? 32 : byte), 0);
  if (sum !== octal(header, 148, 8)) throw new TarError('a header has a wrong checksum');
  // Sizes from 8 GiB on do not fit the octal digits: GNU's form is binary, marked by the first bit.
  if (((header[124] ?? 0) & 0x80) !== 0) return Number(header.readBigUInt64BE(128));
  return octal(header, 124, 12);
}

function octal(header: Buffer, start: number, length: number): number {
  const text = header
    .toString('latin1', start, start + length)
    .replace(/[\0 ]+$/, '')
    .trim();
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function headerName(header: Buffer): string {
  const name = cText(header, 0, 100);
  const prefix = header.toString('latin1', 257, 262) === 'ustar' ? cText(header, 345, 155) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

function cText(header: Buffer, start: number, length: number): string {
  return header.toString('utf8', start, start + length).replace(/\0[\s\S]*$/, '');
}

function normalName(name: string): string {
  return name.replace(/^(\.\/)+/, '');
}

function readExtended(type: string, content: Buffer): Extended {
  if (type === 'L') return { path: cText(content, 0, content.length) };
  if (type !== 'x') return {};
  let found: Extended = {};
  for (let at = 0; at < content.length;) {
    const space = content.indexOf(0x20, at);
    const length = Number.parseInt(content.toString('latin1', at, space), 10);
    if (space < 0 || !(length > 0)) break;
    const [key, value = ''] = splitOnce(content.toString('utf8', space + 1, at + length - 1));
    if (key === 'path') found = { ...found, path: value };
    if (key === 'size') found = { ...found, size: Number(value) };
    at += length;
  }
  return found;
}

function splitOnce(record: string): readonly string[] {
  const equals = record.indexOf('=');
  return [record.slice(0, equals), record.slice(equals + 1)];
}

class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Buffer>) {
    this.#source = stream[Symbol.asyncIterator]();
  }

  /** Exactly that many bytes; undefined at the very end; TarError when it ends in between. */
  async take(count: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = count;
    while (missing > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) {
        if (missing === count) return undefined;
        throw new TarError('it ends in the middle');
      }
      const part = this.#rest.subarray(0, missing);
      parts.push(part);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** The next bytes as they come; what was handed out is taken off `left`. */
  async *pieces(left: { bytes: number }): AsyncGenerator<Buffer> {
    while (left.bytes > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new TarError('it ends in the middle');
      const piece = this.#rest.subarray(0, left.bytes);
      this.#rest = this.#rest.subarray(piece.length);
      left.bytes -= piece.length;
      yield piece;
    }
  }

  async skip(count: number): Promise<void> {
    let missing = count;
    while (missing > this.#rest.length) {
      missing -= this.#rest.length;
      if (!(await this.#more())) throw new TarError('it ends in the middle');
    }
    this.#rest = this.#rest.subarray(missing);
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next();
    this.#rest = next.done === true ? Buffer.alloc(0) : next.value;
    return next.done !== true;
  }
}
