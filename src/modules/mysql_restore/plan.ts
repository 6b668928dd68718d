import { ModuleError } from '../define.ts';
import type { DumpContent } from '../mysql/dump-file.ts';
import { databasesOf } from '../mysql/dump-file.ts';
import { quoteName } from '../mysql/session.ts';
import type { RestoreArgs } from './args.ts';

/** A table that is there from a restore's first statement to its last: where it is left, the restore was not ended. */
export const UNFINISHED = 'oms_play_restore_unfinished';

/** What the databases hold. */
export interface Place {
  readonly existing: ReadonlySet<string>;
  /** Database in small letters → its tables. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
}

/** Why the dump has to go in, in words; undefined: the databases are filled. Throws ModuleError for a mixture. */
export function whyRestore(args: RestoreArgs, place: Place): string | undefined {
  const names = databasesOf(args.name);
  const tables = (name: string): readonly string[] => place.tables.get(name.toLowerCase()) ?? [];
  if (names.some((name) => tables(name).includes(UNFINISHED))) return 'restore that did not come to its end';
  const filled = names.filter((name) => tables(name).length > 0);
  const absent = names.filter((name) => !place.existing.has(name));
  if (filled.length === 0) return absent.length === names.length ? 'absent' : 'empty';
  if (args.force) return `${filled.flatMap(tables).length} tables`;
  if (absent.length === 0) return undefined;
  throw new ModuleError({
    message: `${filled.join(', ')} on ${args.login_host} has tables, and ${absent.join(', ')} is not there`,
    hint: 'restore each from a dump of its own, drop them first, or set force: true, which replaces the tables of the dump',
  });
}

/** Throws ModuleError when the dump is not whole, or goes elsewhere than the task says. */
export function requireFitting(args: RestoreArgs, node: string, dump: DumpContent): void {
  const names = databasesOf(args.name);
  if (!dump.isComplete) {
    throw new ModuleError({
      message: `${args.target} on ${node} is no whole dump: its last line is missing, or it cannot be unpacked`,
      hint: 'nothing was restored; fetch or make the dump again',
    });
  }
  const others = [...new Set(dump.uses)].filter((name) => !names.includes(name));
  if (others.length > 0) {
    throw new ModuleError({
      message: `${args.target} on ${node} goes to ${others.join(', ')} by itself, which name does not say`,
      hint: `name must list what it writes to: ${[...new Set(dump.uses)].join(', ')}`,
    });
  }
  if (dump.uses.length === 0 && names.length > 1) {
    throw new ModuleError({
      message: `${args.target} on ${node} names no database, so that it can go to one only`,
      hint: 'give one name, or make the dump with a list of names',
    });
  }
}

/** Statements before and after those of the dump. */
export function frameOf(args: RestoreArgs, dump: DumpContent): readonly [before: string, after: string] {
  const [first = ''] = databasesOf(args.name);
  const database = quoteName(first);
  const table = `${database}.${quoteName(UNFINISHED)}`;
  const set = args.encoding === undefined ? '' : ` CHARACTER SET ${args.encoding}`;
  const collate = args.collation === undefined ? '' : ` COLLATE ${args.collation}`;
  const creates =
    dump.creates.length > 0 ? dump.creates : [`CREATE DATABASE IF NOT EXISTS ${database}${set}${collate};`];
  const before = [
    ...creates,
    `CREATE TABLE IF NOT EXISTS ${table} (begun TIMESTAMP DEFAULT CURRENT_TIMESTAMP);`,
    ...(dump.uses.length === 0 ? [`USE ${database};`] : []),
  ];
  return [`${before.join('\n')}\n`, `DROP TABLE IF EXISTS ${table};\n`];
}
