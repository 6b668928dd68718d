import { wordsOf } from '../model/data.ts';
import type { PlayPlan } from '../model/plan.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { tasksOf } from './steps.ts';

const noVariables = { get: () => undefined, names: () => [] };

/**
 * Every `notify` must reach a handler of its play, by name or by `listen`.
 * `among`: the plays whose handlers count; for a role that is checked by itself others than its own may.
 */
export function checkNotify(play: PlayPlan, among: readonly PlayPlan[] = [play]): readonly Diagnostic[] {
  const handlers = among.flatMap((each) => each.handlers);
  const names = new Set(handlers.flatMap((h) => [nameOf(h.name), ...h.listen]));
  return [...play.steps.flatMap(tasksOf), ...play.handlers].flatMap((task) =>
    task.notify
      .filter((topic) => !names.has(topic))
      .map((topic) => {
        const detail = `No handler of this play is called "${topic}" or listens to it.${didYouMean(topic, names)}`;
        return problem('unknown-name', task.at, 'unknown handler', detail);
      }),
  );
}

function nameOf(name: PlayPlan['handlers'][number]['name']): string {
  return name.constant ? wordsOf(name.render(noVariables)) : '';
}
