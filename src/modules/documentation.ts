import * as z from 'zod';
import type { AnyModule, ArgumentInput } from './define.ts';

/** JSON Schema (draft 2020-12) of the arguments as a user writes them. */
export function moduleJsonSchema(module: AnyModule): Record<string, unknown> {
  const schema = z.toJSONSchema(module.args, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  const properties = { ...schema.properties };
  for (const [name, input] of Object.entries(module.inputs ?? {})) {
    properties[name] = { ...INPUTS[input], ...about(properties[name]) };
  }
  return { ...schema, title: module.name, description: module.summary, properties };
}

/** One row of a reference page: an argument, or a field of the result. */
export interface DocRow {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  /** As YAML; undefined: none. */
  readonly fallback: string | undefined;
  readonly secret: boolean;
  readonly description: string;
}

/** All arguments of a module, in the order of its schema. */
export function argumentRows(module: AnyModule): readonly DocRow[] {
  return rowsOf(moduleJsonSchema(module));
}

/** All fields of what `register` keeps, beside changed, failed and skipped. */
export function resultRows(module: AnyModule): readonly DocRow[] {
  return rowsOf(z.toJSONSchema(module.returns, { io: 'output', unrepresentable: 'any' }) as JsonSchema);
}

/** What holds for the module as a whole, one sentence each. */
export function notesOf(module: AnyModule): readonly string[] {
  const notes: string[] = [];
  if (module.freeForm !== undefined)
    notes.push(`Plain text after the name of the module is its ${module.freeForm}.`);
  if (module.always !== undefined) {
    notes.push(
      `It always counts as changed, unless changed_when says otherwise, and is unknown in check mode: ${module.always}.`,
    );
  }
  if (module.waits === true) {
    notes.push(
      'In check mode it is unknown once an earlier task would change the node: it waits for what that brings about.',
    );
  }
  notes.push(...(module.notes ?? []));
  if (module.gathersFacts !== undefined)
    notes.push('What it finds out are variables of the node from then on; see docs/facts.md.');
  if (module.definesFacts === true) notes.push('Every other key is the name of a variable, with its value.');
  return notes;
}

/** The page for a terminal: what it does, arguments, result, examples. */
export function describeModule(module: AnyModule): string {
  const sections = [
    `${module.name} — ${module.summary}`,
    notesOf(module).join('\n'),
    section('Arguments', argumentRows(module), true),
    section('Result', resultRows(module), false),
    module.examples === undefined ? '' : `Examples\n\n${indented(module.examples.trimEnd())}`,
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly default?: unknown;
  readonly description?: string;
  readonly secret?: boolean;
}

/** A condition with a message of its own. */
const CONDITION: JsonSchema = {
  type: 'object',
  properties: { that: { type: 'string' }, msg: { type: 'string' } },
  required: ['that', 'msg'],
  additionalProperties: false,
};

/** What the user writes where the module is given something else by the runner. */
const INPUTS: Readonly<Record<ArgumentInput, JsonSchema>> = {
  file: { type: 'string' },
  template: { type: 'string' },
  conditions: {
    anyOf: [{ type: 'string' }, { type: 'array', items: { anyOf: [{ type: 'string' }, CONDITION] } }],
  },
  expression: { type: 'string' },
  node: { type: 'string' },
  program: { type: 'string' },
  destination: { type: 'string' },
};

function about(schema: JsonSchema | undefined): JsonSchema {
  return schema?.description === undefined ? {} : { description: schema.description };
}

function rowsOf(schema: JsonSchema): DocRow[] {
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    type: typeInWords(property),
    // io "input" leaves keys with a default out of `required`; for results defaults do not occur.
    required: schema.required?.includes(name) === true,
    fallback: isEmpty(property.default) ? undefined : JSON.stringify(property.default),
    secret: property.secret === true,
    description: property.description ?? '',
  }));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function typeInWords(schema: JsonSchema): string {
  if (schema.enum !== undefined)
    return schema.enum.map((choice) => JSON.stringify(choice).replaceAll('"', '')).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const).replaceAll('"', '');
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches !== undefined) return [...new Set(branches.map(typeInWords))].join(' or ');
  if (schema.type === 'array')
    return schema.items === undefined ? 'list' : `list of ${typeInWords(schema.items)}`;
  if (Array.isArray(schema.type)) {
    const types = schema.type as readonly string[];
    return types.map((type) => typeInWords({ ...schema, type })).join(' or ');
  }
  const names: Readonly<Record<string, string>> = { object: 'map', string: 'text', integer: 'whole number' };
  return typeof schema.type === 'string' ? (names[schema.type] ?? schema.type) : 'any value';
}

function section(title: string, rows: readonly DocRow[], isInput: boolean): string {
  if (rows.length === 0) return '';
  const entries = rows.map((row) => {
    const marks = [
      row.type,
      isInput && row.required ? 'required' : undefined,
      row.fallback === undefined ? undefined : `default ${row.fallback}`,
      row.secret ? 'secret' : undefined,
    ];
    return `  ${row.name}  (${marks.filter((mark) => mark !== undefined).join(', ')})\n${indented(wrapped(row.description, 92), 6)}`;
  });
  return `${title}\n\n${entries.join('\n')}`;
}

function indented(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by));
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join('\n');
}
