import { problem } from '../diagnostics/diagnostic.ts';
import type { BackgroundPlan } from '../model/plan.ts';
import type { Task } from '../model/playbook.ts';
import type { AnyModule } from '../modules/define.ts';
import type { Compiler } from './compile.ts';

/** `async` of a task; it is an error with a module whose work is not one command. */
export function planBackground(
  task: Task,
  module: AnyModule,
  compiler: Compiler,
): { readonly background?: BackgroundPlan } {
  const { background } = task;
  if (background === undefined) return {};
  if (module.detachable !== true) {
    const detail = `"${module.name}" is more than one command on its node and cannot go on without its connection. Only command and shell can; set timeout for the time that a task may take.`;
    compiler.problems.push(problem('bad-value', background.at, 'async is not possible here', detail));
    return {};
  }
  const { seconds, poll } = background;
  return {
    background: {
      seconds: compiler.value(seconds),
      ...(poll === undefined ? {} : { poll: compiler.value(poll) }),
    },
  };
}
