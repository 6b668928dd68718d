import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';

/** Those of the files that hold a line which matches. */
export async function containing(
  node: NodeReader,
  paths: readonly string[],
  regex: string,
): Promise<ReadonlySet<string>> {
  const each = 'for f; do if grep -qE -e "$0" -- "$f" 2>/dev/null; then printf "%s\\0" "$f"; fi; done';
  const found = await overAll(node, paths, each, `^(${posixRegex(regex)})`);
  return new Set(found.split('\0').slice(0, -1));
}

/** Checksums of the files in hex; undefined: it cannot be read. */
export async function checksums(
  node: NodeReader,
  paths: readonly string[],
  algorithm: string,
): Promise<readonly (string | undefined)[]> {
  const each = 'for f; do s=$("$0" <"$f") 2>/dev/null || s=; printf "%s\\n" "${s%% *}"; done';
  const lines = (await overAll(node, paths, each, `${algorithm}sum`)).split('\n');
  return paths.map((_, i) => (lines[i] === '' ? undefined : lines[i]));
}

async function overAll(
  node: NodeReader,
  paths: readonly string[],
  each: string,
  zero: string,
): Promise<string> {
  if (paths.length === 0) return '';
  const command = sh`LC_ALL=C xargs -0 sh -c ${each} ${zero}`;
  const stdin = Buffer.from(`${paths.join('\0')}\0`);
  const done = await node.query(command, { stdin });
  if (done.exitCode === 0) return done.stdout.toString('utf8');
  if (/Unmatched|Invalid|Trailing|parentheses|brackets/i.test(done.stderr.toString('utf8')))
    throw commandError('contains is no expression that grep takes', command, done);
  throw commandError('the files could not be read', command, done);
}

const CLASSES: Readonly<Record<string, string>> = {
  '\\d': '[0-9]',
  '\\D': '[^0-9]',
  '\\s': '[[:space:]]',
  '\\S': '[^[:space:]]',
  '\\w': '[[:alnum:]_]',
  '\\W': '[^[:alnum:]_]',
  '\\t': '\t',
};

/** The node's grep reads the files, so that none of them has to travel; its expressions are a little other. */
export function posixRegex(regex: string): string {
  if (/\(\?(?!:)|\\[1-9kgbB]/.test(regex.replace(/\\\\/g, ''))) {
    throw new ModuleError({
      message: `contains cannot use what grep -E does not have: ${regex}`,
      hint: 'Look-ahead, flags, named groups, \\b and references to groups are not known there.',
    });
  }
  return regex.replace(
    /\\[\s\S]|\(\?:|([*+?}])\?/g,
    (token: string, greedy: string | undefined) =>
      CLASSES[token] ?? greedy ?? (token === '(?:' ? '(' : token),
  );
}
