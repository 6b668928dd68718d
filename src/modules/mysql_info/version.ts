/** A server's version, taken apart. */
export interface ServerVersion {
  readonly full: string;
  readonly major: number;
  readonly minor: number;
  readonly release: number;
  readonly mariadb: boolean;
  readonly oceanbase: boolean;
}

/** Reads @@version and @@version_comment: "10.11.6-MariaDB-0+deb12u1", "5.7.25-OceanBase-v4.2.1". */
export function parseVersion(full: string, comment: string): ServerVersion {
  // Old clients were told 5.5.5 before the real number.
  const [, major, minor, release] = /^(?:5\.5\.5-(?=\d))?(\d+)\.(\d+)(?:\.(\d+))?/.exec(full) ?? [];
  return {
    full,
    major: Number(major ?? 0),
    minor: Number(minor ?? 0),
    release: Number(release ?? 0),
    mariadb: /mariadb/i.test(`${full} ${comment}`),
    oceanbase: /oceanbase/i.test(`${full} ${comment}`),
  };
}
