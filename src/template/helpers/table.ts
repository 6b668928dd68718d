import type { Helper, LazyHelper } from './helper.ts';
import { listHelpers } from './list.ts';
import { lazyHelpers, logicHelpers } from './logic.ts';
import { loopHelpers } from './loop.ts';
import { numberHelpers } from './number.ts';
import { targetHelpers } from './target.ts';
import { textHelpers } from './text.ts';

/** Helpers by topic, for the reference; blocks (`if`, `each` …) are syntax and not among them. */
export const helperTopics: Readonly<Record<string, Readonly<Record<string, Helper | LazyHelper>>>> = {
  'For a target': targetHelpers,
  Logic: { ...lazyHelpers, ...logicHelpers },
  Texts: textHelpers,
  'Lists and maps': listHelpers,
  Loops: loopHelpers,
  'Numbers and booleans': numberHelpers,
};

const table: ReadonlyMap<string, Helper> = new Map(
  [targetHelpers, logicHelpers, textHelpers, listHelpers, loopHelpers, numberHelpers].flatMap((group) =>
    Object.entries(group),
  ),
);
const lazyTable: ReadonlyMap<string, LazyHelper> = new Map(Object.entries(lazyHelpers));

/** The helper of that name, or undefined. */
export function findHelper(name: string): Helper | undefined {
  return table.get(name);
}

/** The helper of that name that takes its arguments unevaluated, or undefined. */
export function findLazyHelper(name: string): LazyHelper | undefined {
  return lazyTable.get(name);
}

/** All names, for "did you mean". */
export function helperNames(): readonly string[] {
  return [...table.keys(), ...lazyTable.keys()];
}
