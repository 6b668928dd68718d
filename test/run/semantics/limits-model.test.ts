import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import * as z from 'zod';
import { defineModule, ModuleError, type AnyModule } from '../../../src/modules/define.ts';
import { runProject } from '../support.ts';
import { runs } from '../../properties/runs.ts';

interface TaskCase {
  readonly limits: readonly string[];
  readonly throttle: number | undefined;
  readonly sync: 'region' | 'all' | undefined;
  /** Nodes, by their index in the region, that fail it. */
  readonly fails: readonly number[];
  readonly ticks: number;
}

interface BlockCase {
  readonly tasks: readonly TaskCase[];
  readonly limited: boolean;
  readonly rescued: boolean;
}

interface RunCase {
  readonly regions: readonly { readonly nodes: number; readonly parallel: number | undefined }[];
  readonly atOnce: number;
  readonly forks: number;
  readonly strategy: 'linear' | 'host_pinned' | 'free';
  readonly serial: number | undefined;
  readonly limits: Readonly<Record<'a' | 'b', number>>;
  readonly blocks: readonly BlockCase[];
}

const some = (max: number) => fc.option(fc.integer({ min: 1, max }), { nil: undefined });
const task: fc.Arbitrary<TaskCase> = fc.record({
  limits: fc.constantFrom([], [], ['b'], ['a', 'b']),
  throttle: some(2),
  sync: fc.constantFrom(undefined, undefined, 'region' as const, 'all' as const),
  fails: fc.constantFrom([], [], [], [0], [1]),
  ticks: fc.integer({ min: 0, max: 4 }),
});
const runCase: fc.Arbitrary<RunCase> = fc.record({
  regions: fc.array(fc.record({ nodes: fc.integer({ min: 1, max: 3 }), parallel: some(2) }), {
    minLength: 1,
    maxLength: 3,
  }),
  atOnce: fc.integer({ min: 1, max: 3 }),
  forks: fc.integer({ min: 1, max: 5 }),
  strategy: fc.constantFrom('linear', 'host_pinned', 'free'),
  serial: some(2),
  limits: fc.record({ a: fc.integer({ min: 1, max: 2 }), b: fc.integer({ min: 1, max: 3 }) }),
  blocks: fc.array(
    fc.record({
      tasks: fc.array(task, { minLength: 1, maxLength: 3 }),
      limited: fc.boolean(),
      rescued: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

/** What a task may say where it stands; what would be refused at load is left out. */
function allowed(one: TaskCase, block: BlockCase, run: RunCase): TaskCase {
  const tight = run.strategy === 'host_pinned' && run.regions.some(({ parallel }) => parallel !== undefined);
  const sync = block.limited || tight ? undefined : one.sync;
  return {
    ...one,
    sync: sync === 'all' && run.atOnce < run.regions.length ? undefined : sync,
    limits: block.limited ? one.limits.filter((name) => name === 'b') : one.limits,
  };
}

interface Placed extends TaskCase {
  readonly name: string;
  readonly block: number;
}

function placedTasks(run: RunCase): readonly Placed[] {
  return run.blocks.flatMap((block, b) =>
    block.tasks.map((one, t) => ({ ...allowed(one, block, run), name: `t${b}.${t}`, block: b })),
  );
}

function playbookOf(run: RunCase): string {
  const tasks = placedTasks(run);
  const blocks = run.blocks.map((block, b) => ({
    block: tasks
      .filter((one) => one.block === b)
      .map(({ name, limits, throttle, sync, fails, ticks }) => ({
        ...{ name, work: { name, ticks, fails } },
        ...{
          ...(limits.length > 0 && { limit: limits }),
          ...(throttle && { throttle }),
          ...(sync && { sync }),
        },
      })),
    ...(block.rescued && { rescue: [{ name: `r${b}`, work: { name: `r${b}`, ticks: 1, fails: [] } }] }),
    ...(block.limited && { limit: 'a' }),
  }));
  const { strategy, serial, limits, atOnce: regions } = run;
  return JSON.stringify([
    { hosts: 'all', strategy, ...(serial && { serial }), limits, regions, tasks: blocks },
  ]);
}

function inventoryOf({ regions }: RunCase): string {
  const named = regions.map(({ nodes, parallel }, r) => {
    const names = Array.from({ length: nodes }, (_, n) => [`r${r}n${n}`, {}]);
    return [`r${r}`, { ...(parallel && { parallel }), nodes: Object.fromEntries(names) as object }];
  });
  return JSON.stringify({ regions: Object.fromEntries(named) as object });
}

interface Stretch {
  readonly node: string;
  readonly task: string;
  readonly from: number;
  to: number;
}

/** `work: {name, ticks, fails}`: takes so many turns of the event loop, and notes when. */
function workModule(done: Stretch[], clock: { now: number }): AnyModule {
  return defineModule({
    name: 'work',
    summary: 'takes its time',
    always: 'it acts every time',
    args: z.strictObject({ name: z.string(), ticks: z.number(), fails: z.array(z.number()) }),
    returns: z.object({}),
    check: () => Promise.resolve({ changes: [{ subject: 'work', summary: 'done' }], result: {} }),
    apply: async (node, { name, ticks, fails }) => {
      const stretch = { node: node.name, task: name, from: ++clock.now, to: Infinity };
      done.push(stretch);
      for (let i = 0; i < ticks; i++) await setImmediate();
      stretch.to = ++clock.now;
      if (fails.includes(Number(node.name.slice(-1)))) throw new ModuleError({ message: 'as it should' });
      return {};
    },
  });
}

/** The most stretches that ever overlap. */
function most(stretches: readonly Stretch[]): number {
  return Math.max(
    0,
    ...stretches.map(({ from }) => stretches.filter((s) => s.from <= from && from < s.to).length),
  );
}

const regionOf = ({ node }: Stretch): string => node.slice(0, 2);

function checkLimits(run: RunCase, done: readonly Stretch[]): void {
  const tasks = placedTasks(run);
  expect(most(done), 'forks').to.be.at.most(run.forks);
  run.regions.forEach(({ parallel = Infinity }, r) => {
    const mine = done.filter((s) => regionOf(s) === `r${r}`);
    expect(most(mine), `parallel of r${r}`).to.be.at.most(parallel);
    for (const { name, throttle = Infinity } of tasks) {
      expect(most(mine.filter((s) => s.task === name)), `throttle of ${name}`).to.be.at.most(throttle);
    }
  });
  for (const name of ['a', 'b'] as const) {
    const inTasks = done.filter((s) => tasks.find((t) => t.name === s.task)?.limits.includes(name));
    const inBlocks =
      name === 'b' ? [] : run.blocks.flatMap((block, b) => (block.limited ? inBlock(b, done) : []));
    // In a block that holds it, its tasks count once.
    const all = [
      ...inTasks.filter((s) => !run.blocks[Number(s.task[1])]?.limited || name === 'b'),
      ...inBlocks,
    ];
    expect(most(all), `limit ${name}`).to.be.at.most(run.limits[name]);
  }
}

/** Each node's time in a block, from its first task to its last. */
function inBlock(b: number, done: readonly Stretch[]): readonly Stretch[] {
  const mine = done.filter(({ task: name }) => name.startsWith(`t${b}.`) || name === `r${b}`);
  return [...new Set(mine.map(({ node }) => node))].map((node) => {
    const own = mine.filter((s) => s.node === node);
    return {
      node,
      task: '',
      from: Math.min(...own.map((s) => s.from)),
      to: Math.max(...own.map((s) => s.to)),
    };
  });
}

/** Whoever has come to a barrier began only when all others who ever come to it had done what is before it. */
function checkBarriers(run: RunCase, done: readonly Stretch[]): void {
  const tasks = placedTasks(run);
  for (const [i, one] of tasks.entries()) {
    if (one.sync === undefined || run.serial !== undefined) continue;
    const at = done.filter((s) => s.task === one.name);
    const before = new Set(tasks.slice(0, i).map(({ name }) => name));
    for (const begun of at) {
      const others = at.filter((s) => one.sync === 'all' || regionOf(s) === regionOf(begun));
      const names = new Set(others.map(({ node }) => node));
      const late = done.filter((s) => names.has(s.node) && before.has(s.task) && s.to > begun.from);
      expect(late, `sync of ${one.name}`).to.deep.equal([]);
    }
  }
}

/** Each node does its tasks in their order, each once, up to one that it fails. */
function checkOrder(run: RunCase, done: readonly Stretch[]): void {
  const order = run.blocks.flatMap((block, b) => [...block.tasks.map((_, t) => `t${b}.${t}`), `r${b}`]);
  for (const node of new Set(done.map((s) => s.node))) {
    const own = done.filter((s) => s.node === node).map((s) => order.indexOf(s.task));
    expect(own, node).to.deep.equal([...new Set(own)].toSorted((x, y) => x - y));
  }
  const failing = placedTasks(run).some(({ fails }) => fails.length > 0);
  if (failing) return;
  const nodes = run.regions.reduce((sum, region) => sum + region.nodes, 0);
  expect(done).to.have.length(nodes * placedTasks(run).length);
}

describe('limits, against a model', () => {
  it('none is ever exceeded, whoever waits for someone gets on, and every run ends', async function () {
    this.timeout(20_000);
    await fc.assert(
      fc.asyncProperty(runCase, async (run) => {
        const done: Stretch[] = [];
        const modules = [workModule(done, { now: 0 })];
        const [inventory, playbook] = [inventoryOf(run), playbookOf(run)];
        await runProject({
          inventory,
          playbook,
          modules,
          options: { forks: run.forks },
          dependsOnTime: true,
        });
        checkLimits(run, done);
        checkBarriers(run, done);
        checkOrder(run, done);
      }),
      { ...runs(10), timeout: 3000 },
    );
  });
});
