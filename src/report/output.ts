import type { TaskOutput } from '../events/event.ts';

const LONGEST_LINE = 8_192;

/** Makes whole lines of output that comes in pieces. */
export interface OutputLines {
  /** The lines that a piece completes. */
  take(event: TaskOutput): readonly string[];
  /** What is left of a node's work on a task: lines without an end. */
  rest(task: number, node: string): readonly string[];
}

export function createOutputLines(): OutputLines {
  const open = new Map<string, string>();
  const prefix = (task: number, node: string): string => JSON.stringify([task, node]);
  return {
    take(event) {
      const key = `${prefix(event.task, event.node)} ${event.stream} ${event.item ?? ''}`;
      const lines = ((open.get(key) ?? '') + event.text).split(/\r\n|\n|\r(?!$)/);
      const last = lines.pop() ?? '';
      const whole = last.length > LONGEST_LINE;
      if (whole || last === '') open.delete(key);
      else open.set(key, last);
      return whole ? [...lines, last] : lines;
    },
    rest(task, node) {
      if (open.size === 0) return [];
      const keys = [...open.keys()].filter((key) => key.startsWith(`${prefix(task, node)} `));
      const lines = keys.map((key) => open.get(key) ?? '');
      for (const key of keys) open.delete(key);
      return lines;
    },
  };
}
