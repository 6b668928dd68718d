import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { loadProject } from '../../src/cli/project.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { readAnswer } from '../../src/modules/setup/answer.ts';
import { factGroups } from '../../src/modules/setup/groups.ts';
import { project } from '../load/project.ts';
import { bytes, mutated } from './mutations.ts';
import { cpuMs, patience, runs } from './runs.ts';

const root = resolve(import.meta.dirname, '../..');
const texts = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yml'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));

const INVENTORY =
  'vars: { ansible_connection: local, x: [1] }\nregions:\n  r:\n    nodes: { "n[1:2]": {} }\n';
const PLAY =
  '- hosts: all\n  vars_files: [vars.yml]\n  roles: [r]\n  tasks:\n    - debug: { msg: "{{x}}" }\n';
const VARS = 'y: &a { k: "{{x}}", l: [1, 2.5, true, null] }\nz: *a\nlong: |\n  text\n';
const SPECS =
  'argument_specs:\n  main:\n    options:\n      x: { type: list, elements: int, required: true }\n      y: { type: dict, options: { k: { type: raw }, l: { type: list } } }\n';
const TASKS =
  '- when: x == [1] && size(y) > 0\n  block:\n    - command: echo {{y.k}}\n      register: r\n      until: r.rc == 0\n  rescue:\n    - include_tasks: other.yml\n  always:\n    - template: { src: t.j2, dest: /tmp/x }\n      notify: h\n';
const TEMPLATE = '{{#each x}}{{@index}}={{this}}\n{{/each}}{{#if y}}{{yaml y}}{{else}}none{{/if}}\n';
/** A small project of every kind of file, any one of which is taken by the broken one. */
const FILES: Readonly<Record<string, string>> = {
  'inventory.yml': INVENTORY,
  'p.yml': PLAY,
  'vars.yml': VARS,
  'group_vars/all.yml': 'w: 1\n',
  'roles/r/tasks/main.yml': TASKS,
  'roles/r/tasks/other.yml': '- ping:\n',
  'roles/r/handlers/main.yml': '- name: h\n  ping:\n',
  'roles/r/meta/main.yml': 'dependencies: []\n',
  'roles/r/meta/argument_specs.yml': SPECS,
  'roles/r/defaults/main.yml': 'q: 1\n',
  'roles/r/templates/t.j2': TEMPLATE,
};

function sound(problems: readonly Diagnostic[]): void {
  for (const { summary, detail, at } of problems) {
    expect(Math.min(summary.length, detail.length)).to.be.above(3);
    if (at !== undefined) expect(Math.min(at.line, at.column, at.length)).to.be.at.least(1);
  }
}

/** Loads and plans the project, and holds it to its limits of work. */
async function check(
  files: Readonly<Record<string, string | Buffer>>,
  mostMs = 1500,
): Promise<readonly Diagnostic[]> {
  const made = project(files);
  try {
    const before = cpuMs();
    const { problems } = await loadProject({
      inventories: ['inventory.yml'],
      playbooks: ['p.yml'],
      cwd: made.dir,
    });
    expect(cpuMs() - before, 'milliseconds').to.be.below(mostMs);
    sound(problems);
    return problems;
  } finally {
    made.remove();
  }
}

describe('property: any bytes are a project or problems', () => {
  const playbooks = [...texts('test/peer/playbooks'), ...texts('playbooks')].filter(
    (text) => text.length < 6000,
  );
  const named = fc.constantFrom(...Object.keys(FILES));

  before(async function () {
    this.timeout(20_000);
    await check(FILES, 20_000);
  });

  it('the project itself is sound', async () => {
    expect(await check(FILES)).to.deep.equal([]);
  });

  it('a playbook that something has happened to', async function () {
    this.timeout(patience(30));
    await fc.assert(
      fc.asyncProperty(mutated(playbooks), async (text) => void (await check({ ...FILES, 'p.yml': text }))),
      runs(8),
    );
  });

  it('any file of a project that something has happened to', async function () {
    this.timeout(patience(30));
    const broken = named.chain((name) => mutated([FILES[name] ?? '']).map((text) => [name, text] as const));
    await fc.assert(
      fc.asyncProperty(broken, async ([name, text]) => void (await check({ ...FILES, [name]: text }))),
      runs(12),
    );
  });

  it('any file of a project that never was one', async function () {
    this.timeout(patience(30));
    await fc.assert(
      fc.asyncProperty(named, bytes, async (name, text) => void (await check({ ...FILES, [name]: text }))),
      runs(12),
    );
  });

  const deep = 20_000;
  const bomb = [
    'a: &a0 [x, x, x]',
    ...Array.from({ length: 30 }, (_, i) => `b${i}: &a${i + 1} [*a${i}, *a${i}, *a${i}]`),
  ];
  const huge: readonly (readonly [string, string])[] = [
    ['nested lists', '['.repeat(deep)],
    ['nested maps', `x: ${'{a: '.repeat(deep)}`],
    ['nested blocks', Array.from({ length: 400 }, (_, i) => `${'  '.repeat(i)}- block:\n`).join('')],
    ['indentation', Array.from({ length: 500 }, (_, i) => `${' '.repeat(i)}a:\n`).join('')],
    ['an alias bomb', bomb.join('\n')],
    ['a long line', `x: ${'y'.repeat(2_000_000)}\n`],
    ['a long key', `${'k'.repeat(500_000)}: 1\n`],
    ['many keys', Array.from({ length: 5_000 }, (_, i) => `k${i}: 1\n`).join('')],
    ['many quotes', `x: ${'"'.repeat(5_001)}`],
    ['nested templates', `- hosts: all\n  name: "${'{{#if x}}'.repeat(5_000)}"\n`],
    ['nested calls', `- hosts: all\n  tasks:\n    - debug: { msg: "{{${'(not '.repeat(5_000)}x" }\n`],
    ['a deep condition', `- hosts: all\n  tasks:\n    - ping:\n      when: ${'('.repeat(20_000)}x\n`],
    ['a long condition', `- hosts: all\n  tasks:\n    - ping:\n      when: ${'!'.repeat(20_000)}x\n`],
    ['many tabs', '\t'.repeat(200_000)],
    ['many documents', '---\n'.repeat(20_000)],
  ];
  huge.forEach(([name, text], i) => {
    it(`too much of it: ${name}`, async function () {
      this.timeout(30_000);
      // Its kind decides as what it is read; the parser below is one for all.
      const file = ['p.yml', 'vars.yml', 'inventory.yml'][text.startsWith('- hosts') ? 0 : i % 3] ?? '';
      await check({ ...FILES, [file]: text }, 3_000);
    });
  });
});

