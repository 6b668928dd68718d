import { expect } from 'chai';
import fc from 'fast-check';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes, recap, runProject } from '../support.ts';
import { runs } from '../../properties/runs.ts';

interface TaskCase {
  /** Indexes, over all nodes, of those that fail it. */
  readonly fails: readonly number[];
  readonly runOnce: 'region' | false;
  readonly delegated: boolean;
  readonly single: boolean;
  readonly fatal: boolean | undefined;
}

interface PlayCase {
  readonly regions: readonly number[];
  readonly serial: number | undefined;
  readonly maxFail: number | undefined;
  readonly fatal: boolean;
  readonly tasks: readonly TaskCase[];
}

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const playCase: fc.Arbitrary<PlayCase> = fc.record({
  regions: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
  serial: option(fc.integer({ min: 1, max: 3 })),
  maxFail: option(fc.constantFrom(0, 25, 50, 70)),
  fatal: fc.boolean(),
  tasks: fc.array(
    fc.record({
      fails: fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 2 }),
      runOnce: fc.constantFrom(false as const, false as const, 'region' as const),
      delegated: fc.boolean(),
      single: fc.boolean(),
      fatal: option(fc.boolean()),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

const nodesOf = ({ regions }: PlayCase): readonly (readonly string[])[] =>
  regions.map((count, r) => Array.from({ length: count }, (_, n) => `r${r}n${n}`));

function playbookOf(play: PlayCase): string {
  const names = nodesOf(play).flat();
  const tasks = play.tasks.map(({ fails, runOnce, delegated, single, fatal }, i) => ({
    run: {
      say: `t${i} {{inventory_hostname}}`,
      // The module knows the node that it works on.
      rc: `{{#if (contains "${fails.map((n) => names[n] ?? '-').join()}" inventory_hostname)}}1{{else}}0{{/if}}`,
    },
    ...(runOnce && { run_once: runOnce }),
    ...(delegated && { delegate_to: names[0] }),
    ...(single && { throttle: 1 }),
    ...(fatal !== undefined && { any_errors_fatal: fatal }),
  }));
  const policy = {
    ...(play.serial && { serial: play.serial }),
    ...(play.maxFail !== undefined && { max_fail_percentage: play.maxFail }),
    any_errors_fatal: play.fatal,
  };
  return JSON.stringify([
    { hosts: 'all', ...policy, tasks },
    { hosts: 'all', tasks: [{ run: 'later {{inventory_hostname}}' }] },
  ]);
}

function inventoryOf(play: PlayCase): string {
  const regions = nodesOf(play).map((nodes, r) => [
    `r${r}`,
    { nodes: Object.fromEntries(nodes.map((name) => [name, {}])) },
  ]);
  return JSON.stringify({ regions: Object.fromEntries(regions) as object });
}

/** What a region does by the words of the documents: each line is a task and the node that it is for. */
function model(play: PlayCase, nodes: readonly string[], all: readonly string[]): readonly string[] {
  const done: string[] = [];
  const failed = new Set<string>();
  const answered = new Map<number, boolean>();
  let stopped = false;
  const size = play.serial ?? nodes.length;
  for (let from = 0; from < nodes.length && !stopped; from += size) {
    const batch = nodes.slice(from, from + size);
    const use = (task: TaskCase, i: number, node: string): boolean => {
      done.push(`t${i} ${node}`);
      const fails = task.fails.some((n) => all[n] === node);
      if (!fails) return true;
      failed.add(node);
      const share = (batch.filter((name) => failed.has(name)).length * 100) / batch.length;
      const fatal = task.fatal ?? play.fatal;
      if (fatal || share > (play.maxFail ?? 100) || share === 100) stopped = true;
      return false;
    };
    for (const [i, task] of play.tasks.entries()) {
      const active = batch.filter((node) => !failed.has(node));
      if (stopped || active.length === 0) break;
      if (task.runOnce === false) {
        // One at a time, nobody begins behind the end; all together, all have begun before.
        for (const node of active) if (!task.single || !stopped) use(task, i, node);
      } else if (!answered.has(i)) {
        const well = use(task, i, active[0] ?? '');
        answered.set(i, well);
        if (!well) stopped = true;
      }
    }
  }
  const left = stopped ? [] : nodes.filter((node) => !failed.has(node));
  return [...done, ...left.map((node) => `later ${node}`)];
}

describe('semantics: serial × max_fail_percentage × any_errors_fatal × run_once × delegate_to × throttle × regions', () => {
  it('is what the documents say, with and without speculation', async function () {
    this.timeout(20_000);
    await fc.assert(
      fc.asyncProperty(playCase, async (play) => {
        const regions = nodesOf(play);
        const expected = regions.flatMap((nodes) => model(play, nodes, regions.flat()));
        for (const speculate of [true, false]) {
          const [inventory, playbook] = [inventoryOf(play), playbookOf(play)];
          const { world } = await runProject({
            inventory,
            playbook,
            options: { speculate },
            dependsOnTime: true,
          });
          const ran = world.log.map((line) => line.replace(/^\S+ run /, ''));
          expect(ran).to.have.members(expected);
        }
      }),
      runs(8),
    );
  });
});

describeBothWays('semantics: failure policy', () => {
  const inventory = fourNodes;
  const ran = (log: readonly string[], word: string): string[] =>
    log.filter((line) => line.endsWith(` run ${word}`)).map((line) => line.split(' ')[0] ?? '');

  it('run_once: true is asked once over regions and batches; when it fails, all that need it stop', async () => {
    const playbook = (rc: number): string => `
- hosts: all
  serial: 1
  tasks:
    - { run: { say: once, rc: ${rc} }, run_once: true, register: r }
    - run: "after {{r.stdout}}"
- hosts: all
  tasks: [{ run: later }]
`;
    const well = await runProject({ inventory, playbook: playbook(0) });
    expect(ran(well.world.log, 'once')).to.have.length(1);
    expect(ran(well.world.log, 'after once')).to.have.members(['e1', 'e2', 'w1', 'w2']);
    const badly = await runProject({ inventory, playbook: playbook(1) });
    expect(ran(badly.world.log, 'once')).to.have.length(1);
    expect(badly.world.log).to.have.length(1);
    expect(badly.finished.recap.filter(({ failed }) => failed > 0)).to.have.length(1);
  });

  it('run_once with delegate_to works there, with the first node’s words; all have its answer', async () => {
    const playbook = `
- hosts: all
  regions: 1
  tasks:
    - { run: "{{inventory_hostname}}", run_once: true, delegate_to: w2, register: r }
    - run: "got {{r.stdout}}"
`;
    const { world } = await runProject({ inventory, playbook });
    expect(world.log[0]).to.equal('w2 run e1');
    expect(ran(world.log, 'got e1')).to.have.length(4);
  });

  it('run_once takes the answer of the first node, skipped as well', async () => {
    const playbook = `
- hosts: east
  tasks:
    - { run: once, run_once: true, when: inventory_hostname == "e2", register: r }
    - { run: was skipped, when: r.skipped }
`;
    const { world } = await runProject({ inventory, playbook });
    expect(world.log).to.deep.equal(['e1 run was skipped', 'e2 run was skipped']);
  });

  it('unreachable counts for max_fail_percentage as failed does; ignored failures do not', async () => {
    const playbook = (more: string): string => `
- hosts: east
  max_fail_percentage: 49
  tasks:
    - get: { key: a, lost: e1 }
      ${more}
    - run: after
`;
    expect(ran((await runProject({ inventory, playbook: playbook('') })).world.log, 'after')).to.deep.equal(
      [],
    );
    const ignored = await runProject({ inventory, playbook: playbook('ignore_unreachable: true') });
    expect(ran(ignored.world.log, 'after')).to.deep.equal(['e1', 'e2']);
  });

  it('a delegate that cannot be reached makes the node that the task is for unreachable', async () => {
    const playbook = `
- hosts: e1
  tasks:
    - { get: { key: a, lost: w1 }, delegate_to: w1 }
- hosts: w1
  tasks: [{ run: there }]
`;
    const { world, finished } = await runProject({ inventory, playbook });
    expect(recap(finished, 'e1')).to.equal('unreachable=1');
    expect(ran(world.log, 'there')).to.deep.equal(['w1']);
  });

  it('a region that stops leaves its always sections and the other regions; handlers are not even forced', async () => {
    const playbook = `
- hosts: all
  any_errors_fatal: true
  force_handlers: true
  handlers: [{ name: h, run: handled }]
  tasks:
    - block:
        - { run: change, notify: h }
        - run: { say: try, fail_on: [e1] }
        - run: rest
      always:
        - run: always
    - run: after
`;
    const { world } = await runProject({ inventory, playbook });
    expect(ran(world.log, 'always')).to.have.members(['e1', 'e2', 'w1', 'w2']);
    expect(ran(world.log, 'handled')).to.have.members(['w1', 'w2']);
    expect(ran(world.log, 'after')).to.have.members(['w1', 'w2']);
    expect(ran(world.log, 'rest')).to.have.members(['w1', 'w2']);
  });

  it('in check mode what is unknown is no failure', async () => {
    const playbook = `
- hosts: all
  any_errors_fatal: true
  serial: 1
  tasks:
    - set: { key: a, value: 1 }
    - get: { key: a, needed: true }
    - { run: once, run_once: true }
    - get: { key: b }
`;
    const { world, finished } = await runProject({ inventory, playbook, options: { check: true } });
    expect(world.log.filter((line) => line.endsWith('get b'))).to.have.length(4);
    expect(finished.recap.every(({ failed, unknown }) => failed === 0 && unknown > 0)).to.equal(true);
  });
});
