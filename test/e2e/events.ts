import { expect } from 'chai';
import type { RecapRow, RunEvent, TaskFinished } from '../../src/events/event.ts';
import type { Played } from './lab.ts';

type Finished = Extract<RunEvent, { readonly type: 'task-finished' }>;

/** The recap rows of a run by node. */
export function recap(events: readonly RunEvent[]): Readonly<Record<string, RecapRow>> {
  const end = events.find((event) => event.type === 'run-finished');
  return Object.fromEntries((end?.recap ?? []).map((row) => [row.node, row]));
}

/** What became of tasks, without the single items of loops. */
export function finished(
  events: readonly RunEvent[],
  ...statuses: TaskFinished['status'][]
): readonly Finished[] {
  return events.filter(
    (event): event is Finished =>
      event.type === 'task-finished' &&
      event.item === undefined &&
      (statuses.length === 0 || statuses.includes(event.status)),
  );
}

/** "hz-1 role : name" of each, sorted. */
export function labels(tasks: readonly Finished[]): readonly string[] {
  return tasks.map((task) => `${task.node} ${task.role ?? ''} : ${task.name}`).sort();
}

/** Every message and hint of the failures, as one text. */
export function failures(events: readonly RunEvent[]): string {
  return finished(events, 'failed', 'unreachable')
    .map(
      ({ node, failure }) =>
        `${node}: ${failure?.message ?? ''} / ${failure?.hint ?? ''}\n${failure?.stdout ?? ''}`,
    )
    .join('\n');
}

/** Ended well, or fails with what the run said. */
export function expectCode(played: Played, code: number): void {
  expect(played.code, `${failures(played.events)}${played.stderr}`).to.equal(code);
}

/** Fails with the lines that differ between two fingerprints, not with all of both. */
export function expectUntouched(before: string, after: string): void {
  const [old, now] = [before.split('\n'), after.split('\n')];
  const [oldLines, nowLines] = [new Set(old), new Set(now)];
  const differing = [
    ...old.filter((line) => !nowLines.has(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !oldLines.has(line)).map((line) => `+ ${line}`),
  ];
  expect(differing).to.deep.equal([]);
}
