import type { RawPath } from './tree.ts';

const BLOCK = 512;
const NAME_LIMIT = 100;

/** One member of an archive; what it holds comes as it is read. */
export interface TarMember {
  readonly path: RawPath;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime?: number | undefined;
  readonly bytes: () => AsyncIterable<Buffer>;
}

/**
 * A tar archive that every tar unpacks, busybox' too, with names of any bytes: libraries write long or foreign names
 * as pax headers, which busybox skips. Each member has to be as long as it says.
 */
export async function* tarOf(members: readonly TarMember[]): AsyncGenerator<Buffer> {
  for (const member of members) {
    yield headerOf(member);
    yield* member.bytes();
    const padding = -member.size & (BLOCK - 1);
    if (padding > 0) yield Buffer.alloc(padding);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/** Length of the archive in bytes. */
export function tarSize(members: readonly TarMember[]): number {
  return members.reduce(
    (sum, member) => sum + headerOf(member).length + member.size + (-member.size & (BLOCK - 1)),
    2 * BLOCK,
  );
}

/** A name too long for its field comes before it as the content of a member of its own (GNU's form). */
function headerOf({ path, size, mtime = 0 }: TarMember): Buffer {
  const name = Buffer.from(path, 'latin1');
  if (name.length <= NAME_LIMIT) return block(name, size, { type: '0', mtime });
  const long = Buffer.alloc(Math.ceil((name.length + 1) / BLOCK) * BLOCK);
  name.copy(long);
  const announced = block(Buffer.from('././@LongLink'), name.length + 1, { type: 'L', mtime: 0 });
  return Buffer.concat([announced, long, block(name.subarray(0, NAME_LIMIT), size, { type: '0', mtime })]);
}

function block(
  name: Buffer,
  size: number,
  { type, mtime }: { readonly type: string; readonly mtime: number },
): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void =>
    void header.write(value.toString(8).padStart(digits, '0'), at, 'latin1');
  name.copy(header, 0);
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(Math.min(Math.max(mtime, 0), 0o77777777777), 136, 11);
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write('ustar  \0', 257, 'latin1');
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  header.write('\0 ', 154, 'latin1');
  return header;
}
