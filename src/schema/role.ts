import {
  DRAFT,
  either,
  flag,
  listOf,
  mapOf,
  oneOrMore,
  record,
  text,
  words,
  type JsonSchema,
} from './json-schema.ts';

const types = [
  'str',
  'int',
  'float',
  'bool',
  'list',
  'dict',
  'path',
  'raw',
  'json',
  'jsonarg',
  'bytes',
  'bits',
];

const option: JsonSchema = record({
  type: { ...words(...types), description: 'Type of the value; str by default.' },
  elements: { ...words(...types), description: 'Type of the items of a list.' },
  required: { ...flag, description: 'A play that uses the role must give it.' },
  default: { description: 'For readers: what defaults/main.yml says.' },
  choices: { ...listOf({}), description: 'The only values that are possible.' },
  description: { ...oneOrMore(text), description: 'What it is for.' },
  options: {
    description: 'Keys of a dict, or of each item of a list of them.',
    ...mapOf({ $ref: '#/definitions/option' }),
  },
  no_log: { ...flag, description: 'Its value is a secret.' },
  aliases: listOf(text),
  version_added: text,
});

const entryPoint: JsonSchema = {
  type: 'object',
  properties: {
    short_description: { ...text, description: 'What the role does, in a line.' },
    description: { ...oneOrMore(text), description: 'What the role does.' },
    options: {
      description: 'The variables that the role takes.',
      ...mapOf({ $ref: '#/definitions/option' }),
    },
  },
};

/** meta/main.yml and meta/argument_specs.yml of a role. */
export const roleSchema: JsonSchema = {
  $schema: DRAFT,
  title: 'oms-play role',
  description: 'meta/main.yml or meta/argument_specs.yml of a role. Made by "oms-play schema role".',
  ...record({
    argument_specs: {
      description:
        'The variables that the role takes, by entry point (main: tasks/main.yml); checked before it runs.',
      ...mapOf(entryPoint),
    },
    dependencies: {
      description: 'Roles that run before this one.',
      ...listOf(either(text, { type: 'object', properties: { role: text, vars: { type: 'object' } } })),
    },
    allow_duplicates: { ...flag, description: 'It runs again for each use.' },
    galaxy_info: { type: 'object', description: 'For Ansible Galaxy; not read here.' },
    collections: listOf(text),
    standalone: flag,
  }),
  definitions: { option },
};
