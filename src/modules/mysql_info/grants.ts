/** One line of SHOW GRANTS: privileges on a level. */
export interface Grant {
  readonly privileges: readonly string[];
  /** `*`: all databases; else a name in which % and _ match anything. */
  readonly database: string;
}

/** Reads the lines of SHOW GRANTS; grants on single tables, roles and proxies do not count. */
export function parseGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap((line) => {
    const found = /^GRANT (.+?) ON (?:(\*)|`((?:[^`]|``)+)`|([^\s.`*]+))\.\* TO /i.exec(line);
    if (!found) return [];
    const database = found[2] ?? found[3]?.replaceAll('``', '`') ?? found[4] ?? '';
    // Column lists: SELECT (a, b) is no privilege on the whole.
    const privileges = (found[1] ?? '').split(/,(?![^(]*\))/).map((one) => one.trim().toUpperCase());
    return [{ privileges, database }];
  });
}

/** Which of the privileges the user lacks on a database; `*` asks for all databases. */
export function lackingOn(
  database: string,
  privileges: readonly string[],
  grants: readonly Grant[],
): readonly string[] {
  const counting = grants.filter((grant) => covers(grant.database, database));
  const held = new Set(counting.flatMap((grant) => grant.privileges));
  if (held.has('ALL PRIVILEGES') || held.has('ALL')) return [];
  return privileges.filter((privilege) => !held.has(privilege.toUpperCase()));
}

function covers(granted: string, database: string): boolean {
  if (granted === '*') return true;
  if (database === '*') return false;
  const pattern = granted.replace(
    /\\([%_\\])|([%_])|[.*+?^${}()|[\]\\]/g,
    (found, escaped?: string, wild?: string) => {
      if (escaped !== undefined) return escaped === '\\' ? '\\\\' : escaped;
      if (wild !== undefined) return wild === '%' ? '.*' : '.';
      return `\\${found}`;
    },
  );
  return new RegExp(`^${pattern}$`, 'i').test(database);
}
