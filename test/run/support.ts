import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunEvent, RunFinished, TaskFinished } from '../../src/events/event.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { createLateReader } from '../../src/load/late.ts';
import { loadPlaybook } from '../../src/load/playbook.ts';
import { createSources } from '../../src/load/sources.ts';
import { Masker } from '../../src/model/masker.ts';
import type { RunPlan } from '../../src/model/plan.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { planGrown } from '../../src/plan/replan.ts';
import type { Replan } from '../../src/run/live-inventory.ts';
import { runPlan } from '../../src/run/run-plan.ts';
import type { Steersman } from '../../src/run/steering.ts';
import type { RunOptions } from '../../src/run/options.ts';
import type { OutputStore } from '../../src/run/output-store.ts';
import type { Connector, Link } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { note, speculates } from './both-ways.ts';
import { createWorld, type World } from './world.ts';

export interface Project {
  readonly inventory: string;
  readonly playbook: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly modules?: readonly AnyModule[];
  readonly limit?: string;
  readonly tags?: readonly string[];
  readonly skipTags?: readonly string[];
  readonly extra?: Readonly<Record<string, string>>;
  readonly options?: Partial<RunOptions>;
  readonly startAt?: string;
  readonly steersman?: Steersman;
  readonly world?: World;
  readonly connector?: Connector;
  readonly outputs?: OutputStore;
  /** What its events say differs from run to run. */
  readonly dependsOnTime?: boolean;
  /** Called with each event as it comes. */
  readonly onEvent?: (event: RunEvent) => void;
}

export interface Ran {
  readonly events: readonly RunEvent[];
  readonly finished: RunFinished;
  readonly world: World;
}

const place = { file: '-e', line: 1, column: 1, length: 1 };

/** Loads and plans a project that is given as texts; the folder is gone afterwards. */
export function planProject(
  project: Project,
  world: World = createWorld(),
): { plan: RunPlan; problems: readonly Diagnostic[] } {
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-test-'));
  try {
    return planIn(dir, project, world);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

function planIn(dir: string, project: Project, world: World) {
  const files = { ...project.files, 'inventory.yml': project.inventory, 'play.yml': project.playbook };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  }
  const modules = new Map(
    [...builtinModules, ...world.modules, ...(project.modules ?? [])].map((m) => [m.name, m]),
  );
  const sources = createSources();
  const inventory = loadInventory([join(dir, 'inventory.yml')], sources);
  const reading = { rolePaths: [], moduleNames: new Set(modules.keys()) };
  const playbook = loadPlaybook(join(dir, 'play.yml'), sources, reading);
  const vars = Object.entries(project.extra ?? {}).map(
    ([name, value]) =>
      [name, { at: place, value: { kind: 'scalar', value, quoted: true, at: place } }] as const,
  );
  const request = {
    inventory: inventory.value,
    playbooks: [playbook.value],
    modules,
    files: { exists, read: (path: string) => ({ text: readFileSync(path, 'utf8'), shownAs: path }) },
    tags: { tags: project.tags ?? [], skipTags: project.skipTags ?? [] },
    limit: project.limit,
    startAt: project.startAt,
    regionsAtOnce: project.options?.regionsAtOnce,
    extra: { label: '-e', vars: new Map(vars) },
    defaultRegion: undefined,
    late: createLateReader({ sources, unlock: () => Promise.resolve(false), ...reading }),
  };
  const planned = makePlan(request);
  const replan: Replan = (change) => Promise.resolve(planGrown(request, change));
  const problems = [...inventory.problems, ...playbook.problems, ...planned.problems];
  return { plan: planned.value, problems, modules, replan };
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Loads, plans and runs a project over links that answer every command with success. */
export async function runProject(project: Project): Promise<Ran> {
  const world = project.world ?? createWorld();
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-test-'));
  try {
    const { plan, problems, modules, replan } = planIn(dir, project, world);
    const errors = problems.filter((p) => p.severity === 'error');
    if (errors.length > 0) throw new Error(JSON.stringify(errors, null, 1));
    const events: RunEvent[] = [];
    const finished = await runPlan(
      plan,
      { ...plainOptions, speculate: speculates(), ...project.options },
      {
        modules,
        connector: project.connector ?? yesConnector(),
        outputs: project.outputs,
        replan,
        steersman: project.steersman,
        masker: new Masker(),
        report: (event) => {
          events.push(event);
          project.onEvent?.(event);
        },
      },
    );
    note(events, project.dependsOnTime !== true);
    return { events, finished, world };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const plainOptions: RunOptions = {
  check: false,
  diff: false,
  forks: 50,
  regionsAtOnce: undefined,
  become: false,
  becomeUser: undefined,
  becomePassword: undefined,
  user: undefined,
  password: undefined,
  privateKeyFile: undefined,
  hostKeyChecking: 'yes',
  connectTimeoutMs: 1000,
  speculate: true,
  signal: new AbortController().signal,
};

/** A connector whose links answer every command with exit code 0. */
export function yesConnector(): Connector {
  return {
    connect: async (): Promise<Link> => createFakeLink([{ match: /[^]*/ }]),
    close: async () => undefined,
  };
}

/** The outcomes of tasks as "node task status", in the order they came. */
export function outcomes(events: readonly RunEvent[]): string[] {
  return finishedTasks(events).map((e) => `${e.node} ${e.name} ${e.status}`);
}

/** Events of whole tasks on nodes, without those of single items. */
export function finishedTasks(events: readonly RunEvent[]): (TaskFinished & { time: number })[] {
  return events.filter((e) => e.type === 'task-finished').filter((e) => e.item === undefined);
}

/** A recap row as text without its zeros. */
export function recap(finished: RunFinished, node: string): string {
  const row = finished.recap.find((r) => r.node === node);
  return Object.entries(row ?? {})
    .filter(([, value]) => typeof value === 'number' && value > 0)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
}

/** Two regions with two nodes each. */
export const fourNodes = `
regions:
  east:
    nodes:
      e1: { address: 10.0.0.1 }
      e2: { address: 10.0.0.2 }
  west:
    nodes:
      w1: { address: 10.0.1.1 }
      w2: { address: 10.0.1.2 }
`;
