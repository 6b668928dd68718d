import type { RecapRow, RunEvent, TaskFinished } from '../../src/events/event.ts';

type Finished = Extract<RunEvent, { readonly type: 'task-finished' }>;

/** The recap rows of a run by node. */
export function recap(events: readonly RunEvent[]): Readonly<Record<string, RecapRow>> {
  const end = events.find((event) => event.type === 'run-finished');
  return Object.fromEntries((end?.recap ?? []).map((row) => [row.node, row]));
}

/** What became of tasks, without the single items of loops. */
export function finished(events: readonly RunEvent[], ...statuses: TaskFinished['status'][]): readonly Finished[] {
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
    .map(({ node, failure }) => `${node}: ${failure?.message ?? ''} / ${failure?.hint ?? ''}\n${failure?.stdout ?? ''}`)
    .join('\n');
}
