import type { Inherited } from '../model/playbook.ts';
import type { TaskPlan, ValueKeyword } from '../model/plan.ts';
import type { Rendering } from '../model/rendering.ts';
import type { Compiler } from './compile.ts';

/** Where a plain value of the keyword is; of a task itself retries and delay. */
const plain: Readonly<Record<ValueKeyword, (keywords: Inherited) => unknown>> = {
  become: (k) => k.become,
  ignore_errors: (k) => k.ignoreErrors,
  ignore_unreachable: (k) => k.ignoreUnreachable,
  check_mode: (k) => k.checkMode,
  diff: (k) => k.diff,
  no_log: (k) => k.noLog,
  any_errors_fatal: (k) => k.anyErrorsFatal,
  timeout: (k) => k.timeout,
  retries: () => undefined,
  delay: () => undefined,
};

/** The keywords around a task whose innermost value is a template. */
export function valuesAround(
  keywords: readonly Inherited[],
  compiler: Compiler,
): Pick<TaskPlan, 'values'> | undefined {
  if (keywords.every(({ values }) => values === undefined)) return undefined;
  const found = new Map<ValueKeyword, Rendering>();
  for (const around of keywords) {
    for (const [key, of] of Object.entries(plain) as [ValueKeyword, (k: Inherited) => unknown][]) {
      const node = around.values?.get(key);
      if (node !== undefined) found.set(key, compiler.value(node));
      else if (of(around) !== undefined) found.delete(key);
    }
  }
  return found.size === 0 ? undefined : { values: found };
}

/** What holds of such a task before its values are told: its output is hidden, and it may be done again. */
export function beforeValues(
  planned: Pick<TaskPlan, 'values'> | undefined,
  retries: number,
): Partial<TaskPlan> {
  const values = planned?.values;
  return {
    ...planned,
    ...(values?.has('no_log') === true ? { noLog: true } : {}),
    ...(values?.has('retries') === true ? { retries: Math.max(1, retries) } : {}),
  };
}
