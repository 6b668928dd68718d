import type { PlayStarted, Reporter, RunEvent, TaskFinished } from '../events/event.ts';
import type { NodeProfile, TaskProfile } from '../events/profile.ts';
import { taskTitle } from './closing.ts';

/** How every trace begins, so that one can be told from other files. */
export const traceStart = '[\n{"ph":"M",';

const MOST_CHANGES = 20;

/** Where a trace goes: written record by record. */
export interface TraceSink {
  write(text: string): void;
  close(): void;
}

/** A row of the picture. */
interface Track {
  readonly pid: number;
  readonly tid: number;
}

interface Measured {
  readonly event: TaskFinished;
  readonly profile: TaskProfile;
}

/**
 * Writes the run in the trace event format that chrome://tracing and Perfetto read: a process per region, a thread
 * per node, an X for each task with its phases inside. Times are microseconds since the run started.
 */
export function createTraceReporter(sink: TraceSink): Reporter {
  const trace = new Trace((text) => sink.write(text));
  return {
    name: 'trace',
    handle: (event) => trace.handle(event),
    close: async () => {
      trace.end();
      sink.close();
    },
  };
}

class Trace {
  readonly #write: (text: string) => void;
  readonly #regions = new Map<string, Track>();
  readonly #nodes = new Map<string, Track>();
  readonly #regionStarts = new Map<string, number>();
  /** A loop's items, by node: they lie inside the loop and have to come behind it. */
  readonly #items = new Map<string, Measured[]>();
  #zero = 0;
  #tracks = 0;
  #empty = true;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  handle(event: RunEvent): void {
    if (event.type === 'run-started') this.#zero = event.time;
    else if (event.type === 'play-started') this.#play(event);
    else if (event.type === 'region-started') this.#regionStarts.set(event.region, event.time);
    else if (event.type === 'region-finished') this.#region(event.region, event.play, event.time);
    else if (event.type === 'node-profile') this.#totals(event, event.time);
    else if (event.type === 'task-finished' && event.profile !== undefined) this.#task(event, event.profile);
  }

  end(): void {
    this.#write(this.#empty ? '[\n]\n' : '\n]\n');
  }

  /** Rows in the order of the inventory, not in that of who was first. */
  #play({ regions }: PlayStarted): void {
    for (const { name, nodes } of regions) for (const node of nodes) this.#track(name, node);
  }

  #task(event: TaskFinished, profile: TaskProfile): void {
    const items = this.#items.get(event.node) ?? [];
    if (event.item !== undefined) {
      items.push({ event, profile });
      this.#items.set(event.node, items);
      return;
    }
    this.#items.delete(event.node);
    this.#slices({ event, profile }, this.#track(event.region, event.node));
    for (const { item, lane } of sideBySide(items, profile)) {
      this.#slices(item, this.#track(event.region, event.node, lane));
    }
  }

  #slices({ event, profile }: Measured, track: Track): void {
    const { phases, startMs, endMs, spans } = profile;
    const ts = micros(startMs + phases.waitMs);
    const name = event.item === undefined ? taskTitle(event) : `item ${event.item}`;
    this.#record({
      ph: 'X',
      ...track,
      ts,
      dur: micros(endMs) - ts,
      cat: 'task',
      name,
      args: argumentsOf(event),
    });
    for (const { phase, startMs: start, durationMs } of spans) {
      this.#record({
        ph: 'X',
        ...track,
        ts: micros(start),
        dur: micros(durationMs),
        cat: 'phase',
        name: phase,
      });
    }
    for (const change of changesOf(event)) this.#record({ ...change, ...track, ts: micros(endMs) });
  }

  #region(region: string, play: string, end: number): void {
    const start = this.#regionStarts.get(region) ?? end;
    const ts = this.#since(start);
    const dur = Math.max(0, this.#since(end) - ts);
    this.#record({ ph: 'X', ...this.#regionTrack(region), ts, dur, cat: 'play', name: play });
  }

  #totals({ region, node, ahead, connection, phases }: NodeProfile, time: number): void {
    const args = { ...connection, ahead, phases };
    this.#record({
      ph: 'i',
      s: 't',
      ...this.#track(region, node),
      ts: this.#since(time),
      name: 'totals',
      args,
    });
  }

  /** A node's row, or a further one for what goes on there at the same time. */
  #track(region: string, node: string, lane = 0): Track {
    const key = JSON.stringify([node, lane]);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known;
    const { pid } = this.#regionTrack(region);
    const track = { pid, tid: (this.#tracks += 1) };
    this.#nodes.set(key, track);
    const first = lane === 0 ? track : this.#track(region, node);
    this.#name('thread', track, {
      name: lane === 0 ? node : `${node} (${lane + 1})`,
      after: first.tid + lane / 1000,
    });
    return track;
  }

  #regionTrack(region: string): Track {
    const known = this.#regions.get(region);
    if (known !== undefined) return known;
    const tid = (this.#tracks += 1);
    const track = { pid: tid, tid };
    this.#regions.set(region, track);
    this.#name('process', track, { name: region === '' ? 'controller' : region, after: tid });
    this.#name('thread', track, { name: 'plays', after: tid });
    return track;
  }

  #name(kind: 'process' | 'thread', track: Track, { name, after }: { name: string; after: number }): void {
    this.#record({ ph: 'M', ...track, name: `${kind}_name`, args: { name } });
    const args = { sort_index: Math.round(after * 1000) };
    this.#record({ ph: 'M', ...track, name: `${kind}_sort_index`, args });
  }

  #record(record: object): void {
    this.#write(`${this.#empty ? '[\n' : ',\n'}${JSON.stringify(record)}`);
    this.#empty = false;
  }

  #since(time: number): number {
    return (time - this.#zero) * 1000;
  }
}

/** Items that went on at the same time do not fit into one row, nor do pauses between some while others go on. */
function sideBySide(items: readonly Measured[], { spans }: TaskProfile): { item: Measured; lane: number }[] {
  const pauses = spans.filter(({ phase }) => phase !== 'wait');
  const ends: number[] = [];
  return items
    .toSorted((a, b) => a.profile.startMs - b.profile.startMs)
    .map((item) => {
      const { startMs, endMs } = item.profile;
      const taken = pauses.some((p) => p.startMs < endMs && p.startMs + p.durationMs > startMs);
      const free = ends.findIndex((end, lane) => end <= startMs && !(taken && lane === 0));
      const lane = free === -1 ? Math.max(taken ? 1 : 0, ends.length) : free;
      ends[0] ??= 0;
      ends[lane] = endMs;
      return { item, lane };
    });
}

function argumentsOf(event: TaskFinished): object {
  const { status, module, at, delegatedTo, reason, failure, profile } = event;
  return {
    status,
    module,
    at: `${at.file}:${at.line}`,
    delegatedTo,
    reason: failure?.message ?? reason,
    ahead: profile?.ahead,
    ...profile?.phases,
  };
}

function changesOf({ status, changes }: TaskFinished): object[] {
  if (status !== 'changed' || changes.length === 0) return [];
  const args = Object.fromEntries(changes.slice(0, MOST_CHANGES).map((c) => [c.subject, c.summary]));
  return [{ ph: 'i', s: 't', cat: 'change', name: 'changed', args }];
}

/** A thousandth of a millisecond is the unit of a trace. */
function micros(ms: number): number {
  return Math.round(ms * 1000);
}
