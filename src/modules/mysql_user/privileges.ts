/** Level ("*.*", "`db`.*", "FUNCTION `db`.`f`") → privileges on it, canonical; `GRANT` stands for WITH GRANT OPTION. */
export type Privileges = ReadonlyMap<string, ReadonlySet<string>>;

/** How a task writes them: "db.table:PRIV,PRIV/…", or a map from level to privileges. */
export type PrivilegeText = string | Readonly<Record<string, string | readonly string[]>>;

/** Privileges cannot be read; the message says why. */
export class PrivilegeError extends Error {}

export const ALL = 'ALL PRIVILEGES';
export const GRANT = 'GRANT';

// One privilege under its several names.
const SYNONYMS: Readonly<Record<string, string>> = {
  ALL: ALL,
  'GRANT OPTION': GRANT,
  'BINLOG MONITOR': 'REPLICATION CLIENT',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
};

/** The privileges that a task asks for. Throws {@link PrivilegeError}. */
export function wantedPrivileges(text: PrivilegeText): Privileges {
  const wanted = new Map<string, ReadonlySet<string>>();
  for (const [level, privileges] of entriesOf(text)) {
    const name = levelOf(level);
    wanted.set(name, new Set([...(wanted.get(name) ?? []), ...privilegesOf(privileges)]));
  }
  return wanted;
}

function entriesOf(text: PrivilegeText): (readonly [string, string])[] {
  if (typeof text !== 'string') {
    return Object.entries(text).map(([level, given]) => [
      level,
      typeof given === 'string' ? given : given.join(','),
    ]);
  }
  return text
    .split('/')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const colon = part.lastIndexOf(':');
      if (colon < 0)
        throw new PrivilegeError(`"${part.trim()}" has no ":": write db.table:PRIVILEGE,PRIVILEGE`);
      return [part.slice(0, colon).trim(), part.slice(colon + 1)];
    });
}

const NAME = '(`(?:[^`]|``)+`|"(?:[^"]|"")+"|[^\\s.`"]+)';
const LEVEL = new RegExp(`^(?:(TABLE|FUNCTION|PROCEDURE)\\s+)?${NAME}\\.${NAME}$`, 'i');

function levelOf(text: string): string {
  const found = LEVEL.exec(text.trim());
  if (!found) {
    throw new PrivilegeError(
      `"${text.trim()}" is no level: write *.*, db.* or db.table (names in backticks)`,
    );
  }
  return canonicalLevel(found[1], found[2] ?? '', found[3] ?? '');
}

function canonicalLevel(kind: string | undefined, database: string, table: string): string {
  const before = kind === undefined || /^table$/i.test(kind) ? '' : `${kind.toUpperCase()} `;
  return `${before}${quoted(database)}.${quoted(table)}`;
}

function quoted(name: string): string {
  if (name === '*') return name;
  const plain = /^`[\s\S]*`$/.test(name)
    ? name.slice(1, -1).replaceAll('``', '`')
    : /^"[\s\S]*"$/.test(name)
      ? name.slice(1, -1).replaceAll('""', '"')
      : name;
  return `\`${plain.replaceAll('`', '``')}\``;
}

/** The privileges of a list, each column by itself; USAGE is none. */
function privilegesOf(text: string): string[] {
  return splitList(text).flatMap((one) => {
    const [, word = '', columns] = /^([^(]+?)\s*(?:\(([\s\S]*)\))?$/.exec(one) ?? [];
    const upper = word.toUpperCase().replace(/\s+/g, ' ');
    const name = SYNONYMS[upper] ?? upper;
    if (name === 'REQUIRESSL') throw new PrivilegeError('REQUIRESSL is no privilege: use tls_requires');
    // It stands unquoted in the statement.
    if (!/^[A-Z][A-Z0-9_ ]*$/.test(name)) throw new PrivilegeError(`"${one}" is no privilege`);
    if (name === 'USAGE') return [];
    if (columns === undefined) return [name];
    return splitList(columns).map((column) => `${name} (${quoted(column.toLowerCase())})`);
  });
}

/** At commas outside of brackets. */
function splitList(text: string): string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

const SHOWN_GRANT = new RegExp(
  `^GRANT (.+?) ON (?:(TABLE|FUNCTION|PROCEDURE) )?${NAME}\\.${NAME} TO (.*)$`,
  'is',
);

/** The privileges that the lines of SHOW GRANTS tell; roles and proxies are none. */
export function heldPrivileges(lines: readonly string[]): Privileges {
  const held = new Map<string, ReadonlySet<string>>();
  for (const line of lines) {
    const [, privileges, kind, database, table, rest = ''] = SHOWN_GRANT.exec(line) ?? [];
    if (privileges === undefined || database === undefined || table === undefined) continue;
    const level = canonicalLevel(kind, database, table);
    const option = /\bWITH\b.*\bGRANT OPTION\b/i.test(rest) ? [GRANT] : [];
    const all = [...(held.get(level) ?? []), ...privilegesOf(privileges), ...option];
    if (all.length > 0) held.set(level, new Set(all));
  }
  return held;
}

/** "`oms`.*" as people write it: oms.* */
export function shownLevel(level: string): string {
  return level.replace(/`((?:[^`]|``)+)`/g, (whole, name: string) =>
    /^[\w$%\\-]+$/.test(name) ? name : whole,
  );
}
