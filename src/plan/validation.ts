import type { Data, DataMap } from '../model/data.ts';
import type { RoleUse, Task } from '../model/playbook.ts';
import type { ArgumentSpec } from '../model/argument-spec.ts';
import type { Lookup, Rendering } from '../model/rendering.ts';
import type { Spec } from '../modules/validate_argument_spec/validate.ts';
import { madeTask } from './made-task.ts';

/** The task in front of a role that has argument_specs: it checks the values as they are by then. */
export function validation(use: RoleUse): { readonly task: Task; readonly args: Rendering } | undefined {
  const { entryPoints, entryPoint, argumentSpec } = use.role;
  if (argumentSpec.size === 0) return undefined;
  const summary = entryPoints.get(entryPoint)?.summary ?? '';
  const name = `Validating arguments against arg spec '${entryPoint}'${summary === '' ? '' : ` - ${summary}`}`;
  const specs = specsOf(argumentSpec);
  // Both arguments are there, so that the module's schema finds nothing to say about the task itself.
  const entries = ['argument_spec', 'provided_arguments'].map((key) => ({
    key,
    keyAt: use.at,
    value: { kind: 'map' as const, entries: [], at: use.at },
  }));
  const args = { kind: 'map' as const, entries, at: use.at };
  const task = madeTask({ name, module: 'validate_argument_spec', at: use.at, args }, { tags: ['always'] });
  const names = [...argumentSpec.keys()];
  return {
    task,
    args: {
      at: use.at,
      references: names.map((each) => ({ path: [each], at: use.at, optional: true })),
      constant: false,
      render: (lookup) => ({
        argument_spec: specs as unknown as DataMap,
        provided_arguments: valuesOf(names, lookup),
      }),
    },
  };
}

function valuesOf(names: readonly string[], lookup: Lookup): DataMap {
  return Object.fromEntries(
    names.flatMap((name): [string, Data][] => {
      const value = lookup.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** As modules take them. */
export function specsOf(specs: ReadonlyMap<string, ArgumentSpec>): Readonly<Record<string, Spec>> {
  return Object.fromEntries([...specs].map(([name, spec]) => [name, specOf(spec)]));
}

/** One of them. */
export function specOf({ type, required, choices, elements, options }: ArgumentSpec): Spec {
  return {
    type,
    required,
    ...(choices === undefined ? {} : { choices }),
    ...(elements === undefined ? {} : { elements }),
    ...(options === undefined ? {} : { options: specsOf(options) }),
  };
}
