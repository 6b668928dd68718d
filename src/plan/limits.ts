import type { NamedLimit } from '../model/inventory.ts';
import type { Inherited } from '../model/playbook.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import type { Compiler } from './compile.ts';

/** The named limits of a play, the inventory's first: in this order several are taken. */
export function namedLimits(...lists: readonly (readonly NamedLimit[])[]): ReadonlyMap<string, number> {
  return new Map(lists.flat().map(({ name, places }) => [name, places]));
}

/** What is known where a task or block names limits. */
export interface LimitsAround {
  readonly limits: ReadonlyMap<string, number>;
  /** Those that the blocks around hold a place in. */
  readonly held: readonly string[];
  readonly compiler: Compiler;
}

/** The limits that a task or block takes beside those held around it, in the one order that is right for all. */
export function takenLimits({ limit }: Inherited, around: LimitsAround): readonly string[] {
  const { limits, held, compiler } = around;
  const order = [...limits.keys()];
  const last = Math.max(-1, ...held.map((name) => order.indexOf(name)));
  for (const { text, at } of limit) {
    const place = order.indexOf(text);
    if (place === -1) {
      const known =
        order.length === 0 ? ' There are none: write limits: {NAME: 1} in the play or the inventory.' : '';
      const detail = `"limits" of the play and of the inventory have no "${text}".${didYouMean(text, order)}${known}`;
      compiler.problems.push(problem('unknown-name', at, 'unknown limit', detail));
    } else if (place < last && !held.includes(text)) {
      const outer = order[last] ?? '';
      const detail = `A block around holds "${outer}", and two that wait for each other would wait for ever. Write "${text}" behind "${outer}" in "limits", or name both on the block.`;
      compiler.problems.push(problem('bad-value', at, 'limits in the wrong order', detail));
    }
  }
  return order.filter((name) => !held.includes(name) && limit.some(({ text }) => text === name));
}
