import type { PlayPlan, TaskPlan } from '../model/plan.ts';

/** Handlers of roles that only the run has named, by play. */
export class LateHandlers {
  readonly #added = new Map<PlayPlan, readonly TaskPlan[]>();

  add(play: PlayPlan, handlers: readonly TaskPlan[]): void {
    const known = this.of(play);
    const fresh = handlers.filter((handler) => !known.includes(handler));
    if (fresh.length > 0) this.#added.set(play, [...known, ...fresh]);
  }

  of(play: PlayPlan): readonly TaskPlan[] {
    return this.#added.get(play) ?? [];
  }
}

/** All handlers that can be notified by now, in the order that they run in. */
export function handlersOf(
  { handlers }: { readonly handlers: LateHandlers },
  play: PlayPlan,
): readonly TaskPlan[] {
  const late = handlers.of(play);
  return late.length === 0 ? play.handlers : [...play.handlers, ...late];
}
