import type { OnceAnswer } from './engine.ts';
import type { Outcome } from './outcome.ts';

/** What a task that runs once came to, and on which node. */
export interface Answered {
  readonly node: string;
  readonly outcome: Outcome;
}

/**
 * The answer of a task that runs once: the first to come asks, the others wait and take it as theirs. undefined:
 * the run or the region was stopped before it; then the next to come asks.
 */
export async function answerOnce(
  once: Map<string, OnceAnswer>,
  key: string,
  nodes: readonly string[],
  ask: () => Promise<Outcome | undefined>,
): Promise<Answered | undefined> {
  for (;;) {
    const known = once.get(key);
    // Who has the answer and comes again is a handler that was notified anew.
    const taken = known !== undefined && !nodes.some((node) => known.takers.has(node));
    const answer = taken ? known : { node: nodes[0] ?? '', outcome: ask(), takers: new Set<string>() };
    once.set(key, answer);
    for (const node of nodes) answer.takers.add(node);
    const outcome = await answer.outcome;
    if (outcome !== undefined) return { node: answer.node, outcome };
    if (once.get(key) === answer) once.delete(key);
    if (!taken) return undefined;
  }
}
