import type { AheadCounts, NodeProfile, PhaseTimes, TaskProfile } from '../events/profile.ts';
import type { Link, Opening } from '../transport/contract.ts';
import { micros, noTime, TaskClock } from './profile-clock.ts';

interface NodeRecord {
  readonly region: string;
  phases: PhaseTimes;
  opening: { readonly start: number; end: number | undefined } | undefined;
  link: Link | undefined;
  readonly ahead: { -readonly [K in Exclude<keyof AheadCounts, 'unused'>]: number };
}

interface NodeName {
  readonly name: string;
  readonly region: string;
}

/** Where the time of a run goes. There is one only when a profile was asked for. */
export class RunProfile {
  readonly #zero = performance.now();
  readonly #nodes = new Map<string, NodeRecord>();

  /** For a task that a node has just come to. */
  clock(node: NodeName): TaskClock {
    const record = this.#of(node);
    return new TaskClock({
      zero: this.#zero,
      openings: (name) => openingsOf(this.#nodes.get(name)),
      done: (profile, part) => add(record, profile, part),
    });
  }

  /** Opens the connection to a node. */
  async connecting(node: NodeName, open: () => Promise<Link>): Promise<Link> {
    const record = this.#of(node);
    const times: NonNullable<NodeRecord['opening']> = { start: performance.now(), end: undefined };
    record.opening = times;
    try {
      record.link = await open();
      return record.link;
    } finally {
      times.end = performance.now();
    }
  }

  /** A coming task of the node was looked at before its turn. */
  askedAhead(node: NodeName): void {
    this.#of(node).ahead.asked += 1;
  }

  /** What all nodes came to. */
  nodes(): readonly NodeProfile[] {
    return [...this.#nodes].map(([node, { region, phases, ahead, link, opening }]) => {
      const stats = link?.stats?.();
      const connectMs = micros((opening?.end ?? 0) - (opening?.start ?? 0));
      const unused = ahead.asked - ahead.used - ahead.changedSince - ahead.otherArguments;
      return {
        type: 'node-profile',
        region,
        node,
        phases: mapTimes(phases, micros),
        ahead: { ...ahead, unused },
        ...(stats === undefined ? {} : { connection: { connectMs, ...stats } }),
      };
    });
  }

  #of({ name, region }: NodeName): NodeRecord {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const ahead = { asked: 0, used: 0, changedSince: 0, otherArguments: 0, notAsked: 0 };
    const record = { region, phases: noTime, opening: undefined, link: undefined, ahead };
    this.#nodes.set(name, record);
    return record;
  }
}

function openingsOf(record: NodeRecord | undefined): readonly Opening[] {
  if (record?.opening === undefined) return [];
  return [record.opening, ...(record.link?.openings?.() ?? [])];
}

const countOf = {
  used: 'used',
  'changed-since': 'changedSince',
  'other-arguments': 'otherArguments',
  'not-asked': 'notAsked',
} as const;

/** The times of a loop's items are in those of the whole loop already. */
function add(record: NodeRecord, { phases, ahead }: TaskProfile, part: boolean): void {
  if (ahead !== undefined) record.ahead[countOf[ahead]] += 1;
  if (!part) record.phases = mapTimes(record.phases, (ms, name) => ms + phases[name]);
}

function mapTimes(times: PhaseTimes, change: (ms: number, name: keyof PhaseTimes) => number): PhaseTimes {
  const names = Object.keys(times) as (keyof PhaseTimes)[];
  return Object.fromEntries(names.map((name) => [name, change(times[name], name)])) as unknown as PhaseTimes;
}
