import type { KeywordDoc } from './keywords.ts';
import { either, flag, listOf, mapOf, oneOrMore, record, text, words } from './json-schema.ts';

const file = either(text, record({ file: text }, 'file'));
const role = record({
  name: { ...text, description: 'Name of the role.' },
  role: { ...text, description: 'The same as name.' },
  tasks_from: { ...text, description: 'File in tasks/ in place of main.' },
  vars_from: { ...text, description: 'File in vars/ in place of main.' },
  defaults_from: { ...text, description: 'File in defaults/ in place of main.' },
  handlers_from: { ...text, description: 'File in handlers/ in place of main.' },
  public: { ...flag, description: 'Its variables are there for later tasks too.' },
  allow_duplicates: flag,
  rolespec_validate: { ...flag, description: 'false: its arguments are not checked.' },
  apply: { type: 'object', description: 'Keywords for its tasks.' },
});

/** What stands in a task like a module and steers the run. */
export const actionDocs: Readonly<Record<string, KeywordDoc>> = {
  import_tasks: {
    text: 'Puts the tasks of a file here, before the run: tags, when and notify reach into it.',
    schema: file,
  },
  include_tasks: {
    text: 'Reads the tasks of a file when the run comes here; its name may be a template, and it may be in a loop.',
    schema: either(
      text,
      record({ file: text, apply: { type: 'object', description: 'Keywords for its tasks.' } }, 'file'),
    ),
  },
  import_role: { text: 'Puts a role here, before the run.', schema: role },
  include_role: {
    text: 'Runs a role when the run comes here; its name may be a template, and it may be in a loop.',
    schema: role,
  },
  include_vars: {
    text: 'Reads variables from a file or folder.',
    schema: either(
      text,
      record({
        file: text,
        dir: text,
        name: { ...text, description: 'Puts them below this name.' },
        depth: { type: 'integer' },
        files_matching: text,
        ignore_files: oneOrMore(text),
        extensions: listOf(text),
        ignore_unknown_extensions: flag,
        hash_behaviour: words('replace', 'merge'),
      }),
    ),
  },
  meta: {
    text: 'Steers the run itself.',
    schema: words(
      'flush_handlers',
      'end_play',
      'end_host',
      'end_batch',
      'end_role',
      'clear_host_errors',
      'clear_facts',
      'refresh_inventory',
      'reset_connection',
      'noop',
    ),
  },
  add_host: {
    text: 'Adds a node to the inventory for the rest of the run.',
    schema: {
      type: 'object',
      properties: { name: text, hostname: text, groups: oneOrMore(text) },
      additionalProperties: true,
    },
  },
  group_by: {
    text: 'Puts nodes into a group whose name comes from their variables.',
    schema: record({ key: text, parents: oneOrMore(text) }, 'key'),
  },
};

/** Beside the plays of a playbook. */
export const importPlaybookDoc: KeywordDoc = {
  text: 'Puts the plays of another playbook here.',
  schema: text,
};

/** Variables are maps from names. */
export const varsSchema = { ...mapOf({}), propertyNames: { pattern: '^[A-Za-z_][A-Za-z0-9_]*$' } };
