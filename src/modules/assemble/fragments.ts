import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeReader } from '../../transport/node.ts';
import type { RawPath } from '../../transport/tree.ts';
import { pathText } from '../../transport/tree.ts';
import { ModuleError } from '../define.ts';
import { lookAt } from '../tree/compare.ts';

/** Which names of a folder count. */
export type Counts = (names: readonly string[]) => readonly string[];

/** Contents of the files in a folder of the node, by name. */
export async function fragmentsOfNode(
  node: NodeReader,
  folder: string,
  counts: Counts,
): Promise<readonly Buffer[]> {
  const look = await lookAt(node, folder, [], { everything: true });
  if (!look.isThere) throw noFolder(folder, node.name);
  const there = look.all.filter(({ path, kind }) => kind !== 'directory' && !path.includes('/'));
  const wanted = new Set(counts(there.map(({ path }) => pathText(path))));
  const paths = there.map(({ path }) => path).filter((path) => wanted.has(pathText(path)));
  const sized = await sizesOf(node, folder, paths);
  const read = sized.length === 0 ? [] : await node.readTree(folder, sized);
  if (read === undefined)
    throw new ModuleError({ message: `a file in ${folder} on ${node.name} changes just now` });
  return read;
}

/** Links to files are as good as files. */
async function sizesOf(node: NodeReader, folder: string, paths: readonly RawPath[]) {
  const { entries } = await lookAt(node, folder, paths.map((path) => ({ path }))); // prettier-ignore
  return [...paths].sort().flatMap((path) => {
    const found = entries.get(path)?.stat;
    return found?.type === 'file' ? [{ path, size: found.size }] : [];
  });
}

/** The same of a folder of the controller's; encrypted ones are opened on the way. */
export async function fragmentsHere(
  folder: string,
  counts: Counts,
  decrypted: (path: string) => Promise<Buffer | undefined>,
): Promise<readonly Buffer[]> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw noFolder(folder, 'the controller');
  const paths = counts((await readdir(folder)).sort()).map((name) => join(folder, name));
  const read = paths.map(async (path) => {
    if (!(await stat(path)).isFile()) return undefined;
    return (await decrypted(path)) ?? readFile(path);
  });
  return (await Promise.all(read)).filter((bytes) => bytes !== undefined);
}

function noFolder(folder: string, where: string): ModuleError {
  return new ModuleError({
    message: `there is no folder ${folder} on ${where}`,
    hint: 'src is a folder of fragments.',
  });
}

/** One after the other, the delimiter between them; each begins on a line of its own. */
export function joined(fragments: readonly Buffer[], delimiter: string | undefined): Buffer {
  const between = delimiter === undefined || delimiter === '' ? '' : delimiter.replace(/\n?$/, '\n');
  const endsLine = (bytes: Buffer): boolean => bytes.length > 0 && bytes.at(-1) === 10;
  return Buffer.concat(
    fragments.flatMap((bytes, i) => {
      const before = fragments[i - 1];
      if (before === undefined) return [bytes];
      return [Buffer.from((endsLine(before) ? '' : '\n') + between), bytes];
    }),
  );
}
