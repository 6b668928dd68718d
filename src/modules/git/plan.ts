import type { Change } from '../../model/result.ts';
import { ModuleError } from '../define.ts';
import type { GitArgs } from './args.ts';
import type { Clone } from './look.ts';
import type { Target } from './remote.ts';

/** What has to be done about an existing clone. */
export interface UpdatePlan {
  readonly changes: readonly Change[];
  readonly url: boolean;
  readonly reset: boolean;
  readonly move: boolean;
  readonly checkOut: boolean;
  readonly submodules: boolean;
}

/** Compares a clone with files with the version; refuses to throw away work unless told. */
export function planUpdate(args: GitArgs, clone: Clone, target: Target, url: string): UpdatePlan {
  const { dest } = args;
  requireNoWork(args, clone, target);
  const onBranch = target.kind !== 'branch' || clone.branch === target.name;
  const sameCommit = clone.head === target.commit;
  const reset = clone.dirty.length > 0;
  const move = args.separate_git_dir !== undefined && args.separate_git_dir !== clone.gitDir;
  const submodules = args.recursive && clone.submodules.length > 0;
  const before = clone.head ?? 'no commit';
  const changes: readonly (Change | undefined)[] = [
    urlChange(dest, clone.url, url),
    reset ? { subject: dest, summary: `${clone.dirty.length} changed files → as committed` } : undefined,
    move ? { subject: dest, summary: `${clone.gitDir} → ${args.separate_git_dir}` } : undefined,
    sameCommit ? undefined : commitChange(dest, before, target),
    sameCommit && !onBranch
      ? { subject: dest, summary: `${clone.branch ?? 'no branch'} → branch ${nameOf(target)}` }
      : undefined,
    submodules && sameCommit ? { subject: dest, summary: 'submodules → at their commits' } : undefined,
  ];
  return {
    changes: changes.filter((change) => change !== undefined),
    ...{ url: clone.url !== url, reset, move, checkOut: !sameCommit || !onBranch, submodules },
  };
}

/** The change of the remote's address, if it is another. */
export function urlChange(dest: string, before: string, after: string): Change | undefined {
  if (before === after) return undefined;
  return { subject: dest, summary: `remote ${before === '' ? 'absent' : shownUrl(before)} → ${after}` };
}

/** Others may have written a password into the clone's address. */
function shownUrl(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}

function commitChange(dest: string, before: string, target: Target): Change {
  const row = { name: 'commit', before, after: target.commit };
  const name = target.kind === 'commit' ? '' : ` (${target.name})`;
  return {
    subject: dest,
    summary: `${shortCommit(before)} → ${shortCommit(target.commit)}${name}`,
    diff: { kind: 'values', rows: [row] },
  };
}

function requireNoWork({ force, dest }: GitArgs, clone: Clone, target: Target): void {
  if (force) return;
  const hint = 'commit or discard them by hand, or set force: true, which throws them away';
  const [first] = clone.dirty;
  if (first !== undefined) {
    const stdout = clone.dirty.join('\n');
    throw new ModuleError({ message: `${dest} has changed files that are not committed`, hint, stdout });
  }
  if (clone.hasOwnCommits && clone.head !== target.commit) {
    throw new ModuleError({
      message: `${dest} has commits on ${clone.branch} that the remote does not have`,
      hint: 'push them, or set force: true, which leaves them behind',
    });
  }
}

function nameOf(target: Target): string {
  return target.kind === 'commit' ? target.commit : target.name;
}

/** The first digits of a commit. */
export function shortCommit(commit: string): string {
  return /^[0-9a-f]{40,}$/.test(commit) ? commit.slice(0, 10) : commit;
}
