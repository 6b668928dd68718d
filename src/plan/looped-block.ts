import type { Block, Task } from '../model/playbook.ts';
import type { LoopedPlan, TaskPlan } from '../model/plan.ts';
import type { AnyModule } from '../modules/define.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { blockLoop } from '../modules/block-loop.ts';
import type { Surroundings, TaskFactory } from './factory.ts';
import { madeTask } from './made-task.ts';

/** The loop of a block as a task that sees what the tasks inside see; undefined: it has none. */
export function loopedBlock(
  block: Block,
  compile: (task: Task, module: AnyModule) => TaskPlan,
): LoopedPlan | undefined {
  if (block.loop === undefined) return undefined;
  const { at, loop, loopControl } = block;
  const plan = compile(
    madeTask({ name: block.name, module: blockLoop.name, at, loop, loopControl }),
    blockLoop,
  );
  return plan.loop === undefined ? undefined : { ...plan, loop: plan.loop };
}

/** What stands inside a loop; one that hides the item of a loop around is told, as Ansible does. */
export function inLoop(
  { loop, loopControl }: Pick<Task, 'loop' | 'loopControl'> | Block,
  around: Surroundings,
  { compiler }: TaskFactory,
): Surroundings {
  if (loop === undefined) return around;
  const { loopVars = [] } = around;
  const name = loopControl?.loopVar ?? 'item';
  if (loopVars.includes(name)) {
    const detail = `A loop around has "${name}" too, and its item cannot be read in here. Give one of them another name: loop_control: { loop_var: … }.`;
    const found = problem('bad-value', loop.at, 'loop variable hidden', detail);
    compiler.problems.push({ ...found, severity: 'warning' });
  }
  const index = loopControl?.indexVar === undefined ? [] : [loopControl.indexVar];
  return { ...around, loopVars: [...loopVars, name, ...index] };
}
