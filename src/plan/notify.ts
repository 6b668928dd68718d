import { wordsOf } from '../model/data.ts';
import type { PlayPlan, TaskPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { tasksOf } from './steps.ts';

const TEMPLATE =
  ' notify takes names as they are, without templates: notify one name, and put what differs into the handler.';
const noVariables = { get: () => undefined, names: () => [] };

/**
 * Every `notify` must reach a handler of its play, by name or by `listen`.
 * `among`: the plays whose handlers count; for a role that is checked by itself others than its own may.
 */
export function checkNotify(play: PlayPlan, among: readonly PlayPlan[] = [play]): readonly Diagnostic[] {
  const handlers = among.flatMap((each) => each.handlers);
  const names = new Set(handlers.flatMap((h) => [...namesOf(h), ...h.listen]));
  return [...play.steps.flatMap(tasksOf), ...play.handlers.flatMap(tasksOf)].flatMap((task) =>
    task.notify
      .filter((topic) => !names.has(topic))
      .map((topic) => {
        const how = topic.includes('{{') ? TEMPLATE : didYouMean(topic, names);
        const detail = `No handler of this play is called "${topic}" or listens to it.${how}`;
        return problem('unknown-name', task.notifyAt ?? task.at, 'unknown handler', detail);
      }),
  );
}

/** `role : name` is one too. */
function namesOf({ name, role }: TaskPlan): readonly string[] {
  if (!name.constant) return [];
  const words = wordsOf(name.render(noVariables));
  return role === undefined ? [words] : [words, `${role.name} : ${words}`];
}
