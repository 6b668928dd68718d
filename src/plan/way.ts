import { WAY_VARIABLES, type WayKeyword } from '../model/connection.ts';
import type { CompiledLayer, WayPlan } from '../model/plan.ts';
import type { Rendering } from '../model/rendering.ts';
import type { Inherited } from '../model/playbook.ts';
import type { Compiler } from './compile.ts';

const KEYWORDS: readonly WayKeyword[] = [
  'connection',
  'port',
  'remoteUser',
  'becomeMethod',
  'becomeExe',
  'becomeFlags',
];

/** What is said around a task of how its node is reached: the innermost of each keyword, and whether variables do. */
export function wayOf(
  keywords: readonly Inherited[],
  layers: readonly (readonly CompiledLayer[])[],
  compiler: Compiler,
): { readonly way?: WayPlan; readonly setsWay?: true } {
  const way: Partial<Record<WayKeyword, Rendering>> = {};
  for (const { way: said } of keywords.toReversed()) {
    if (said === undefined) continue;
    for (const keyword of KEYWORDS) {
      const node = said[keyword];
      if (node !== undefined && way[keyword] === undefined) way[keyword] = compiler.value(node);
    }
  }
  const sets = layers.some((list) => list.some(({ vars }) => vars.size > 0 && WAY_VARIABLES.some((name) => vars.has(name)))); // prettier-ignore
  return { ...(Object.keys(way).length === 0 ? {} : { way }), ...(sets ? { setsWay: true } : {}) };
}
