import type { ValueRow } from '../../model/result.ts';
import { ModuleError } from '../define.ts';
import type { WantedUser } from './args.ts';
import type { Account, SeenUser } from './look.ts';

const DAY = 86_400;

/** Something of an account that is to be otherwise: usermod's words for it, and chage's. */
export interface Aspect {
  readonly row: ValueRow;
  readonly usermod?: readonly string[];
  readonly chage?: readonly string[];
  /** A new hash: it goes to chpasswd. */
  readonly password?: true;
}

/** Columns of /etc/shadow. */
const SHADOW = { hash: 1, min: 3, max: 4, warn: 5, inactive: 6, expires: 7 } as const;

/** What of an account differs from what is wanted. */
export function aspectsOf(wanted: WantedUser, account: Account, seen: SeenUser): readonly Aspect[] {
  return [
    ...identity(wanted, account, seen),
    ...membership(wanted, account, seen),
    ...secrets(wanted, account),
  ];
}

/** Fields of /etc/passwd. */
function identity(wanted: WantedUser, account: Account, seen: SeenUser): readonly Aspect[] {
  const { uid, group, comment, home, shell } = wanted;
  const aspects: Aspect[] = [];
  if (uid !== undefined && uid !== account.uid) {
    const unique = wanted.non_unique ? ['-o'] : [];
    aspects.push({ row: row('uid', account.uid, uid), usermod: ['-u', String(uid), ...unique] });
  }
  const first = group === undefined ? undefined : (seen.groupNames.get(group) ?? group);
  if (first !== undefined && first !== account.group) {
    aspects.push({ row: row('group', account.group, first), usermod: ['-g', first] });
  }
  if (comment !== undefined && comment !== account.comment) {
    aspects.push({ row: row('comment', account.comment, comment), usermod: ['-c', comment] });
  }
  if (home !== undefined && home !== account.home) {
    const move = wanted.move_home ? ['-m'] : [];
    aspects.push({ row: row('home', account.home, home), usermod: ['-d', home, ...move] });
  }
  if (shell !== undefined && shell !== account.shell) {
    aspects.push({ row: row('shell', account.shell, shell), usermod: ['-s', shell] });
  }
  return aspects;
}

function membership(wanted: WantedUser, account: Account, seen: SeenUser): readonly Aspect[] {
  if (wanted.groups === undefined) return [];
  const names = wanted.groups.map((name) => seen.groupNames.get(name) ?? name);
  const others = names.filter((name) => name !== account.group);
  const missing = others.some((name) => !account.groups.includes(name));
  const surplus = !wanted.append && account.groups.some((name) => !others.includes(name));
  if (!missing && !surplus) return [];
  const after = wanted.append ? [...new Set([...account.groups, ...others])] : others;
  return [
    { row: row('groups', account.groups.join(','), after.join(',')), usermod: ['-G', after.join(',')] },
  ];
}

/** Fields of /etc/shadow; the hash itself is in no row. */
function secrets(wanted: WantedUser, account: Account): readonly Aspect[] {
  const asksShadow =
    wanted.password !== undefined ||
    wanted.password_lock !== undefined ||
    wanted.expires !== undefined ||
    limitsOf(wanted).some(([, value]) => value !== undefined);
  if (!asksShadow) return [];
  const { shadow } = account;
  if (shadow === undefined) {
    throw new ModuleError({
      message: '/etc/shadow cannot be read, so nothing can be told about the password',
      hint: 'Set become: true on the task or play.',
    });
  }
  return [...passwordAspects(wanted, shadow), ...expiry(wanted, shadow), ...limits(wanted, shadow)];
}

function passwordAspects(wanted: WantedUser, shadow: readonly string[]): readonly Aspect[] {
  const { password, password_lock: lock } = wanted;
  const now = shadow[SHADOW.hash] ?? '';
  const plain = (hash: string): string => hash.replace(/^!+/, '');
  const differs =
    password !== undefined && wanted.update_password === 'always' && plain(password) !== plain(now);
  const locked = now.startsWith('!');
  const aspects: Aspect[] = differs ? [{ row: row('password', 'one', 'another'), password: true }] : [];
  const after = differs ? password.startsWith('!') : locked;
  if (lock === true && !after) aspects.push({ row: row('password', 'usable', 'locked'), usermod: ['-L'] });
  if (lock === false && after) aspects.push({ row: row('password', 'locked', 'usable'), usermod: ['-U'] });
  return aspects;
}

function expiry({ expires }: WantedUser, shadow: readonly string[]): readonly Aspect[] {
  if (expires === undefined) return [];
  const now = shadow[SHADOW.expires] ?? '';
  const wanted = expires < 0 ? '' : String(Math.floor(expires / DAY));
  const same = now === wanted || (wanted === '' && Number(now) < 0);
  if (same) return [];
  return [
    { row: row('expires', dayOf(now), dayOf(wanted)), usermod: ['-e', expires < 0 ? '' : dayOf(wanted)] },
  ];
}

/** The words of usermod and useradd for the day on which an account ends. */
export function expiryWord(expires: number): string {
  return expires < 0 ? '' : dayOf(String(Math.floor(expires / DAY)));
}

function dayOf(days: string): string {
  return days === '' ? 'never' : new Date(Number(days) * DAY * 1000).toISOString().slice(0, 10);
}

type Limit = readonly [name: string, value: number | undefined, column: number, flag: string];

function limitsOf(wanted: WantedUser): readonly Limit[] {
  return [
    ['password_expire_min', wanted.password_expire_min, SHADOW.min, '-m'],
    ['password_expire_max', wanted.password_expire_max, SHADOW.max, '-M'],
    ['password_expire_warn', wanted.password_expire_warn, SHADOW.warn, '-W'],
    ['password_expire_account_disable', wanted.password_expire_account_disable, SHADOW.inactive, '-I'],
  ];
}

/** Days that a password lives, for chage. */
export function limits(wanted: WantedUser, shadow: readonly string[]): readonly Aspect[] {
  return limitsOf(wanted).flatMap(([name, value, column, flag]) => {
    const now = shadow[column] ?? '';
    const after = value === undefined || value < 0 ? '' : String(value);
    if (value === undefined || now === after) return [];
    return [{ row: row(name, now === '' ? 'none' : Number(now), value), chage: [flag, String(value)] }];
  });
}

function row(name: string, before: string | number, after: string | number): ValueRow {
  return { name, before, after };
}
