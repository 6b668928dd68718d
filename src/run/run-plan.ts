import { setMaxListeners } from 'node:events';
import pLimit from 'p-limit';
import type { RunEvent, RunFinished } from '../events/event.ts';
import type { PlayPlan, RunPlan } from '../model/plan.ts';
import { ArgumentCatalog } from '../modules/schema.ts';
import { Changes } from './changes.ts';
import { Connections } from './connections.ts';
import type { EventBody } from '../events/event.ts';
import type { Engine, OnceAnswer, RunServices } from './engine.ts';
import { Interruption } from './interruption.ts';
import { Fleet } from './magic.ts';
import type { RunOptions } from './options.ts';
import { RunProfile } from './profile.ts';
import { RegionRun } from './region-run.ts';
import { nodeScope } from './scopes.ts';
import { Semaphore } from './slots.ts';
import { NodeState } from './state.ts';
import { TemplateFiles } from './template-files.ts';
import { createRunScope } from '../transport/run-scope.ts';

/** Carries out a plan and says everything as events; the last one, `run-finished`, is also the answer. */
export async function runPlan(
  plan: RunPlan,
  options: RunOptions,
  services: RunServices,
): Promise<RunFinished> {
  const started = performance.now();
  const engine = makeEngine(plan, options, services);
  let ending: Promise<void> | undefined;
  const interrupt = () => {
    ending ??= engine.connections.interrupt();
  };
  // Modules that wait may listen too: many are no leak.
  setMaxListeners(0, options.signal);
  options.signal.addEventListener('abort', interrupt);
  try {
    const { check, diff, forks } = options;
    engine.emit({ type: 'run-started', playbooks: plan.playbooks, check, diff, forks });
    for (const play of plan.plays) {
      if (options.signal.aborted || !hasWork(play, engine)) continue;
      await runPlay(play, engine);
    }
  } finally {
    options.signal.removeEventListener('abort', interrupt);
    engine.interruption.end();
    // What runs on the nodes is ended over the connections: they stay open until it is.
    await ending;
    await engine.scope.end();
    await engine.connections.close();
  }
  for (const event of engine.profile?.nodes() ?? []) engine.emit(event);
  const finished: RunFinished = {
    type: 'run-finished',
    durationMs: Math.round(performance.now() - started),
    interrupted: options.signal.aborted,
    recap: recapOf(engine),
  };
  engine.emit(finished);
  return finished;
}

function makeEngine(plan: RunPlan, options: RunOptions, services: RunServices): Engine {
  const { modules, connector, masker, report } = services;
  const states = new Map([...plan.nodes].map(([name, { node }]) => [name, new NodeState(node)]));
  const emit = (body: EventBody): void => {
    const event = { time: Date.now(), ...body } as RunEvent;
    report(Object.freeze(masker.maskDeep(event)));
  };
  const nodeVars = (name: string) => {
    const state = states.get(name);
    return state === undefined ? undefined : { node: state.node, vars: nodeScope(engine, state) };
  };
  const interruption = new Interruption(options.signal);
  const profile = options.profile === true ? new RunProfile() : undefined;
  const connections = new Connections({
    connector,
    options,
    emit,
    nodeVars,
    profile,
    interruption,
  });
  const changes = new Changes((node) => connections.isLocal(node));
  const once = new Map<string, OnceAnswer>();
  const warn = (message: string, node?: string): void =>
    emit({ type: 'warning', message, ...(node === undefined ? {} : { node }) });
  const scope = createRunScope({ signal: options.signal, warn });
  const shared = {
    plan,
    fleet: new Fleet(plan, options),
    options,
    modules,
    masker,
    catalog: new ArgumentCatalog(),
    templates: new TemplateFiles(),
    connections,
    interruption,
    changes,
    states,
    once,
    outputs: services.outputs,
    emit,
    profile,
  };
  const engine: Engine = { ...shared, scope };
  return engine;
}

function hasWork(play: PlayPlan, engine: Engine): boolean {
  return play.regions.some((r) => r.batches.flat().some((name) => engine.states.get(name)?.active === true));
}

/** Regions run side by side, `regions` of them at once; they wait for each other only at the play's end. */
async function runPlay(play: PlayPlan, engine: Engine): Promise<void> {
  const { options } = engine;
  engine.emit({
    type: 'play-started',
    play: play.name,
    check: options.check,
    strategy: play.strategy,
    regions: play.regions.map((r) => ({ name: r.name, nodes: r.batches.flat() })),
  });
  const total = new Semaphore(options.forks);
  const atOnce = pLimit(Math.max(1, Math.min(play.regionsAtOnce, options.regionsAtOnce ?? Infinity)));
  await Promise.all(
    play.regions.map((region) => atOnce(() => new RegionRun(engine, play, region, total).run())),
  );
  engine.emit({ type: 'play-finished', play: play.name });
}

function recapOf(engine: Engine): RunFinished['recap'] {
  const played = new Set(engine.plan.plays.flatMap((p) => p.regions.flatMap((r) => r.batches.flat())));
  return [...engine.states.values()].filter((s) => played.has(s.node.name)).map((s) => s.recap());
}
