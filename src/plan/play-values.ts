import type { Data } from '../model/data.ts';
import { UnknownValueError } from '../model/data.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Amount, Play, TemplatedKeyword } from '../model/playbook.ts';
import type { CompiledLayer } from '../model/plan.ts';
import type { Lookup } from '../model/rendering.ts';
import { problem } from '../diagnostics/diagnostic.ts';
import { TemplateError } from '../template/errors.ts';
import type { Compiler } from './compile.ts';

export interface PlayValues {
  readonly compiler: Compiler;
  /** The variables of -e. */
  readonly extra: VarLayer;
}

/**
 * A play whose keywords have their values, as far as -e, its vars and vars_files tell: of no node anything is known yet.
 * undefined: which nodes it is for cannot be told, which has been said.
 */
export function playWithValues(play: Play, { compiler, extra }: PlayValues): Play | undefined {
  if (play.templates === undefined || play.templates.size === 0) return play;
  const lookup = lookupIn([...compiler.present(...play.layers), compiler.layer(extra)]);
  let broken = false;
  const valueOf = <T>(key: TemplatedKeyword, parse: (value: Data) => T | undefined, wanted: string) => {
    const node = play.templates?.get(key);
    if (node === undefined) return undefined;
    const wrong = (code: 'bad-value' | 'undefined-variable', detail: string): undefined => {
      broken ||= key === 'hosts';
      compiler.problems.push(problem(code, node.at, `"${key}" of the play cannot be told`, detail));
    };
    try {
      const value = compiler.value(node).render(lookup);
      return parse(value) ?? wrong('bad-value', `"${key}" must be ${wanted}, not ${JSON.stringify(value)}.`);
    } catch (error) {
      if (!(error instanceof TemplateError) && !(error instanceof UnknownValueError)) throw error;
      const known = `Here only -e, the play's vars and its vars_files are known.`;
      return wrong('undefined-variable', `${error.message} ${known}`);
    }
  };
  const count = (value: Data): number | undefined => whole(value);
  const hosts = valueOf('hosts', patternOf, 'a pattern or a list of them');
  const settled: Play = {
    ...play,
    hosts: hosts ?? play.hosts,
    serial:
      valueOf('serial', amountsOf, 'a whole number from 1, a share from "1%" to "100%", or a list') ??
      play.serial,
    parallel: valueOf('parallel', count, 'a whole number from 1') ?? play.parallel,
    regions: valueOf('regions', count, 'a whole number from 1') ?? play.regions,
    maxFailPercentage:
      valueOf('max_fail_percentage', share, 'a number from 0 to 100') ?? play.maxFailPercentage,
  };
  return broken ? undefined : settled;
}

function lookupIn(layers: readonly CompiledLayer[]): Lookup {
  const rendering = new Set<string>();
  const lookup: Lookup = {
    get(name) {
      const variable = layers.findLast(({ vars }) => vars.has(name))?.vars.get(name);
      if (variable === undefined) return undefined;
      if (rendering.has(name)) throw new TemplateError(`variable refers to itself: ${name}.`, variable.at);
      rendering.add(name);
      try {
        return variable.value.render(lookup);
      } finally {
        rendering.delete(name);
      }
    },
    names: () => layers.flatMap(({ vars }) => [...vars.keys()]),
  };
  return lookup;
}

function patternOf(value: Data): string | undefined {
  const parts = Array.isArray(value) ? (value as readonly Data[]) : [value];
  const texts = parts.flatMap((part) => (typeof part === 'string' && part.trim() !== '' ? [part] : []));
  return texts.length === parts.length && texts.length > 0 ? texts.join(',') : undefined;
}

function whole(value: Data): number | undefined {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined;
}

function share(value: Data): number | undefined {
  const number = typeof value === 'string' && /^\d{1,3}(\.\d+)?$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 100 ? number : undefined;
}

function amountsOf(value: Data): readonly Amount[] | undefined {
  const parts = Array.isArray(value) ? (value as readonly Data[]) : [value];
  const amounts = parts.flatMap((part): Amount[] => {
    const [, digits] = /^(\d{1,3})%$/.exec(String(typeof part === 'string' ? part : '')) ?? [];
    const percent = Number(digits);
    if (percent >= 1 && percent <= 100) return [{ percent }];
    const count = whole(part);
    return count === undefined ? [] : [count];
  });
  return amounts.length === parts.length && amounts.length > 0 ? amounts : undefined;
}
