import type { Checked } from '../../src/diagnostics/diagnostic.ts';
import type { Data } from '../../src/model/data.ts';
import type { Condition, Lookup, Rendering } from '../../src/model/rendering.ts';
import type { SourceNode, SourceScalar } from '../../src/model/source.ts';
import { compileCondition } from '../../src/template/condition.ts';
import { compileValue } from '../../src/template/value.ts';

export type Variables = Readonly<Record<string, Data>>;

/** Variables as a lookup that notes which names are asked for. */
export function lookupOf(variables: Variables, asked: string[] = []): Lookup {
  return {
    get(name) {
      asked.push(name);
      return Object.hasOwn(variables, name) ? variables[name] : undefined;
    },
    names: () => Object.keys(variables),
  };
}

/** A one-line plain scalar at line 3, column 7 of "play.yml". */
export function scalar(value: SourceScalar['value'], more: Partial<SourceScalar> = {}): SourceScalar {
  const at = { file: 'play.yml', line: 3, column: 7, length: String(value).length };
  return { kind: 'scalar', value, quoted: false, at, ...more };
}

export function render(node: SourceNode | string, variables: Variables = {}): Data {
  return well(compileValue(typeof node === 'string' ? scalar(node) : node)).render(lookupOf(variables));
}

export function conditionOf(text: string): Checked<Condition> {
  return compileCondition({ text, at: { file: 'play.yml', line: 3, column: 7, length: text.length } });
}

export function test(text: string, variables: Variables = {}): boolean {
  return well(conditionOf(text)).test(lookupOf(variables));
}

export function well<T extends Rendering | Condition>(checked: Checked<T>): T {
  const [first] = checked.problems;
  if (first) throw new Error(`unexpected problem: ${first.detail}`);
  return checked.value;
}

export function thrownBy(
  work: () => unknown,
): Error & { at?: { line: number; column: number; length: number } } {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
