import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { SourceNode } from '../model/source.ts';
import { armored, isBinaryAge } from '../vault/format.ts';
import type { VaultReader } from '../vault/vault.ts';

const MAX_BYTES = 10 * 1024 * 1024;

/** Reads the user's files once and keeps their texts, so that diagnostics can show the lines. */
export interface Sources {
  /** Text without BOM; undefined when the file cannot be read: `why` tells. */
  read(file: string): string | undefined;
  /** Why `read` gave nothing. */
  why(file: string): Diagnostic | undefined;
  /** Takes a text that is in no file, e.g. of `-e`, under the name it is shown by. */
  add(name: string, text: string): void;
  /** The name a file is shown by: relative to the working folder when it is below it. */
  shown(file: string): string;
  /** The path of the file that is shown by a name. */
  located(name: string): string;
  /** From now on no line of the file is shown: what places in it count are lines of the decrypted text. */
  conceal(file: string): void;
  /** Opens what is encrypted; undefined: nothing can be opened. */
  readonly vault: VaultReader | undefined;
  /** Texts by shown name. */
  readonly texts: ReadonlyMap<string, string>;
  /** What YAML files hold, by shown name: reading fills it, so that nothing is parsed twice. */
  readonly trees: Map<string, SourceNode>;
}

/** New, empty sources; `cwd` is what shown names are relative to. */
export function createSources(
  options: { readonly cwd?: string; readonly vault?: VaultReader } = {},
): Sources {
  const cwd = options.cwd ?? process.cwd();
  const texts = new Map<string, string>();
  /** Those that are not shown. */
  const concealed = new Map<string, string>();
  const failures = new Map<string, Diagnostic>();

  const shown = (file: string): string => shownName(cwd, file);
  const read = (file: string): string | undefined => {
    const name = shown(file);
    const known = texts.get(name) ?? concealed.get(name);
    if (known !== undefined || failures.has(name)) return known;
    const answer = readText(resolve(cwd, file), name);
    if (typeof answer === 'string') {
      texts.set(name, answer);
      return answer;
    }
    failures.set(name, answer);
    return undefined;
  };
  return {
    read,
    why: (file) => failures.get(shown(file)),
    add: (name, text) => void texts.set(name, text),
    shown,
    located: (name) => resolve(cwd, name),
    conceal: (file) => {
      concealed.set(shown(file), read(file) ?? '');
      texts.delete(shown(file));
    },
    vault: options.vault,
    texts,
    trees: new Map(),
  };
}

function shownName(cwd: string, file: string): string {
  const absolute = resolve(cwd, file);
  const below = relative(cwd, absolute);
  return below === '' || below.startsWith('..') || isAbsolute(below) ? absolute : below;
}

function readText(path: string, name: string): string | Diagnostic {
  let bytes: Buffer;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) return unreadable(`${name} is a folder; a file is needed here.`);
    if (!stat.isFile()) return unreadable(`${name} is not a regular file.`);
    if (stat.size > MAX_BYTES) return unreadable(`${name} is larger than 10 MB.`);
    bytes = readFileSync(path);
  } catch (error) {
    return unreadable(`${name}: ${reasonOf(error)}.`);
  }
  return decode(bytes, name);
}

function decode(bytes: Buffer, name: string): string | Diagnostic {
  if (isBinaryAge(bytes)) return armored(bytes);
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) return unreadable(`${name} is written in UTF-16; save it as UTF-8.`);
  if (bytes.includes(0)) return unreadable(`${name} is a binary file: it holds NUL bytes.`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return unreadable(`${name} is not UTF-8${badByteIn(bytes)}; save it as UTF-8.`);
  }
}

function badByteIn(bytes: Buffer): string {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const row = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!Buffer.from(row.toString('utf8'), 'utf8').equals(row)) return ` (line ${line})`;
    start = end < 0 ? bytes.length : end + 1;
  }
  return '';
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'ELOOP') return 'its symbolic links go round in a circle';
  return `cannot be read (${code ?? 'unknown reason'})`;
}

function unreadable(detail: string): Diagnostic {
  return problem('file-unreadable', undefined, 'cannot read file', detail);
}
