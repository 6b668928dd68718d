import { resolve } from 'node:path';
import { UnknownValueError, wordsOf } from '../model/data.ts';
import type { CompiledLayer, LayerChoice } from '../model/plan.ts';
import type { Lookup, Rendering } from '../model/rendering.ts';
import { TemplateError } from '../template/errors.ts';

/** The first of these names that is a file; `files` are those that may be meant, by absolute path. */
export function choiceAmong(
  names: readonly Rendering[],
  dir: string,
  files: ReadonlyMap<string, CompiledLayer>,
): LayerChoice {
  return {
    references: names.flatMap(({ references }) => references),
    layers: [...files.values()],
    pick: (lookup) => {
      const tried: string[] = [];
      for (const name of names) {
        const path = pathOf(name, dir, lookup);
        if (path === undefined) return undefined;
        const found = files.get(path);
        if (found !== undefined) return found;
        tried.push(path);
      }
      const at = names[0]?.at;
      if (at === undefined) return undefined;
      const among =
        'only files that were there before the run count, and a template stands for a part of one name';
      throw new TemplateError(`none of vars_files is there: ${tried.join(', ')} (${among})`, at);
    },
  };
}

/** As in Ansible: before the facts are there, files that they name are left out. */
function pathOf(name: Rendering, dir: string, lookup: Lookup): string | undefined {
  try {
    return resolve(dir, wordsOf(name.render(lookup)));
  } catch (error) {
    if (error instanceof TemplateError || error instanceof UnknownValueError) return undefined;
    throw error;
  }
}
