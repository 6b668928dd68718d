import type { Reporter, RunEvent, TaskFinished } from '../../src/events/event.ts';
import type { RecapRow } from '../../src/events/event.ts';
import { createPlainReporter } from '../../src/report/plain.ts';

type Without<E> = E extends RunEvent ? Omit<E, 'time'> : never;
export type Said = Without<RunEvent> & { readonly time?: number };

export function ref(task: number, name: string, role = 'mount-dirs') {
  const at = { file: `roles/${role}/tasks/main.yml`, line: task * 3, column: 3, length: 4 };
  return { task, name, role, module: 'file', at };
}

export function started(task: number, name: string, region = 'cn-hangzhou', handler = false): Said {
  return { type: 'task-started', ...ref(task, name), region, handler };
}

export function finished(task: number, name: string, node: string, more: Partial<TaskFinished> = {}): Said {
  const region = node.startsWith('hz') ? 'cn-hangzhou' : 'cn-heilongjiang';
  const rest = { status: 'ok', handler: false, durationMs: 5, changes: [], showDiff: false } as const;
  return { type: 'task-finished', ...ref(task, name), region, node, ...rest, ...more };
}

export function row(node: string, counts: Partial<RecapRow> = {}): RecapRow {
  const zero = {
    ok: 0,
    changed: 0,
    unreachable: 0,
    failed: 0,
    skipped: 0,
    rescued: 0,
    ignored: 0,
    unknown: 0,
  };
  return { node, region: 'r', ...zero, ...counts };
}

export function play(regions: Readonly<Record<string, readonly string[]>>, check = false): Said[] {
  const list = Object.entries(regions).map(([name, nodes]) => ({ name, nodes }));
  return [
    { type: 'run-started', playbooks: ['deploy.yml'], check, diff: false, forks: 10 },
    { type: 'play-started', play: 'install OMS', check, strategy: 'linear', regions: list },
    ...list.map(({ name, nodes }): Said => ({
      type: 'region-started',
      play: 'install OMS',
      region: name,
      nodes,
      parallel: 2,
    })),
  ];
}

export function end(...recap: readonly RecapRow[]): Said {
  return { type: 'run-finished', durationMs: 12_345, interrupted: false, recap };
}

export function tell(reporter: Reporter, events: readonly Said[]): void {
  for (const event of events) reporter.handle({ time: 0, ...event });
}

/** What the human form prints for events. */
export function printed(
  events: readonly Said[],
  options: { width?: number; verbosity?: number; color?: boolean } = {},
): string {
  let text = '';
  const write = (part: string): void => void (text += part);
  tell(createPlainReporter({ write, color: false, width: 0, verbosity: 0, ...options }), events);
  return text;
}

export const two = { 'cn-hangzhou': ['hz-1', 'hz-2'], 'cn-heilongjiang': ['hlj-1'] };
export const one = { 'cn-hangzhou': ['hz-1', 'hz-2'] };
export const created = [{ subject: '/data/oms', summary: 'absent → directory 0755' }];
