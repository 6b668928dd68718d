import { posix } from 'node:path';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { withoutLogin } from '../uri/request.ts';
import type { UrlArgs } from './args.ts';
import { downloadError, downloadText } from './download.ts';

/** A checksum that a file must have. */
export interface Checksum {
  /** sha256 … */
  readonly algorithm: string;
  /** In hex, small letters. */
  readonly sum: string;
}

/** The checksum of `checksum`; where that names a list, the node fetches it. */
export async function wantedChecksum(node: NodeReader, given: UrlArgs): Promise<Checksum | undefined> {
  if (given.checksum === undefined) return undefined;
  const [, name = '', value = ''] = /^(\w+):(.*)$/.exec(given.checksum) ?? [];
  const algorithm = name.toLowerCase();
  if (/^[0-9a-f]+$/i.test(value)) return { algorithm, sum: value.toLowerCase() };
  if (!/^(https?|ftp):\/\//i.test(value)) {
    throw new ModuleError({
      message: `checksum is neither a sum in hex nor an address: ${withoutLogin(value)}`,
    });
  }
  const list = await fetchText(node, value, given);
  const sum = sumIn(list, fileName(given.url));
  if (sum !== undefined) return { algorithm, sum };
  throw new ModuleError({
    message: `${withoutLogin(value)} lists no checksum of ${fileName(given.url)}`,
    hint: 'Is it the list for this file? Give the sum itself instead.',
  });
}

/** The name that an address ends with. */
export function fileName(url: string): string {
  const path = url.replace(/^\w+:\/\/[^/?#]*/, '').replace(/[?#].*$/, '');
  const name = posix.basename(path);
  try {
    const decoded = decodeURIComponent(name);
    return decoded.includes('/') ? name : decoded;
  } catch {
    return name;
  }
}

/** The sum of a file in a list as sha256sum writes it (both ways), or the only one there is. */
export function sumIn(list: string, name: string): string | undefined {
  const entries = list.split('\n').flatMap((line): { readonly sum: string; readonly of: string }[] => {
    const [, tagged, tag] = /^\w+ ?\((.*)\) ?= ?([0-9a-f]+)\s*$/i.exec(line) ?? [];
    if (tagged !== undefined && tag !== undefined) return [{ sum: tag.toLowerCase(), of: tagged }];
    const [, sum, of = ''] = /^\\?([0-9a-f]{32,128})(?:[ \t]+\*?(.*?))?\s*$/i.exec(line) ?? [];
    return sum === undefined ? [] : [{ sum: sum.toLowerCase(), of }];
  });
  const [only] = entries;
  const named = entries.find(({ of }) => of.replace(/^\.\//, '') === name);
  return (named ?? (entries.length === 1 && only?.of === '' ? only : undefined))?.sum;
}

async function fetchText(node: NodeReader, url: string, given: UrlArgs): Promise<string> {
  const { text } = sh`t=$(mktemp "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1; trap 'rm -f -- "$t"' EXIT
( ${downloadText(url, given, sh`"$t"`)} ) || exit $?
head -c 1048576 <"$t"`;
  const command = { text, shown: sh`download ${withoutLogin(url)}`.shown };
  const done = await node.query(command);
  if (done.exitCode !== 0) throw downloadError(url, command, done);
  return done.stdout.toString('utf8');
}
