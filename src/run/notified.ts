import { wordsOf } from '../model/data.ts';
import type { TaskPlan } from '../model/plan.ts';

/**
 * The handlers that a `notify` reaches, as in Ansible: of those with that name the last one, of those that listen to it
 * all, but one of each name. `role : name` is a name too.
 */
export function reached(topic: string, handlers: readonly TaskPlan[]): readonly TaskPlan[] {
  const named = handlers.findLast((handler) => namesOf(handler).includes(topic));
  const seen = new Set<string>();
  const listening = handlers.filter((handler) => {
    if (!handler.listen.includes(topic)) return false;
    const name = fixedName(handler);
    if (name === undefined || name === '') return true;
    return !seen.has(name) && seen.add(name);
  });
  return named === undefined || listening.includes(named) ? listening : [named, ...listening];
}

/** A handler's name; undefined: there is a template in it. */
export function fixedName({ name }: TaskPlan): string | undefined {
  return name.constant ? wordsOf(name.render({ get: () => undefined, names: () => [] })) : undefined;
}

function namesOf(handler: TaskPlan): readonly string[] {
  const name = fixedName(handler);
  if (name === undefined) return [];
  return handler.role === undefined ? [name] : [name, `${handler.role.name} : ${name}`];
}
