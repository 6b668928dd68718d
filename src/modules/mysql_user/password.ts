import { createHash } from 'node:crypto';
import { sha256Crypt } from './sha256-crypt.ts';

/** How a server keeps a password. */
export interface KeptPassword {
  /** Empty where the server is so old that there is but one. */
  readonly plugin: string;
  readonly hash: string;
}

/** Whether the account has this password; undefined: the way it is kept cannot be compared with. */
export function hasPassword(kept: KeptPassword, password: string): boolean | undefined {
  if (kept.hash === '' && COMPARABLE.includes(kept.plugin)) return password === '';
  if (/^\*[0-9A-F]{40}$/i.test(kept.hash)) return kept.hash.toUpperCase() === nativeHash(password);
  const found = /^\$A\$([0-9A-F]{3})\$([\s\S]{20})([\s\S]{43})$/i.exec(kept.hash);
  if (found === null) return undefined;
  const [, rounds = '', salt = '', hash] = found;
  // Rounds are counted in thousands; not so many that comparing would take seconds.
  const count = Number.parseInt(rounds, 16) * 1000;
  return count > 100_000 ? undefined : sha256Crypt(password, Buffer.from(salt, 'utf8'), count) === hash;
}

const COMPARABLE = ['', 'mysql_native_password', 'caching_sha2_password'];

/** Whether two hashes are the same one. */
export function sameHash(one: string, other: string): boolean {
  return one.startsWith('*') ? one.toUpperCase() === other.toUpperCase() : one === other;
}

/** What PASSWORD() gives: `*` and 40 digits. */
export function nativeHash(password: string): string {
  if (password === '') return '';
  const sha1 = (bytes: Buffer | string): Buffer => createHash('sha1').update(bytes).digest();
  return `*${sha1(sha1(password)).toString('hex').toUpperCase()}`;
}
