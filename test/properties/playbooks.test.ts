import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'yaml';
import { TransportError, type Connector } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { story } from '../run/story.ts';
import { outcomes, planProject, runProject } from '../run/support.ts';
import { patience, runs } from './runs.ts';

type Plain = Record<string, unknown>;

const folder = resolve(import.meta.dirname, '../peer/playbooks');
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yml'),
);
/** Tasks, roles and variables that the plays name. */
const files = Object.fromEntries(all.filter((name) => name.includes('/')).map((name) => [name, read(name)]));
/** Plays of the comparison with Ansible, without those that reach beyond what is faked here. */
const plays = all
  .filter(
    (name) => !name.includes('/') && !/^(environment|start-at|handlers-templates|unreachable-all)/.test(name),
  )
  .flatMap((name) => parse(read(name)) as Plain[])
  .filter((play) => 'hosts' in play);

const INVENTORY = `
vars: { log: /nowhere/log, from_inventory: all }
regions:
  one: { nodes: { n1: {}, n2: {} } }
  two: { nodes: { n3: {}, n4: {}, gone: {} } }
groups: { web: [n1, n2, n3, n4], pair: [n1, n2], down: [gone], nobody: [] }
`;

/** Answers as a shell would, where the tasks of the plays care; one node cannot be reached. */
function connector(): Connector {
  const failing = [/\bfalse\b|exit [1-9]/, /test (\S+) = (?!\1)/, /test (\S+) != \1/];
  const answers = [...failing.map((match) => ({ match, exitCode: 1 })), { match: /[^]*/ }];
  return {
    connect: async ({ name }) => {
      if (name === 'gone') throw new TransportError('timeout', 'gone: no answer', 'Is it up?');
      return createFakeLink(answers);
    },
    close: async () => undefined,
  };
}

const playWords: fc.Arbitrary<Plain> = fc.record(
  {
    hosts: fc.constantFrom('all', 'web', 'pair', 'web,gone', 'n3'),
    serial: fc.constantFrom(1, 2, '50%', [1, 2]),
    any_errors_fatal: fc.boolean(),
    max_fail_percentage: fc.constantFrom(0, 40, 60),
    force_handlers: fc.boolean(),
    ignore_errors: fc.constantFrom(true),
    order: fc.constantFrom('reverse_sorted', 'reverse'),
    regions: fc.constantFrom(1),
    check_mode: fc.constantFrom(true),
    gather_facts: fc.constant(false),
  },
  { requiredKeys: ['gather_facts'] },
);
const taskWords: fc.Arbitrary<Plain> = fc.constantFrom<Plain[]>(
  ...[
    { ignore_errors: true },
    { run_once: true },
    { run_once: 'region' },
    { when: 'inventory_hostname != "n1"' },
  ],
  ...[
    { when: false },
    { changed_when: false },
    { failed_when: true },
    { delegate_to: 'n4' },
    { throttle: 1 },
  ],
  ...[
    { any_errors_fatal: true },
    { loop: ['a', 'b'] },
    { check_mode: true },
    { ignore_unreachable: true },
    { register: 'r' },
  ],
  ...[{ loop: ['a', 'b'], loop_control: { loop_var: 'one' } }, { vars: { at: 'x' } }, { sync: 'region' }],
);

/** Puts words into some of the tasks, counted through all sections. */
function changed(play: Plain, changes: readonly (readonly [number, Plain])[]): Plain {
  let count = 0;
  const visit = (items: unknown): unknown =>
    !Array.isArray(items)
      ? items
      : (items as Plain[]).map((item) => {
          const mine = changes.filter(([place]) => place === count).map(([, words]) => words);
          count += 1;
          const sections = ['block', 'rescue', 'always'].filter((key) => key in item);
          const inner = Object.fromEntries(sections.map((key) => [key, visit(item[key])]));
          return Object.assign({}, item, inner, ...mine) as Plain;
        });
  const sections = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'].filter((key) => key in play);
  return { ...play, ...Object.fromEntries(sections.map((key) => [key, visit(play[key])])) };
}

const play = fc
  .tuple(
    fc.constantFrom(...plays),
    playWords,
    fc.array(fc.tuple(fc.nat({ max: 9 }), taskWords), { maxLength: 3 }),
  )
  .map(([base, words, changes]) => ({
    ...changed(base, changes),
    ...words,
    hosts: words['hosts'] ?? base['hosts'],
  }));
const playbook = fc.array(play, { minLength: 1, maxLength: 2 }).map((list) => JSON.stringify(list));

/** True when nothing of it is wrong before the run: words may have come where they make no sense. */
function loads(text: string): boolean {
  const { problems } = planProject({ inventory: INVENTORY, playbook: text, files });
  return problems.every(({ severity }) => severity !== 'error');
}

describe('property: playbooks put together at random', () => {
  const speculations = [true, false] as const;

  it('run to their end, without a mistake of ours, and tell the same with and without speculation', async function () {
    this.timeout(patience(30));
    await fc.assert(
      fc.asyncProperty(playbook, async (text) => {
        fc.pre(loads(text));
        const told = [];
        for (const speculate of speculations) {
          const options = { speculate, signal: AbortSignal.timeout(20_000) };
          const run = {
            inventory: INVENTORY,
            playbook: text,
            files,
            connector: connector(),
            dependsOnTime: true,
          };
          const { events, finished } = await runProject({ ...run, options });
          expect(finished.interrupted, 'it ends').to.equal(false);
          expect(JSON.stringify(events)).not.to.include('internal error');
          for (const row of finished.recap) expect(row.changed, row.node).to.be.at.most(row.ok);
          told.push({ story: story(events), recap: finished.recap, tasks: outcomes(events).toSorted() });
        }
        expect(told[1]).to.deep.equal(told[0]);
      }),
      runs(5),
    );
  });
});
