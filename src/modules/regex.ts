import { runInNewContext } from 'node:vm';
import { ModuleError } from './define.ts';

const LIMIT_MS = 500;
/** For long texts more, since these take a while with any expression. */
const CHARACTERS_PER_MS = 20_000;

/** What a user's expression matches first in the text; `^` and `$` are the ends of lines. */
export function firstMatch(regex: string, text: string, argument: string): string | undefined {
  const found = guarded('new RegExp(regex, and("m")).exec(text)?.[0]', { regex, text }, argument);
  return typeof found === 'string' ? found : undefined;
}

/** Numbers of the lines that a user's expression matches. */
export function matchingLines(regex: string, lines: readonly string[], argument: string): number[] {
  const code =
    'const r = new RegExp(regex, and("")); JSON.stringify(lines.flatMap((l, i) => r.test(l) ? [i] : []))';
  return JSON.parse(String(guarded(code, { regex, lines: [...lines] }, argument))) as number[];
}

/** Where the part of the text is that the group `part` of an expression matches first; `.` is newlines too. */
export function partOf(regex: string, text: string, argument: string): readonly [number, number] | undefined {
  const code = 'JSON.stringify(new RegExp(regex, and("ds")).exec(text)?.indices.groups["oms_part"] ?? null)';
  return (JSON.parse(String(guarded(code, { regex, text }, argument))) ?? undefined) as
    readonly [number, number] | undefined;
}

/**
 * The text with every match replaced, and how many there were. `^` and `$` are the ends of lines; in the replacement
 * `\1`, `\g<1>` and `\g<name>` stand for groups, as in Python.
 */
export function substituted(
  regex: string,
  replacement: string,
  text: string,
): { readonly text: string; readonly count: number } {
  const parts = replacementParts(replacement, groupsOf(regex, 'regexp'));
  const [after, count] = JSON.parse(
    String(guarded(SUBSTITUTE, { regex, parts, text }, 'regexp')),
  ) as readonly [string, number];
  return { text: after, count };
}

const SUBSTITUTE = `
let count = 0;
const after = text.replace(new RegExp(regex, and('gm')), (...found) => {
  count += 1;
  const last = found.at(-1);
  const named = typeof last === 'object' ? last : {};
  return parts.map((p) => (typeof p === 'string' ? p : (typeof p.group === 'number' ? found : named)[p.group] ?? '')).join('');
});
JSON.stringify([after, count]);`;

/** The replacement as the first match in a line fills it in. */
export function expanded(regex: string, replacement: string, line: string): string {
  const parts = replacementParts(replacement, groupsOf(regex, 'regexp'));
  const code = `
const found = new RegExp(regex, and('')).exec(line);
parts.map((p) => (typeof p === 'string' ? p : (typeof p.group === 'number' ? found : found.groups ?? {})[p.group] ?? '')).join('')`;
  return String(guarded(code, { regex, parts, line }, 'regexp'));
}

/** The expression, matching from the beginning only, as Python's `match` does. */
export function fromBeginning(regex: string): string {
  const [flags = ''] = /^(?:\(\?[ims]+\))?/.exec(regex) ?? [];
  return `${flags}^(?:${regex.slice(flags.length)})`;
}

/** Throws a ModuleError when the text is no regular expression. */
export function refuseBadRegex(regex: string, argument: string): void {
  const { source, flags } = inJavaScript(regex);
  try {
    new RegExp(source, flags);
  } catch (error) {
    throw new ModuleError({
      message: `${argument}: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}

/** What users of Ansible write in Python's way: (?P<name>…), (?P=name), \A, \Z, and flags in front such as (?i). */
function inJavaScript(regex: string): { readonly source: string; readonly flags: string } {
  const flags = /^\(\?([ims]+)\)/.exec(regex)?.[1] ?? '';
  const rest = flags === '' ? regex : regex.slice(flags.length + 3);
  const words: Readonly<Record<string, string>> = { '\\A': '(?<![\\s\\S])', '\\Z': '(?![\\s\\S])' };
  const source = rest.replace(
    /\\[\s\S]|\(\?P<|\(\?P=(\w+)\)/g,
    (token: string, name: string | undefined) =>
      words[token] ?? (name !== undefined ? `\\k<${name}>` : token === '(?P<' ? '(?<' : token),
  );
  return { source, flags: [...new Set(flags)].join('') };
}

interface Groups {
  readonly count: number;
  readonly names: readonly string[];
}

function groupsOf(regex: string, argument: string): Groups {
  refuseBadRegex(regex, argument);
  const { source } = inJavaScript(regex);
  const found = new RegExp(`${source}|`).exec('');
  return { count: (found?.length ?? 1) - 1, names: Object.keys(found?.groups ?? {}) };
}

type Part = string | { readonly group: number | string };

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

function replacementParts(replacement: string, groups: Groups): readonly Part[] {
  return [...replacement.matchAll(/\\g<(\w+)>|\\(\d{1,2})|\\([ntr\\])|\\?[^\\]|\\$/g)].map((match): Part => {
    const [token, byWord, byNumber, escape] = match;
    if (escape !== undefined) return ESCAPES[escape] ?? token;
    const name = byNumber ?? byWord;
    if (name === undefined) return token;
    const group = /^\d+$/.test(name) ? Number(name) : name;
    if (typeof group === 'number' ? group <= groups.count : groups.names.includes(group)) return { group };
    throw new ModuleError({
      message: `${token} in the replacement: regexp has no such group`,
      hint: `It has ${groups.count === 0 ? 'no groups' : `${groups.count}`}; write \\\\ for a backslash.`,
    });
  });
}

/** The flags of the expression and these, each once. */
const AND = "const and = (more) => [...new Set(flags + more)].join('');";

/** In a context with a time limit: some expressions take hours on a short text, and nothing else would run meanwhile. */
function guarded(
  code: string,
  values: { readonly regex: string; readonly [name: string]: unknown },
  argument: string,
): unknown {
  refuseBadRegex(values.regex, argument);
  const { source, flags } = inJavaScript(values.regex);
  // JSON: objects of this context would lead out of the other one.
  const given = JSON.stringify({ ...values, regex: source, flags });
  const names = ['regex', 'flags', ...Object.keys(values).filter((name) => name !== 'regex')];
  const timeout = LIMIT_MS + Math.ceil(given.length / CHARACTERS_PER_MS);
  try {
    return runInNewContext(
      `const { ${names.join(', ')} } = JSON.parse(given);\n${AND}\n${code}`,
      { given },
      { timeout },
    );
  } catch {
    throw new ModuleError({
      message: `${argument} took more than ${(timeout / 1000).toFixed(1)} s: ${values.regex}`,
      hint: 'Nested repetitions such as (a+)+ take very long; write it without them.',
    });
  }
}
