import type { Rendering } from '../model/rendering.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { problem } from '../diagnostics/diagnostic.ts';

/**
 * Variables that lead back to themselves, each circle once. Only those with one definition in all are judged: of
 * others it depends on the node which ones meet.
 */
export function circlesIn(
  names: Iterable<string>,
  variables: ReadonlyMap<string, readonly Rendering[]>,
): readonly Diagnostic[] {
  const problems: Diagnostic[] = [];
  const done = new Set<string>();
  const follow = (name: string, path: readonly string[]): void => {
    const [value, ...others] = variables.get(name) ?? [];
    if (value === undefined || others.length > 0) return;
    if (path.includes(name)) {
      const circle = [...path.slice(path.indexOf(name)), name].join(' → ');
      const detail = `Its value needs its value: ${circle}.`;
      problems.push(problem('bad-value', value.at, 'variable refers to itself', detail));
      return;
    }
    if (done.has(name)) return;
    done.add(name);
    const next = new Set(value.references.flatMap(({ path: [first] }) => first ?? []));
    for (const each of next) follow(each, [...path, name]);
  };
  for (const name of names) follow(name, []);
  return problems;
}
