import type { Privileges } from './privileges.ts';
import { ALL, GRANT } from './privileges.ts';

/** replace: these and no others; append: these as well; subtract: not these. */
export type PrivilegeMode = 'replace' | 'append' | 'subtract';

/** What is to be granted and revoked on a level. */
export interface LevelPlan {
  readonly level: string;
  readonly grant: readonly string[];
  readonly revoke: readonly string[];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

export interface Comparison {
  readonly mode: PrivilegeMode;
  /** All privileges that the server knows; newer ones list them where others say ALL PRIVILEGES. */
  readonly known: readonly string[];
  /** Whether levels that the task does not name are left alone. */
  readonly keepsOthers: boolean;
}

/** What differs, level by level. */
export function planLevels(held: Privileges, wanted: Privileges, how: Comparison): readonly LevelPlan[] {
  const others = how.mode === 'replace' && !how.keepsOthers ? [...held.keys()] : [];
  const levels = [...new Set([...wanted.keys(), ...others])];
  return levels
    .map((level) => planLevel(level, held.get(level) ?? new Set(), wanted.get(level) ?? new Set(), how))
    .filter(({ grant, revoke }) => grant.length > 0 || revoke.length > 0);
}

function planLevel(
  level: string,
  held: ReadonlySet<string>,
  wanted: ReadonlySet<string>,
  { mode, known }: Comparison,
): LevelPlan {
  const has = without(held);
  const wants = without(wanted);
  const hasAll =
    has.includes(ALL) || (level === '*.*' && known.length > 0 && known.every((one) => held.has(one)));
  const { grant, revoke } = DIFFERENCE[mode]({ has, hasAll, wants });
  const option = optionPlan(held.has(GRANT), wanted.has(GRANT), mode);
  const plan = { grant: [...grant, ...option.grant], revoke: [...revoke, ...option.revoke] };
  return { level, ...plan, before: [...held].sort(), after: after(held, plan) };
}

interface Sides {
  readonly has: readonly string[];
  readonly hasAll: boolean;
  readonly wants: readonly string[];
}
type Difference = Pick<LevelPlan, 'grant' | 'revoke'>;

const DIFFERENCE: Readonly<Record<PrivilegeMode, (sides: Sides) => Difference>> = {
  replace: ({ has, hasAll, wants }) => {
    if (wants.includes(ALL)) return { grant: hasAll ? [] : [ALL], revoke: [] };
    if (has.includes(ALL)) return { grant: wants, revoke: [ALL] };
    return { grant: minus(wants, has), revoke: minus(has, wants) };
  },
  append: ({ has, hasAll, wants }) => {
    if (hasAll) return { grant: [], revoke: [] };
    return { grant: wants.includes(ALL) ? [ALL] : minus(wants, has), revoke: [] };
  },
  subtract: ({ has, wants }) => {
    if (wants.includes(ALL)) return { grant: [], revoke: has.length > 0 ? [ALL] : [] };
    return { grant: [], revoke: has.includes(ALL) ? wants : wants.filter((one) => has.includes(one)) };
  },
};

function optionPlan(has: boolean, wants: boolean, mode: PrivilegeMode): Difference {
  const grants = wants && !has && mode !== 'subtract';
  const revokes = has && (mode === 'subtract' ? wants : mode === 'replace' && !wants);
  return { grant: grants ? [GRANT] : [], revoke: revokes ? [GRANT] : [] };
}

function after(held: ReadonlySet<string>, { grant, revoke }: Difference): readonly string[] {
  const kept = revoke.includes(ALL) ? [...held].filter((one) => one === GRANT) : [...held];
  const left = minus(kept, revoke);
  const all = [...new Set([...left, ...grant])].sort();
  if (!all.includes(ALL)) return all;
  // The server will list what is left of them.
  const taken = minus(revoke, [GRANT]);
  return [
    taken.length > 0 && !grant.includes(ALL) ? `${ALL} except ${taken.join(', ')}` : ALL,
    ...all.filter((one) => one === GRANT),
  ];
}

function without(privileges: ReadonlySet<string>): readonly string[] {
  return [...privileges].filter((one) => one !== GRANT);
}

function minus(from: readonly string[], what: readonly string[]): readonly string[] {
  return from.filter((one) => !what.includes(one));
}
