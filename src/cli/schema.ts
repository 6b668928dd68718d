import { didYouMean } from '../diagnostics/suggest.ts';
import type { AnyModule } from '../modules/define.ts';
import { inventorySchema } from '../schema/inventory.ts';
import type { JsonSchema } from '../schema/json-schema.ts';
import { moduleSchema, playbookSchema, tasksSchema, varsFileSchema } from '../schema/playbook.ts';
import { roleSchema } from '../schema/role.ts';
import { knownModules } from './doc.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The kinds of files that there are schemas of; the repository keeps each under schemas/. */
export const schemaKinds = ['playbook', 'tasks', 'handlers', 'inventory', 'role', 'vars'] as const;

export type SchemaKind = (typeof schemaKinds)[number];

/** The schema of a kind of file, with these modules in its tasks. */
export function schemaOf(kind: SchemaKind, modules: readonly AnyModule[]): JsonSchema {
  switch (kind) {
    case 'playbook':
      return playbookSchema(modules);
    case 'tasks':
      return tasksSchema('task', modules);
    case 'handlers':
      return tasksSchema('handler', modules);
    case 'inventory':
      return inventorySchema;
    case 'role':
      return roleSchema;
    case 'vars':
      return varsFileSchema;
  }
}

const WIDTH = 110;

/** A schema as it is printed and kept: what fits into a line stands in one. */
export function schemaText(schema: JsonSchema): string {
  return `${printed(schema, '')}\n`;
}

function printed(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + line.length <= WIDTH) return line;
  const inner = `${indent} `;
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => inner + printed(item, inner)).join(',\n')}\n${indent}]`;
  }
  const rows = Object.entries(value).map(([key, item]) => {
    return `${inner}${JSON.stringify(key)}: ${printed(item, inner)}`;
  });
  return `{\n${rows.join(',\n')}\n${indent}}`;
}

/** `oms-play schema KIND`, `oms-play schema module NAME`. */
export async function showSchema(kind: string, name: string | undefined, io: Io): Promise<number> {
  const known = schemaKinds.find((one) => one === kind);
  if (known === undefined && kind !== 'module') {
    const kinds = [...schemaKinds, 'module'];
    throw new UsageError(
      `no schema is called "${kind}".${didYouMean(kind, kinds)} There are ${kinds.join(', ')}.`,
    );
  }
  const modules = await knownModules(io);
  const schema = known === undefined ? moduleSchema(moduleNamed(name, modules)) : schemaOf(known, modules);
  io.stdout.write(schemaText(schema));
  return 0;
}

function moduleNamed(name: string | undefined, modules: readonly AnyModule[]): AnyModule {
  if (name === undefined) throw new UsageError('which module? oms-play schema module NAME');
  const found = modules.find((module) => module.name === name);
  if (found !== undefined) return found;
  const names = modules.map((module) => module.name);
  throw new UsageError(`no module is called "${name}".${didYouMean(name, names)} "oms-play doc" lists them.`);
}
