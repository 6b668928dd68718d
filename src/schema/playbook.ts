import { keywordsOf, type Scope } from '../load/keywords.ts';
import type { AnyModule } from '../modules/define.ts';
import { actionDocs, importPlaybookDoc, varsSchema } from './actions.ts';
import { DRAFT, either, listOf, nothing, ref, text, type JsonSchema } from './json-schema.ts';
import { keywordDocs } from './keywords.ts';
import { moduleUse } from './modules.ts';

const importKeys = ['import_playbook', 'ansible.builtin.import_playbook'];

/** A playbook: plays, and imports of other playbooks. */
export function playbookSchema(modules: readonly AnyModule[]): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'oms-play playbook',
    description: 'A list of plays. Made by "oms-play schema playbook".',
    ...listOf({
      if: { anyOf: importKeys.map((key) => ({ required: [key] })) },
      then: {
        type: 'object',
        properties: {
          ...Object.fromEntries(importKeys.map((key) => [key, described(importPlaybookDoc)])),
          ...keywordsNamed(['name', 'when', 'tags', 'vars']),
        },
        additionalProperties: false,
      },
      else: { ...mapWith('play'), required: ['hosts'] },
    }),
    definitions: definitions(modules),
  };
}

/** A file of tasks; of handlers where `scope` says so. */
export function tasksSchema(scope: 'task' | 'handler', modules: readonly AnyModule[]): JsonSchema {
  return {
    $schema: DRAFT,
    title: `oms-play ${scope}s`,
    description: `A list of ${scope}s. Made by "oms-play schema ${scope}s".`,
    ...listOf(ref(scope === 'task' ? 'item' : 'handler')),
    definitions: definitions(modules),
  };
}

function definitions(modules: readonly AnyModule[]): Readonly<Record<string, JsonSchema>> {
  const isBlock = { anyOf: ['block', 'rescue', 'always'].map((key) => ({ required: [key] })) };
  return {
    vars: varsSchema,
    modules: { properties: usesOf(modules) },
    task: taskMap('task', modules),
    handler: taskMap('handler', modules),
    block: { ...mapWith('block'), required: ['block'] },
    item: { if: isBlock, then: ref('block'), else: ref('task') },
    tasks: either(listOf(ref('item')), nothing),
    handlers: either(listOf(ref('handler')), nothing),
    role: either(
      { type: 'string' },
      {
        type: 'object',
        anyOf: [{ required: ['role'] }, { required: ['name'] }],
        properties: { ...propertiesOf('role'), name: { ...text, description: 'The same as role.' } },
        additionalProperties: true,
      },
    ),
  };
}

/** A task has one of these; the collection that Ansible's own modules are in may stand before the name. */
function usesOf(modules: readonly AnyModule[]): Readonly<Record<string, JsonSchema>> {
  const uses = modules.map((module) => [module.name, moduleUse(module)] as const);
  const actions = Object.entries(actionDocs).map(([name, action]) => [name, described(action)] as const);
  // What has become a module is described by it.
  return Object.fromEntries([...actions, ...uses]);
}

function taskMap(scope: 'task' | 'handler', modules: readonly AnyModule[]): JsonSchema {
  const names = [...modules.map(({ name }) => name), ...Object.keys(actionDocs)];
  return {
    type: 'object',
    properties: {
      ...propertiesOf(scope),
      ...Object.fromEntries(
        names.map((name) => [name, { $ref: `#/definitions/modules/properties/${name}` }]),
      ),
    },
    patternProperties: { '^ansible\\.(builtin|legacy)\\.': {} },
    additionalProperties: false,
  };
}

function mapWith(scope: Scope): JsonSchema {
  return { type: 'object', properties: propertiesOf(scope), additionalProperties: false };
}

function propertiesOf(scope: Scope): Readonly<Record<string, JsonSchema>> {
  return keywordsNamed(keywordsOf(scope));
}

function keywordsNamed(names: readonly string[]): Readonly<Record<string, JsonSchema>> {
  return Object.fromEntries(names.map((name) => [name, described(keywordDocs[name])]));
}

function described(doc: { readonly text: string; readonly schema: JsonSchema } | undefined): JsonSchema {
  return doc === undefined ? {} : { ...doc.schema, description: doc.text };
}

/** The arguments of one module as a task gives them. */
export function moduleSchema(module: AnyModule): JsonSchema {
  return { $schema: DRAFT, title: module.name, ...moduleUse(module) };
}

/** A file of variables. */
export const varsFileSchema: JsonSchema = {
  $schema: DRAFT,
  title: 'oms-play variables',
  ...either(varsSchema, nothing),
};
