import type { escape } from 'mysql2';
import type { Data } from '../../model/data.ts';
import { ModuleError } from '../define.ts';

// Quoted texts and names, comments, and the marks of comments that MySQL executes.
const NOT_CODE =
  /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`(?:[^`]|``)*`|#[^\n]*|--(?=\s|$)[^\n]*|\/\*(?!M?!)[\s\S]*?\*\/|\/\*M?!\d*|\*\//g;

const WRITES = /\b(INTO|FOR\s+UPDATE|FOR\s+SHARE|LOCK\s+IN\s+SHARE\s+MODE)\b/;
const CHANGES_ROWS = /\b(INSERT|UPDATE|DELETE|REPLACE)\b/;

/**
 * True when a statement does nothing but read, by its words: SELECT (not INTO, FOR UPDATE …), SHOW, EXPLAIN,
 * DESCRIBE, VALUES, WITH … SELECT. Functions with effects are not seen; the server's READ ONLY mode refuses them.
 */
export function onlyReads(sql: string): boolean {
  const code = sql.replace(NOT_CODE, ' ').trim().toUpperCase();
  const first = /^[(\s]*([A-Z]+)/.exec(code)?.[1] ?? '';
  switch (first) {
    case 'SHOW':
      return true;
    case 'SELECT':
    case 'VALUES':
    case 'TABLE':
      return !WRITES.test(code);
    case 'WITH':
      return !WRITES.test(code) && !CHANGES_ROWS.test(code);
    case 'EXPLAIN':
    case 'DESCRIBE':
    case 'DESC':
      // ANALYZE carries the statement out.
      return !/\bANALYZE\b/.test(code);
    default:
      return false;
  }
}

/** Values for `%s`, in order, or for `%(name)s`, as in Ansible. */
export interface StatementArguments {
  readonly positional?: readonly Data[] | undefined;
  readonly named?: Readonly<Record<string, Data>> | undefined;
}

/** Quotes one value for a statement. */
export type Quote = typeof escape;

/** mysql2's; loaded when first needed, since most runs talk to no database. */
export async function loadQuote(): Promise<Quote> {
  return (await import('./library.ts')).quoteValue;
}

/**
 * The statement with `%s` and `%(name)s` replaced by quoted values. Without arguments the text stays as it is;
 * with them a percent sign is written `%%`. Throws ModuleError when places and values do not match.
 */
export function bind(sql: string, args: StatementArguments, quote: Quote): string {
  if (args.positional === undefined && args.named === undefined) return sql;
  const left = [...(args.positional ?? [])];
  const text = sql.replace(/%(?:(%)|s|\(([^)]+)\)s)/g, (_, percent?: string, name?: string) => {
    if (percent !== undefined) return '%';
    if (name !== undefined) return literal(namedValue(name, args.named, sql), quote);
    const value = left.shift();
    if (value === undefined) throw new ModuleError({ message: `more %s than positional_args in: ${sql}` });
    return literal(value, quote);
  });
  if (left.length > 0) throw new ModuleError({ message: `more positional_args than %s in: ${sql}` });
  return text;
}

function namedValue(name: string, named: StatementArguments['named'], sql: string): Data {
  const value = named && Object.hasOwn(named, name) ? named[name] : undefined;
  if (value !== undefined) return value;
  const message = `no value for %(${name})s in: ${sql}`;
  throw new ModuleError({ message, hint: `Give named_args a value "${name}".` });
}

/** A list becomes 'a', 'b' for IN (…), a map its JSON text. */
function literal(value: Data, quote: Quote): string {
  if (Array.isArray(value)) return value.map((item: Data) => literal(item, quote)).join(', ');
  return quote(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
}
