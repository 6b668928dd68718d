import type { Opening } from '../transport/contract.ts';
import type { LookAhead, PhaseSpan, PhaseTimes, TaskProfile } from '../events/profile.ts';

type Phase = PhaseSpan['phase'];
/** All but wait and other: what a task does while it holds its place. */
type Work = Exclude<Phase, 'wait'>;

/** What a clock shares with the others of the run. All times are performance.now(). */
export interface ClockServices {
  /** When the run started. */
  readonly zero: number;
  /** When the connection to a node, and the shells there that such work goes through, were being opened. */
  openings(place: Place): readonly Opening[];
  /** Called with what was measured, once. */
  done(profile: TaskProfile, part: boolean): void;
}

/** Where work is done. */
export interface Place {
  readonly node: string;
  /** undefined: as who logs in. */
  readonly user: string | undefined;
}

/** Takes the times of one node's work on one task, or on one item of its loop. */
export class TaskClock {
  readonly #services: ClockServices;
  readonly #parent: TaskClock | undefined;
  readonly #queued = performance.now();
  readonly #spans: PhaseSpan[] = [];
  readonly #spent: Record<Work, number> = { connect: 0, check: 0, apply: 0, transfer: 0, pause: 0 };
  #begun = this.#queued;
  #ahead: LookAhead | undefined;
  readonly #going = { transfer: { count: 0, start: 0 }, pause: { count: 0, start: 0 } };

  constructor(services: ClockServices, parent?: TaskClock) {
    this.#services = services;
    this.#parent = parent;
  }

  /** Its place in all limits is taken. */
  begin(): void {
    this.#begun = performance.now();
    this.#span('wait', this.#queued, this.#begun);
  }

  /** The clock of one item of the task's loop. */
  item(): TaskClock {
    return new TaskClock(this.#services, this);
  }

  /** A look or an action at a node; what of it was waiting for the connection or a shell counts as that. */
  async during<T>(phase: 'check' | 'apply', place: Place, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    const transferred = this.#spent.transfer;
    try {
      return await work();
    } finally {
      const end = performance.now();
      this.#span(phase, start, end);
      const connecting = this.#connecting(place, start, end);
      this.#spent.connect += connecting;
      const others = connecting + this.#spent.transfer - transferred;
      this.#spent[phase] += Math.max(0, end - start - others);
    }
  }

  /** A large file on its way. */
  transfer<T>(work: () => Promise<T>): Promise<T> {
    return this.#once('transfer', work);
  }

  /** The pause before another try. */
  pause(work: () => Promise<void>): Promise<void> {
    return this.#once('pause', work);
  }

  /** What a look ahead was good for; of several tries only the first can have one. */
  lookedAhead(ahead: LookAhead): void {
    this.#ahead ??= ahead;
  }

  /** Everything until now; to be called once, at the end. */
  report(): TaskProfile {
    const [startMs, beginMs] = [this.#since(this.#queued), this.#since(this.#begun)];
    const endMs = this.#since(performance.now());
    if (this.#parent !== undefined) this.#parent.#add(this.#spent);
    const worked = Object.values(this.#spent).reduce((sum, ms) => sum + ms, 0);
    // Items of a loop that went side by side share the time that was there for all.
    const part = Math.min(1, (endMs - beginMs) / worked);
    const spent = (phase: Work): number => (this.#spent[phase] === 0 ? 0 : micros(this.#spent[phase] * part));
    const profile: TaskProfile = {
      startMs,
      endMs,
      phases: {
        waitMs: micros(beginMs - startMs),
        connectMs: spent('connect'),
        checkMs: spent('check'),
        applyMs: spent('apply'),
        transferMs: spent('transfer'),
        pauseMs: spent('pause'),
        otherMs: micros(Math.max(0, endMs - beginMs - worked)),
      },
      // Those that hold others come before them.
      spans: this.#spans.toSorted((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs),
      ...(this.#ahead === undefined ? {} : { ahead: this.#ahead }),
    };
    this.#services.done(profile, this.#parent !== undefined);
    return profile;
  }

  #add(spent: Readonly<Record<Work, number>>): void {
    for (const phase of Object.keys(spent) as Work[]) this.#spent[phase] += spent[phase];
  }

  /** Several at the same time count once. */
  async #once<T>(phase: 'transfer' | 'pause', work: () => Promise<T>): Promise<T> {
    const going = this.#going[phase];
    if (going.count === 0) going.start = performance.now();
    going.count += 1;
    try {
      return await work();
    } finally {
      going.count -= 1;
      if (going.count === 0) {
        const end = performance.now();
        this.#span(phase, going.start, end);
        this.#spent[phase] += end - going.start;
      }
    }
  }

  #connecting(place: Place, start: number, end: number): number {
    let sum = 0;
    let counted = start;
    for (const opening of this.#services.openings(place)) {
      const [from, to] = [Math.max(counted, opening.start), Math.min(end, opening.end ?? end)];
      if (to <= from) continue;
      this.#span('connect', from, to);
      sum += to - from;
      counted = to;
    }
    return sum;
  }

  #span(phase: Phase, start: number, end: number): void {
    const startMs = this.#since(start);
    this.#spans.push({ phase, startMs, durationMs: micros(this.#since(end) - startMs) });
  }

  /** Times are rounded, not durations: so what lies inside something still does when it is added up. */
  #since(time: number): number {
    return micros(time - this.#services.zero);
  }
}

/** No phase took any time. */
export const noTime: PhaseTimes = {
  waitMs: 0,
  connectMs: 0,
  checkMs: 0,
  applyMs: 0,
  transferMs: 0,
  pauseMs: 0,
  otherMs: 0,
};

/** Rounded to a thousandth of a millisecond. */
export function micros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
