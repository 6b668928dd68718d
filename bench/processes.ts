import { readdirSync, readFileSync, statSync } from 'node:fs';
import { endProcess, readStat } from './closing.ts';

/** Where /proc/PID/stat has the time of ended children, counted behind the name; user, then system. */
const CHILDREN_USER = 13;
const TICKS_PER_SECOND = 100;

/** All process numbers, with their parents, as they are now. */
function parents(): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(Number(name));
    if (stat !== undefined) found.set(Number(name), stat.parent);
  }
  return found;
}

/** Children of each process, by the parent's number. */
export function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parents()) {
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [pid]);
    else known.push(pid);
  }
  return children;
}

/** All that a process has started, directly or not, nearest first. */
export function descendants(pid: number, children = childrenByParent()): readonly number[] {
  const own = children.get(pid) ?? [];
  return [...own, ...own.flatMap((child) => descendants(child, children))];
}

/** Ends a process and all that it has started: first itself, so that nothing new comes meanwhile. */
export function endTree(pid: number): void {
  const rest = descendants(pid);
  endProcess(pid);
  for (const each of rest) endProcess(each);
}

/** Seconds of CPU of all children (and theirs) that a process has seen end. */
export function childrenCpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[CHILDREN_USER]) + Number(fields[CHILDREN_USER + 1])) / TICKS_PER_SECOND;
}

/** The processes that run as that user. */
export function processesOf(uid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => ownerOf(pid) === uid);
}

function ownerOf(pid: number): number | undefined {
  try {
    return statSync(`/proc/${pid}`).uid;
  } catch {
    return undefined;
  }
}
