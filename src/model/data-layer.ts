import type { DataMap } from './data.ts';
import type { CompiledLayer } from './plan.ts';

/** Values as they are, never templates, as a layer of variables; `label` says where they come from. */
export function dataLayer(label: string, values: DataMap): CompiledLayer {
  const at = { file: label, line: 1, column: 1, length: 1 };
  const vars = Object.entries(values).map(([name, value]) => {
    const rendering = { at, references: [], constant: true, render: () => value };
    return [name, { value: rendering, at }] as const;
  });
  return { label, vars: new Map(vars) };
}
