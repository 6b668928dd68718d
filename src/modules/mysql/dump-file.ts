import { posix } from 'node:path';
import * as z from 'zod';
import type { ShellCommand } from '../../transport/command.ts';
import { script, sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';

/** How a dump is packed, by the ending of its name. */
export interface Packing {
  /** The program; undefined: it is not packed. */
  readonly program: string | undefined;
  readonly pack: ShellCommand;
  readonly unpack: ShellCommand;
}

const PACKINGS: Readonly<Record<string, Packing>> = {
  '.gz': { program: 'gzip', pack: script('gzip -c'), unpack: script('gzip -dc') },
  '.zst': { program: 'zstd', pack: script('zstd -q -c'), unpack: script('zstd -q -dc') },
  '.xz': { program: 'xz', pack: script('xz -c'), unpack: script('xz -dc') },
  '.bz2': { program: 'bzip2', pack: script('bzip2 -c'), unpack: script('bzip2 -dc') },
};
const PLAIN: Packing = { program: undefined, pack: script('cat'), unpack: script('cat') };

/** The packing that the ending of a path asks for. */
export function packingOf(path: string): Packing {
  return PACKINGS[posix.extname(path)] ?? PLAIN;
}

/** The argument that names a dump. */
export const targetArgument = z
  .string()
  .regex(/^\/[^\0\n]*[^/\0\n]$/, { error: 'must be the absolute path of a file' });

/** The argument that names databases. */
export const databasesArgument = z.union([databaseName(), z.array(databaseName()).min(1)], {
  error: 'must be the name of a database or a list of them',
});

function databaseName(): z.ZodString {
  return z.string().regex(/^[^\0\n/\\-][^\0\n/\\]{0,63}$/, { error: 'is no name of a database' });
}

/** The file that a dump's checksum is in, in the form of sha256sum. */
export function checksumPath(target: string): string {
  return `${target}.sha256`;
}

/** What a dump says about itself. */
export interface DumpContent {
  /** Its last line is the one that a whole dump ends with. */
  readonly isComplete: boolean;
  /** The databases that it goes to by itself; none: it goes to the one that is chosen. */
  readonly uses: readonly string[];
  /** Its own CREATE DATABASE statements. */
  readonly creates: readonly string[];
}

/** Reads a dump to its end. */
export async function readDump(node: NodeReader, target: string): Promise<DumpContent> {
  const { unpack } = packingOf(target);
  const command = sh`{ ${unpack} <${target} || echo 'oms-play: cannot be unpacked'; } |
LC_ALL=C sed -n -e '/^CREATE DATABASE /p' -e '/^USE \`/p' -e '$p'`;
  const seen = await node.query(command);
  if (seen.exitCode !== 0) throw commandError(`${target} on ${node.name} cannot be read`, command, seen);
  const lines = seen.stdout.toString('utf8').split('\n').filter(Boolean);
  return {
    isComplete: /^-- Dump completed/.test(lines.at(-1) ?? ''),
    uses: lines.flatMap((line) => /^USE `((?:[^`]|``)+)`;/.exec(line)?.[1]?.replaceAll('``', '`') ?? []),
    creates: lines.filter((line) => line.startsWith('CREATE DATABASE ')),
  };
}

/** Throws ModuleError when the dump is not what its checksum file says; false: it has none. */
export async function matchesChecksum(node: NodeReader, target: string): Promise<boolean> {
  const [file, sum] = await Promise.all([node.readFile(checksumPath(target)), node.checksum(target)]);
  if (file === undefined) return false;
  const wanted = /^[0-9a-f]{64}/i.exec(file.toString('utf8'))?.[0].toLowerCase();
  if (wanted === sum) return true;
  throw new ModuleError({
    message: `${target} on ${node.name} is not the file that ${checksumPath(target)} was written for`,
    hint: 'it was damaged or replaced: look at both, and remove what is wrong',
  });
}

/** The names of {@link databasesArgument} as a list. */
export function databasesOf(name: string | readonly string[]): readonly string[] {
  return typeof name === 'string' ? [name] : [...new Set(name)];
}
