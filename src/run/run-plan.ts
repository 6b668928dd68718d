import { setMaxListeners } from 'node:events';
import type { RunEvent, RunFinished } from '../events/event.ts';
import type { PlayPlan, RunPlan } from '../model/plan.ts';
import { ArgumentCatalog } from '../modules/schema.ts';
import { Changes } from './changes.ts';
import { Connections } from './connections.ts';
import type { EventBody } from '../events/event.ts';
import type { Engine, OnceAnswer, RunServices } from './engine.ts';
import { LiveInventory } from './live-inventory.ts';
import { Interruption } from './interruption.ts';
import { LateHandlers } from './late-handlers.ts';
import { Fleet } from './magic.ts';
import type { RunOptions } from './options.ts';
import { RunProfile } from './profile.ts';
import { PlayRun } from './play-run.ts';
import { emptyScope, nodeScope } from './scopes.ts';
import { RunStatistics } from './statistics.ts';
import { Steering } from './steering.ts';
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
    for (let i = 0; ; i++) {
      const play = await engine.inventory.play(i);
      if (play === undefined) break;
      if (play.hosts !== undefined) {
        const message = `play "${play.name}" is left out: nothing matches its hosts (${play.hosts})`;
        engine.emit({ type: 'warning', message });
      }
      if (!options.signal.aborted && hasWork(play, engine)) await new PlayRun(engine, play).run();
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
    ...(engine.statistics.all && { stats: engine.statistics.all }),
  };
  engine.emit(finished);
  return finished;
}

/** Stamps events and blots secrets out of them. */
function emitter({ masker, report }: RunServices): Engine['emit'] {
  return (body: EventBody): void => {
    const event = { time: Date.now(), ...body } as RunEvent;
    report(Object.freeze(masker.maskDeep(event)));
  };
}

function makeEngine(plan: RunPlan, options: RunOptions, services: RunServices): Engine {
  const { modules, connector, masker } = services;
  const emit = emitter(services);
  const nodeVars = (name: string) => {
    const state = inventory.states.get(name);
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
    onReset: (node) => changes.lost(node),
  });
  const changes = new Changes(
    (node) => node === 'localhost' || connections.isLocal(node),
    (node) => connections.machineOf(node),
  );
  const warn = (message: string, node?: string): void =>
    emit({ type: 'warning', message, ...(node === undefined ? {} : { node }) });
  const inventory = new LiveInventory({ plan, replan: services.replan, warn, changed: () => fleet.reset() });
  const fleet = new Fleet(inventory.plan, options);
  const steering = new Steering(services.steersman ?? {}, options.signal);
  const { decrypted } = services;
  const scope = createRunScope({ signal: options.signal, warn, decrypted, ask: steering.ask });
  const shared = {
    inventory,
    steering,
    statistics: new RunStatistics(),
    plan: inventory.plan,
    fleet,
    options,
    modules,
    masker,
    catalog: new ArgumentCatalog(),
    templates: new TemplateFiles(services.decrypted),
    connections,
    interruption,
    changes,
    states: inventory.states,
    once: new Map<string, OnceAnswer>(),
    outputs: services.outputs,
    handlers: new LateHandlers(),
    emit,
    profile,
  };
  const engine: Engine = { ...shared, scope };
  fleet.others = {
    scopeOf: (name) => {
      const state = engine.states.get(name);
      return state === undefined ? emptyScope(engine) : nodeScope(engine, state);
    },
    isActive: (name) => engine.states.get(name)?.active === true,
  };
  return engine;
}

function hasWork(play: PlayPlan, engine: Engine): boolean {
  return play.regions.some((r) => r.batches.flat().some((name) => engine.states.get(name)?.active === true));
}

function recapOf({ inventory, states }: Engine): RunFinished['recap'] {
  const { played } = inventory;
  return [...states.values()].filter((s) => played.has(s.node.name)).map((s) => s.recap());
}
