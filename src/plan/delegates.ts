import { wordsOf } from '../model/data.ts';
import type { RunPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { tasksOf } from './steps.ts';

/** The controller, by the names that tasks are delegated to it with. */
const CONTROLLER = ['localhost', '127.0.0.1'];

/** Nodes that `delegate_to` names by constants and that are not there. */
export function checkDelegates({ plays, nodes }: RunPlan): readonly Diagnostic[] {
  const tasks = new Set(plays.flatMap((play) => [...play.steps, ...play.handlers].flatMap(tasksOf)));
  // Without an inventory names of nodes are not judged.
  if (nodes.size === 0) return [];
  const known = [...nodes.keys(), ...CONTROLLER];
  return [...tasks].flatMap(({ delegateTo }) => {
    if (delegateTo?.constant !== true) return [];
    const name = delegateTo.render({ get: () => undefined, names: () => [] });
    // Nothing is said by it, as in Ansible: `delegate_to: ""`.
    if (name === null || name === '' || known.includes(wordsOf(name))) return [];
    const detail = `No node of the inventory is called "${wordsOf(name)}".${didYouMean(wordsOf(name), known)} Name a node, or localhost for the controller.`;
    return [problem('unknown-name', delegateTo.at, 'unknown node to delegate to', detail)];
  });
}
