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
  /** Records of a loop's items, by node: they lie inside the loop and have to come behind it. */
  readonly #items = new Map<string, object[]>();
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
    const track = this.#track(event.region, event.node);
    const { phases, startMs, endMs } = profile;
    const begin = micros(startMs + phases.waitMs);
    const isItem = event.item !== undefined;
    const name = isItem ? `item ${event.item}` : taskTitle(event);
    const records = [
      {
        ph: 'X',
        ...track,
        ts: begin,
        dur: micros(endMs) - begin,
        cat: 'task',
        name,
        args: argumentsOf(event),
      },
      ...profile.spans.map(({ phase, startMs: start, durationMs }) => {
        return { ph: 'X', ...track, ts: micros(start), dur: micros(durationMs), cat: 'phase', name: phase };
      }),
      ...changesOf(event, { ...track, ts: micros(endMs) }),
    ];
    const items = this.#items.get(event.node) ?? [];
    if (isItem) {
      items.push(...records);
      this.#items.set(event.node, items);
      return;
    }
    this.#items.delete(event.node);
    for (const record of [...records, ...items]) this.#record(record);
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

  #track(region: string, node: string): Track {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const { pid } = this.#regionTrack(region);
    const track = { pid, tid: (this.#tracks += 1) };
    this.#nodes.set(node, track);
    this.#name('thread', track, node);
    return track;
  }

  #regionTrack(region: string): Track {
    const known = this.#regions.get(region);
    if (known !== undefined) return known;
    const tid = (this.#tracks += 1);
    const track = { pid: tid, tid };
    this.#regions.set(region, track);
    this.#name('process', track, region === '' ? 'controller' : region);
    this.#name('thread', track, 'plays');
    return track;
  }

  #name(kind: 'process' | 'thread', track: Track, name: string): void {
    this.#record({ ph: 'M', ...track, name: `${kind}_name`, args: { name } });
    this.#record({ ph: 'M', ...track, name: `${kind}_sort_index`, args: { sort_index: track.tid } });
  }

  #record(record: object): void {
    this.#write(`${this.#empty ? '[\n' : ',\n'}${JSON.stringify(record)}`);
    this.#empty = false;
  }

  #since(time: number): number {
    return (time - this.#zero) * 1000;
  }
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

function changesOf({ status, changes }: TaskFinished, place: Track & { readonly ts: number }): object[] {
  if (status !== 'changed' || changes.length === 0) return [];
  const args = Object.fromEntries(changes.slice(0, MOST_CHANGES).map((c) => [c.subject, c.summary]));
  return [{ ph: 'i', s: 't', ...place, cat: 'change', name: 'changed', args }];
}

/** A thousandth of a millisecond is the unit of a trace. */
function micros(ms: number): number {
  return Math.round(ms * 1000);
}
