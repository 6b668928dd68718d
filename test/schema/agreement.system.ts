import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { parse } from 'yaml';
import { playbookSchema } from '../../src/schema/playbook.ts';
import { keywordsOf, type Scope } from '../../src/load/keywords.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { createSources } from '../../src/load/sources.ts';

const root = resolve(import.meta.dirname, '../..');

/** Values as YAML, of every kind that people write. */
const SAMPLES = [
  ...[
    'true',
    'false',
    '0',
    '1',
    '50',
    '2.5',
    '-1',
    'text',
    '"12"',
    '"50%"',
    '"{{ x }}"',
    'all',
    'region',
    'free',
  ],
  ...[
    'inventory',
    'reverse',
    'sudo',
    'ssh',
    'always',
    '[a, b]',
    '[1, "30%"]',
    '[{ a: 1 }]',
    '{ a: 1 }',
    '[]',
    '{}',
  ],
  ...[
    '[{ name: x }]',
    '[{ debug: { msg: a } }]',
    '[{ name: h, debug: { msg: a } }]',
    '{ label: a, pause: 1 }',
  ],
];

const PLACES: Readonly<Record<Scope, (line: string) => string>> = {
  play: (line) => `- hosts: all\n  ${line}\n`,
  role: (line) => `- hosts: all\n  roles:\n    - role: preflight\n      ${line}\n`,
  block: (line) => `- hosts: all\n  tasks:\n    - block: []\n      ${line}\n`,
  task: (line) => `- hosts: all\n  tasks:\n    - debug: { msg: a }\n      ${line}\n`,
  handler: (line) => `- hosts: all\n  handlers:\n    - debug: { msg: a }\n      name: h\n      ${line}\n`,
};
/** Written there already. */
const OWN: Readonly<Record<Scope, readonly string[]>> = {
  play: ['hosts', 'roles'],
  role: ['role'],
  block: ['block'],
  task: [],
  handler: ['name'],
};

/** What loading looks at beside the value itself: names, files, what stands elsewhere. */
const BY_MEANING = ['unknown-name', 'not-found', 'unknown-module', 'bad-condition', 'missing-key'];
const BY_SUMMARY = ['bad variable name', 'not supported yet'];
/** Arguments of setup, which are checked as such. */
const CHECKED_LATER = ['gather_subset', 'gather_timeout', 'fact_path'];

describe('schemas for editors and loading', () => {
  const options = { strict: false, inlineRefs: false, code: { optimize: false }, validateSchema: false };
  const debug = builtinModules.filter(({ name }) => name === 'debug');
  const validate = new Ajv(options).compile(playbookSchema(debug));
  const loading = { rolePaths: [join(root, 'roles')], moduleNames: new Set(['debug']) };

  function disagreements(scope: Scope, keyword: string): readonly string[] {
    return SAMPLES.flatMap((sample) => {
      const text = PLACES[scope](`${keyword}: ${sample}`);
      const sources = createSources({ cwd: root });
      sources.add('site.yml', text);
      const problems = loadPlaybook(join(root, 'site.yml'), sources, loading).problems;
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (errors.some(({ code, summary }) => BY_MEANING.includes(code) || BY_SUMMARY.includes(summary))) {
        return [];
      }
      const inSchema = validate(parse(text));
      if (inSchema === (errors.length === 0)) return [];
      const how = inSchema ? `only loading refuses it: ${errors[0]?.detail}` : 'only the schema refuses it';
      return [`${scope}: ${keyword}: ${sample}: ${how}`];
    });
  }

  const done = new Set(CHECKED_LATER);
  for (const scope of ['play', 'task', 'block', 'role', 'handler'] as const) {
    // What stands in several places is read in one way.
    const keywords = keywordsOf(scope).filter(
      (keyword) => !done.has(keyword) && !OWN[scope].includes(keyword),
    );
    keywords.forEach((keyword) => done.add(keyword));
    it(`take and refuse the same values of keywords of a ${scope}`, () => {
      expect(keywords.flatMap((keyword) => disagreements(scope, keyword))).to.deep.equal([]);
    });
  }
});
