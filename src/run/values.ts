import type { Data } from '../model/data.ts';
import { wordsOf } from '../model/data.ts';
import type { TaskPlan, ValueKeyword } from '../model/plan.ts';
import type { Lookup, Rendering } from '../model/rendering.ts';
import { ModuleError } from '../modules/define.ts';

/** A task with the values of its keywords as they are on a node; `broken`: why they cannot be told. */
export interface ValuedTask {
  readonly task: TaskPlan;
  readonly broken?: unknown;
}

type Setter = (value: Data, keyword: ValueKeyword) => Partial<TaskPlan>;

const setters: Readonly<Record<ValueKeyword, Setter>> = {
  become: (value, keyword) => ({ become: flag(value, keyword) }),
  ignore_errors: (value, keyword) => ({ ignoreErrors: flag(value, keyword) }),
  ignore_unreachable: (value, keyword) => ({ ignoreUnreachable: flag(value, keyword) }),
  check_mode: (value, keyword) => ({ checkMode: flag(value, keyword) }),
  diff: (value, keyword) => ({ diff: flag(value, keyword) }),
  no_log: (value, keyword) => ({ noLog: flag(value, keyword) }),
  any_errors_fatal: (value, keyword) => ({ anyErrorsFatal: flag(value, keyword) }),
  timeout: (value, keyword) => timeoutOf(number(value, keyword)),
  retries: (value, keyword) => ({ retries: Math.round(number(value, keyword)) }),
  delay: (value, keyword) => ({ delayMs: number(value, keyword) * 1000 }),
};

/** Tells what the templates of a task's keywords come to. */
export function withValues(task: TaskPlan, scope: () => Lookup): ValuedTask {
  if (task.values === undefined) return { task };
  try {
    const lookup = scope();
    const told = [...task.values].map(([keyword, value]: readonly [ValueKeyword, Rendering]) =>
      setters[keyword](value.render(lookup), keyword),
    );
    return { task: Object.assign({}, task, ...told) as TaskPlan };
  } catch (broken) {
    return { task, broken };
  }
}

function flag(value: Data, keyword: ValueKeyword): boolean {
  if (typeof value === 'boolean') return value;
  // As -e name=true gives it.
  if (value === 'true' || value === 'false') return value === 'true';
  throw wrong(keyword, 'true or false', value);
}

/** As in Ansible 0 is none. */
function timeoutOf(seconds: number): Partial<TaskPlan> {
  return { timeoutMs: seconds === 0 ? undefined : seconds * 1000 };
}

function number(value: Data, keyword: ValueKeyword): number {
  const told = typeof value === 'string' && /^\d{1,9}(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof told === 'number' && told >= 0) return told;
  throw wrong(keyword, 'a number of at least 0', value);
}

function wrong(keyword: ValueKeyword, wanted: string, value: Data): ModuleError {
  return new ModuleError({
    message: `"${keyword}" must be ${wanted}, not ${JSON.stringify(wordsOf(value))}`,
  });
}
