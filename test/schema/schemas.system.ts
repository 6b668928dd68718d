import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'chai';
import { parse } from 'yaml';
import { schemaOf, schemaText, type SchemaKind } from '../../src/cli/schema.ts';
import { keywordsOf, laterKeyword, scopesOf, type Scope } from '../../src/load/keywords.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { pages, shownFiles, yamlBlocks } from '../docs/pages.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';
import { keywordDocs } from '../../src/schema/keywords.ts';

const root = resolve(import.meta.dirname, '../..');
const modules = [...builtinModules].sort((a, b) => (a.name < b.name ? -1 : 1));
const schemas = new Map<SchemaKind, JsonSchema>();

function schemaFor(kind: SchemaKind): JsonSchema {
  const schema = schemas.get(kind) ?? schemaOf(kind, modules);
  schemas.set(kind, schema);
  return schema;
}

const validators = new Map<string, ValidateFunction>();

const ajv = new Ajv({ strict: false, inlineRefs: false, code: { optimize: false }, validateSchema: false });

/** Tasks and handlers are parts of playbooks: their rules are compiled once. */
function validatorOf(kind: SchemaKind): ValidateFunction {
  const known = validators.get(kind);
  if (known !== undefined) return known;
  const isPart = kind === 'tasks' || kind === 'handlers';
  if (kind === 'playbook') ajv.addSchema(schemaFor(kind), kind);
  if (isPart) validatorOf('playbook');
  const $ref = isPart ? `playbook#/definitions/${kind}` : kind;
  const made = ajv.compile(isPart || kind === 'playbook' ? { $ref } : schemaFor(kind));
  validators.set(kind, made);
  return made;
}

function mistakesIn(kind: SchemaKind, text: string): unknown {
  const validate = validatorOf(kind);
  return validate(parse(text, { merge: true })) ? [] : validate.errors;
}

function kindOf(value: unknown): SchemaKind | undefined {
  const keys = (Array.isArray(value) ? value : [value]).flatMap((one) => Object.keys((one ?? {}) as object));
  if (!Array.isArray(value)) return keys.includes('regions') ? 'inventory' : undefined;
  return keys.includes('hosts') || keys.includes('import_playbook') ? 'playbook' : 'tasks';
}

function filesOf(dir: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(root, dir, name));
}

