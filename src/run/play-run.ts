import pLimit from 'p-limit';
import type { PlayPlan } from '../model/plan.ts';
import { Barrier } from './barrier.ts';
import type { Engine } from './engine.ts';
import { RegionRun, type RegionsTogether } from './region-run.ts';
import { holding, Semaphore } from './slots.ts';
import { placesOf } from './step-order.ts';

/** One play: its regions side by side, `regions` of them at once; they wait for each other only where `sync` asks. */
export class PlayRun implements RegionsTogether {
  ended = false;
  readonly #engine: Engine;
  readonly #play: PlayPlan;
  readonly #atOnce: number;
  readonly #regions: readonly RegionRun[];
  readonly #limits: ReadonlyMap<string, Semaphore>;
  readonly #barrier: Barrier<RegionRun>;

  constructor(engine: Engine, play: PlayPlan) {
    this.#engine = engine;
    this.#play = play;
    this.#limits = new Map([...play.limits].map(([name, places]) => [name, new Semaphore(places)]));
    const total = new Semaphore(engine.options.forks);
    const places = placesOf(play.steps);
    this.#regions = play.regions.map(
      (region) => new RegionRun({ engine, play, region, total, places, inPlay: this }),
    );
    this.#atOnce = Math.max(1, Math.min(play.regionsAtOnce, engine.options.regionsAtOnce ?? Infinity));
    // Who has not begun cannot be waited for by those whose end it waits for.
    this.#barrier = new Barrier(this.#atOnce < this.#regions.length ? [] : this.#regions);
  }

  async run(): Promise<void> {
    const { emit, options, states } = this.#engine;
    const { name: play, strategy } = this.#play;
    const regions = this.#play.regions.map((r) => ({ name: r.name, nodes: r.batches.flat() }));
    emit({ type: 'play-started', play, check: options.check, strategy, regions });
    for (const name of regions.flatMap(({ nodes }) => nodes)) states.get(name)?.rolesRun.clear();
    const atOnce = pLimit(this.#atOnce);
    await Promise.all(this.#regions.map((region) => atOnce(() => this.#runRegion(region))));
    for (const name of regions.flatMap(({ nodes }) => nodes)) {
      const state = states.get(name);
      if (state?.status === 'ended') state.status = 'active';
    }
    emit({ type: 'play-finished', play });
  }

  end(): void {
    this.ended = true;
    for (const region of this.#regions) region.end();
  }

  clearErrors(): void {
    for (const region of this.#regions) region.clearErrors();
  }

  limited<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const limits = names.flatMap((name) => this.#limits.get(name) ?? []);
    return limits.length === 0 ? work() : holding(limits, work);
  }

  /** Waits for the other regions that still run. */
  async syncRegions(region: RegionRun, at: number): Promise<void> {
    await this.#barrier.wait(region, at);
  }

  async #runRegion(region: RegionRun): Promise<void> {
    try {
      await region.run();
    } finally {
      this.#barrier.leave(region);
    }
  }
}
