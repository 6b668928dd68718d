import type {
  AheadCounts,
  ConnectionProfile,
  NodeProfile,
  PhaseTimes,
  TaskProfile,
} from '../events/profile.ts';
import type { Link, Opening } from '../transport/contract.ts';
import { micros, noTime, TaskClock, type Place } from './profile-clock.ts';

interface NodeRecord {
  readonly region: string;
  phases: PhaseTimes;
  /** More than one when it was lost in between. */
  readonly connections: Connection[];
  readonly ahead: { -readonly [K in Exclude<keyof AheadCounts, 'unused'>]: number };
}

interface Connection {
  readonly start: number;
  end: number | undefined;
  link: Link | undefined;
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
      openings: (place) => openingsFor(place, this.#nodes.get(place.node)),
      done: (profile, part) => add(record, profile, part),
    });
  }

  /** Opens the connection to a node. */
  async connecting(node: NodeName, open: () => Promise<Link>): Promise<Link> {
    const connection: Connection = { start: performance.now(), end: undefined, link: undefined };
    this.#of(node).connections.push(connection);
    try {
      connection.link = await open();
      return connection.link;
    } finally {
      connection.end = performance.now();
    }
  }

  /** A coming task of the node was looked at before its turn. */
  askedAhead(node: NodeName): void {
    this.#of(node).ahead.asked += 1;
  }

  /** What all nodes came to. */
  nodes(): readonly NodeProfile[] {
    return [...this.#nodes].map(([node, { region, phases, ahead, connections }]) => {
      const connection = connectionProfile(connections);
      const unused = ahead.asked - ahead.used - ahead.changedSince - ahead.otherArguments;
      return {
        type: 'node-profile',
        region,
        node,
        phases: rounded(phases),
        ahead: { ...ahead, unused },
        ...(connection === undefined ? {} : { connection }),
      };
    });
  }

  #of({ name, region }: NodeName): NodeRecord {
    const known = this.#nodes.get(name);
    if (known !== undefined) return known;
    const ahead = { asked: 0, used: 0, changedSince: 0, otherArguments: 0, notAsked: 0 };
    const record = { region, phases: noTime, connections: [], ahead };
    this.#nodes.set(name, record);
    return record;
  }
}

/** Another user's shell that is opened for a look ahead holds nobody up meanwhile. */
function openingsFor({ user }: Place, record: NodeRecord | undefined): readonly Opening[] {
  return (record?.connections ?? []).flatMap((one) => {
    const shells = one.link?.openings?.() ?? [];
    return [one, ...shells.filter((shell) => shell.user === undefined || shell.user === user)];
  });
}

function connectionProfile(connections: readonly Connection[]): ConnectionProfile | undefined {
  const open = connections.flatMap(({ start, end, link }) => {
    const stats = link?.stats?.();
    return stats === undefined ? [] : [{ connectMs: micros((end ?? start) - start), ...stats }];
  });
  return open.length === 0 ? undefined : open.reduce((a, b) => addTo(a, b));
}

function addTo<T extends object>(sums: T, more: T): T {
  const names = Object.keys(sums) as (keyof T)[];
  return Object.fromEntries(names.map((name) => [name, Number(sums[name]) + Number(more[name])])) as T;
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
  if (!part) record.phases = addTo(record.phases, phases);
}

function rounded(times: PhaseTimes): PhaseTimes {
  return Object.fromEntries(
    Object.entries<number>({ ...times }).map(([name, ms]) => [name, micros(ms)]),
  ) as unknown as PhaseTimes;
}