describe('schemas for editors', () => {
  it('describe every keyword, and none that is not there', () => {
    const scopes: readonly Scope[] = ['play', 'role', 'block', 'task', 'handler'];
    const keywords = [...new Set(scopes.flatMap(keywordsOf))];
    expect(keywords.filter((key) => keywordDocs[key] === undefined)).to.deep.equal([]);
    const strange = Object.keys(keywordDocs).filter(
      (key) => !scopesOf(key) && laterKeyword(key) === undefined,
    );
    expect(strange).to.deep.equal([]);
  });

  // Those of tasks and handlers are parts of the playbook's.
  for (const kind of ['playbook', 'inventory', 'role', 'vars'] as const) {
    it(`${kind}: keeps to draft-07, and is printed whole`, () => {
      const plain = JSON.stringify(schemaFor(kind));
      expect(JSON.stringify(JSON.parse(schemaText(schemaFor(kind))))).to.equal(plain);
      expect(plain).not.to.match(/"(\$defs|prefixItems|unevaluated\w+|\$dynamicRef)"/);
    });
  }

  it('of tasks and handlers are parts of that of playbooks', () => {
    const whole = schemaFor('playbook');
    for (const [kind, item] of [
      ['tasks', 'item'],
      ['handlers', 'handler'],
    ] as const) {
      const { definitions, type, items } = schemaFor(kind);
      expect({ type, items }).to.deep.equal({ type: 'array', items: { $ref: `#/definitions/${item}` } });
      expect(definitions?.[kind]?.anyOf?.[0]).to.deep.equal({ type, items });
      expect(JSON.stringify(definitions)).to.equal(JSON.stringify(whole.definitions));
    }
  });

  it('take every playbook, task, inventory and role of the repository', () => {
    const sets: readonly (readonly [SchemaKind, readonly string[]])[] = [
      ['playbook', filesOf('playbooks', /\.yml$/)],
      ['tasks', filesOf('roles', /tasks\/[^/]+\.yml$/)],
      ['handlers', filesOf('roles', /handlers\/[^/]+\.yml$/)],
      [
        'vars',
        [...filesOf('roles', /defaults\/[^/]+\.yml$/), ...filesOf('inventory', /group_vars\/.*\.yml$/)],
      ],
      ['role', filesOf('roles', /meta\/[^/]+\.yml$/)],
      ['inventory', filesOf('inventory', /inventory\.yml$/)],
    ];
    for (const [kind, files] of sets) {
      expect(files, kind).not.to.deep.equal([]);
      for (const file of files) expect(mistakesIn(kind, readFileSync(file, 'utf8')), file).to.deep.equal([]);
    }
  });

  it('take the example of every module', () => {
    for (const { name, examples } of modules) {
      if (examples !== undefined) expect(mistakesIn('tasks', examples), name).to.deep.equal([]);
    }
  });

  it('take every example of the documentation', () => {
    for (const page of pages()) {
      // Modules of one's own are in the schema that the command prints where they are.
      if ([...shownFiles(page).keys()].some((file) => file.startsWith('modules/'))) continue;
      for (const { text, line, isFragment } of yamlBlocks(page)) {
        const kind = isFragment ? undefined : kindOf(parse(text, { merge: true }));
        if (kind !== undefined) expect(mistakesIn(kind, text), `${page}:${line}`).to.deep.equal([]);
      }
    }
  });

  const play = (text: string): string => `- hosts: all\n${text}`;
  const right: readonly (readonly [SchemaKind, string])[] = [
    ['playbook', '- import_playbook: other.yml\n  tags: [a]\n'],
    ['playbook', play('  roles: [a, { role: b, port: 1, when: x }]\n  serial: [1, "50%"]\n')],
    ['playbook', play('  tasks:\n    - block:\n        - ping:\n      rescue: [{ debug: { msg: no } }]\n')],
    ['tasks', '- copy: { src: a, dest: "{{b}}", mode: "{{m}}" }\n  loop: "{{c}}"\n  when: [a, "b > 1"]\n'],
    ['tasks', '- ansible.builtin.copy: { src: a, dest: b }\n- command: echo a\n  args: { chdir: /tmp }\n'],
    ['tasks', '- wait_for: { port: "8089", timeout: "{{t}}" }\n- set_fact: { anything: [1] }\n- ping:\n'],
    ['inventory', 'regions:\n  r: { parallel: 1, nodes: { n-1: , n-2: { address: 10.0.0.2 } } }\n'],
    ['inventory', 'all:\n  children:\n    web: { hosts: { a: , b: { port: 1 } } }\n'],
    ['vars', 'a: 1\nb: { c: [x] }\n'],
  ];
  for (const [kind, text] of right) {
    it(`${kind}: takes ${JSON.stringify(text)}`, () => {
      expect(mistakesIn(kind, text)).to.deep.equal([]);
    });
  }

  const wrong: readonly (readonly [SchemaKind, string])[] = [
    ['playbook', '- tasks: []\n'],
    ['playbook', play('  task: []\n')],
    ['playbook', play('  strategy: linaer\n')],
    ['playbook', play('  tasks:\n    - copy: { src: a, dets: b }\n')],
    ['tasks', '- copyy: { src: a }\n'],
    ['tasks', '- ping:\n  listen: a\n'],
    ['tasks', '- file: { path: /a, state: folder }\n'],
    ['tasks', '- ping:\n  retries: often\n'],
    ['handlers', '- name: restart\n  ping:\n  listen: { a: b }\n'],
    ['inventory', 'regions:\n  r: { hosts: {} }\n'],
    ['inventory', 'regionss: {}\n'],
    ['role', 'argument_specs: { main: { options: { a: { type: text } } } }\n'],
    ['vars', 'not-a-name: 1\n'],
  ];
  for (const [kind, text] of wrong) {
    it(`${kind}: refuses ${JSON.stringify(text)}`, () => {
      expect(mistakesIn(kind, text)).not.to.deep.equal([]);
    });
  }

  it('show what a keyword, a module and its argument are for', () => {
    const { definitions = {} } = schemaFor('playbook');
    const task = definitions['task']?.properties ?? {};
    expect(task['register']?.description).to.equal('Variable that keeps the result.');
    const copy = definitions['modules']?.properties?.['copy'];
    expect(copy?.description).to.match(/\.$/);
    expect(copy?.anyOf?.[0]?.properties?.['dest']?.description).to.match(/Required\.$/);
  });
});