describe('property: any bytes are an inventory or problems', () => {
  const given = [...texts('inventory').filter((text) => text.length < 6000), INVENTORY];
  const ini = readFileSync(join(root, 'test/peer/inventory.ini'), 'utf8');
  const json = JSON.stringify(
    {
      web: { hosts: ['a', 'b'], vars: { x: [1] }, children: ['db'] },
      _meta: { hostvars: { a: { ansible_port: 22 } } },
    },
    null,
    1,
  );

  function read(name: string, text: Buffer): void {
    const made = project({ [name]: text });
    try {
      const before = cpuMs();
      sound(loadInventory([made.path(name)], made.sources).problems);
      expect(cpuMs() - before, 'milliseconds').to.be.below(1500);
    } finally {
      made.remove();
    }
  }

  const kinds: readonly (readonly [string, fc.Arbitrary<Buffer>])[] = [
    ['inventory.yml', mutated(given)],
    ['hosts', mutated([ini])],
    ['inventory.json', mutated([json])],
    ['hosts.ini', bytes],
  ];
  for (const [name, arbitrary] of kinds) {
    it(name, function () {
      this.timeout(patience(30));
      fc.assert(
        fc.property(arbitrary, (text) => read(name, text)),
        runs(15),
      );
    });
  }
});

describe('property: any answer of a node are facts or none', () => {
  const release = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n';
  const lines = (path: string, text: string): string =>
    text
      .split('\n')
      .map((line) => `${path}:${line}`)
      .join('\n');
  const answer = [
    `\n\x1efiles\n${lines('/etc/os-release', release)}\n${lines('/proc/meminfo', 'MemTotal: 16 kB\nMemFree: 1 kB')}`,
    `\n\x1elines\n${lines('/proc/cpuinfo', 'processor : 0\nmodel name : x')}\n\x1epaths\n/etc/fips`,
    ...factGroups.map(({ name }) => `\n\x1e${name}\n1 2 3\n{"a": [1]}\ntext\n`),
    '\n\x1eend\n',
  ].join('');

  function read(text: string): void {
    const before = cpuMs();
    const found = readAnswer(text);
    const moment = { asked: 0, answered: 1 };
    for (const group of factGroups) {
      if (found === undefined) break;
      const { facts } = group.read(found, moment);
      expect(JSON.stringify(facts)).to.be.a('string');
      expect(Object.getPrototypeOf(facts)).to.equal(Object.prototype);
    }
    expect(cpuMs() - before, 'milliseconds').to.be.below(1500);
  }

  it('what comes back cut, doubled or broken', function () {
    this.timeout(patience(20));
    const whole = mutated([answer]).map((text) => `${text.toString()}\n\x1eend\n`);
    fc.assert(fc.property(fc.oneof(whole, mutated([answer]).map(String)), read), runs(15));
  });

  it('anything below any section', function () {
    this.timeout(patience(20));
    const names = ['files', 'lines', 'paths', ...factGroups.map(({ name }) => name)];
    const section = fc.tuple(
      fc.constantFrom(...names),
      fc.oneof(bytes.map(String), fc.json(), fc.string({ maxLength: 60 })),
    );
    const all = fc.array(section, { maxLength: 8 });
    fc.assert(
      fc.property(all, (parts) =>
        read(`${parts.map(([name, text]) => `\n\x1e${name}\n${text}`).join('')}\n\x1eend\n`),
      ),
      runs(25),
    );
  });
});
