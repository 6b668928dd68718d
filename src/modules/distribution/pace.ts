import type { Pace, RegionPace } from '../../transport/node.ts';

const WINDOW_MS = 10_000;
const EVERY_MS = 300;
/** That nothing moves is not worth as many words. */
const STANDING_EVERY_MS = 5_000;

/** How fast something grows, looked at over the last seconds. */
export class Rate {
  readonly #samples: { readonly at: number; readonly bytes: number }[] = [];

  /** Notes how far it is; gives bytes a second once that can be told. */
  note(bytes: number, now = performance.now()): number | undefined {
    this.#samples.push({ at: now, bytes });
    while (this.#samples.length > 2 && now - (this.#samples[0]?.at ?? now) > WINDOW_MS) this.#samples.shift();
    const [first] = this.#samples;
    const seconds = (now - (first?.at ?? now)) / 1000;
    return seconds < 0.5 ? undefined : Math.round((bytes - (first?.bytes ?? 0)) / seconds);
  }
}

/** The fields of an event about a speed. */
export type Speed = Pick<Pace, 'bytesPerSecond' | 'secondsLeft'>;

/** What a speed means for the rest. */
export function paceOf(done: number, total: number, rate: number | undefined): Speed {
  if (rate === undefined) return {};
  const secondsLeft = rate > 0 ? Math.ceil((total - done) / rate) : undefined;
  return { bytesPerSecond: rate, ...(secondsLeft === undefined ? {} : { secondsLeft }) };
}

/** Tells how far all nodes of a region are, a few times a second at most. */
export class RegionProgress {
  readonly #total: number;
  readonly #rate = new Rate();
  readonly #nodes = new Map<string, number>();
  #last: RegionPace | undefined;

  /** `total`: bytes that each node gets. */
  constructor(total: number) {
    this.#total = total;
  }

  node(name: string, tell: (done: number, pace: Pace) => void): (done: number) => void {
    const rate = new Rate();
    let [told, before] = [0, -1];
    this.#nodes.set(name, 0);
    return (done) => {
      this.#nodes.set(name, done);
      const now = performance.now();
      const every = done === before ? STANDING_EVERY_MS : EVERY_MS;
      if (now - told < every && (done < this.#total || done === before)) return;
      [told, before] = [now, done];
      tell(done, {
        unit: 'bytes',
        ...paceOf(done, this.#total, rate.note(done, now)),
        inRegion: this.#region(now),
      });
    };
  }

  #region(now: number): RegionPace {
    const done = [...this.#nodes.values()].reduce((sum, bytes) => sum + bytes, 0);
    const total = this.#nodes.size * this.#total;
    const rate = done === this.#last?.done ? this.#last.bytesPerSecond : this.#rate.note(done, now);
    this.#last = { nodes: this.#nodes.size, done, total, ...paceOf(done, total, rate) };
    return this.#last;
  }
}
