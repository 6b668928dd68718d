import type { PeerRun } from './cases.ts';

/** What a run came to, in lines that both can be held to: exit, recap of each node, effects. */
export type PeerOutcome = readonly string[];

export interface Played {
  readonly code: number;
  readonly output: string;
  /** The lines that its tasks wrote, `NODE WHAT` each. */
  readonly log: string;
}

const COUNTS = ['ok', 'changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored'];

/** The same words for both. */
export function outcomeOf({ code, output, log }: Played, order: PeerRun['order']): PeerOutcome {
  return [`exit ${meaning(code)}`, ...recapOf(output), ...effectsOf(log, order)];
}

/** Ansible adds up 2 (failed) and 4 (unreachable). */
function meaning(code: number): string {
  if (code === 0) return 'well';
  if (code === 1) return 'wrong input';
  return (code & 4) === 4 ? 'unreachable' : 'failed';
}

function recapOf(output: string): readonly string[] {
  const rows = output.split('\n').flatMap((line) => {
    const [, node] = /^\s*(\S+)\s+(?::\s+)?ok=\d/.exec(line) ?? [];
    if (node === undefined) return [];
    const counts = COUNTS.map((name) => `${name}=${new RegExp(`\\b${name}=(\\d+)`).exec(line)?.[1] ?? '?'}`);
    const counted = counts.filter((count) => !count.endsWith('=0'));
    // Ansible leaves nodes out that nothing was done on.
    return counted.length === 0 ? [] : [`${node}: ${counted.join(' ')}`];
  });
  return rows.sort();
}

/** Within a step the nodes are side by side: the order of neighbours that did the same says nothing. */
function effectsOf(log: string, order: PeerRun['order']): readonly string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  if (order === 'exact') return lines;
  if (order === 'each node') return sortedByNode(lines);
  const steps: string[][] = [];
  for (const line of lines) {
    const last = steps.at(-1);
    if (last !== undefined && whatOf(last[0] ?? '') === whatOf(line)) last.push(line);
    else steps.push([line]);
  }
  return steps.flatMap((step) => sortedByNode(step));
}

function sortedByNode(lines: readonly string[]): readonly string[] {
  return lines.toSorted((a, b) => nodeOf(a).localeCompare(nodeOf(b)));
}

function nodeOf(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}

/** The step that a line is of: what stands before `=`, without its node. What differs by node or item is behind it. */
function whatOf(line: string): string {
  return line.replace(/^\S+ /, '').replace(/=.*/, '');
}
