import { closeSync, openSync, readSync } from 'node:fs';

/** What is read here of an event of the JSON form. */
export interface SeenEvent {
  readonly type: string;
  readonly time: number;
  readonly node?: string;
  readonly task?: number;
  readonly name?: string;
  readonly status?: string;
  readonly recap?: readonly SeenRecap[];
}

export interface SeenRecap {
  readonly node: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
}

/** Reads a file of events that may still grow: each call gives those that have come since the last one. */
export class EventFile {
  readonly #file: number;
  #rest = Buffer.alloc(0);
  #at = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'r');
  }

  next(): readonly SeenEvent[] {
    const chunks = [this.#rest];
    const buffer = Buffer.alloc(1 << 20);
    for (;;) {
      const length = readSync(this.#file, buffer, 0, buffer.length, this.#at);
      if (length === 0) break;
      this.#at += length;
      chunks.push(Buffer.from(buffer.subarray(0, length)));
    }
    const bytes = Buffer.concat(chunks);
    const end = bytes.lastIndexOf(0x0a) + 1;
    this.#rest = bytes.subarray(end);
    const lines = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as SeenEvent);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** All events of a run that has ended. */
export function readEvents(path: string): readonly SeenEvent[] {
  const file = new EventFile(path);
  try {
    return file.next();
  } finally {
    file.close();
  }
}

export interface Expected {
  readonly nodes: readonly string[];
  readonly tasks: number;
}

/** What is wrong with the events of a linear play in which all is ok; nothing when complete and in order. */
export function faultsIn(events: readonly SeenEvent[], expected: Expected): readonly string[] {
  return [...frameFaults(events), ...stepFaults(events), ...nodeFaults(events, expected), ...recapFaults(events, expected)]; // prettier-ignore
}

function frameFaults(events: readonly SeenEvent[]): string[] {
  const types = events.map((event) => event.type);
  const faults: string[] = [];
  const head = types.slice(0, 3).join(' ');
  if (head !== 'run-started play-started region-started') faults.push(`begins with ${head}`);
  const tail = types.slice(-3).join(' ');
  if (tail !== 'region-finished play-finished run-finished') faults.push(`ends with ${tail}`);
  const back = events.findIndex((event, i) => event.time < (events[i - 1]?.time ?? 0));
  if (back >= 0) faults.push(`time goes back at event ${back}`);
  return faults;
}

/** Each task is announced before any node begins with it, and none begins with it while another has not ended the one before. */
function stepFaults(events: readonly SeenEvent[]): string[] {
  const faults: string[] = [];
  let [current, open] = [-1, 0];
  for (const { type, task, node } of events) {
    if (type === 'task-started') {
      if (open > 0) faults.push(`task ${task} is announced while ${open} nodes are at an earlier one`);
      current = task ?? -1;
    }
    if (type === 'node-task-started') open += 1;
    if (type === 'task-finished') open -= 1;
    const belongs = type === 'node-task-started' || type === 'task-finished';
    if (belongs && task !== current)
      faults.push(`${node}: ${type} of task ${task} while it is ${current}'s turn`);
  }
  return faults.slice(0, 5);
}

function nodeFaults(events: readonly SeenEvent[], { nodes, tasks }: Expected): string[] {
  const byNode = new Map<string, string[]>(nodes.map((node) => [node, []]));
  const order = [...new Set(events.filter((e) => e.type === 'task-started').map((e) => e.task))];
  for (const { type, node, task, status } of events) {
    if (node === undefined) continue;
    byNode.get(node)?.push([type, order.indexOf(task), status].filter((part) => part !== undefined && part !== -1).join(' ')); // prettier-ignore
  }
  const steps = Array.from({ length: tasks }, (_, i) => [
    `node-task-started ${i}`,
    `task-finished ${i} ok`,
  ]).flat();
  const wanted = steps.join(', ');
  const faults: string[] = [];
  for (const [node, seen] of byNode) {
    const connected = seen.indexOf('node-connected');
    const without = seen.filter((each) => each !== 'node-connected').join(', ');
    if (without !== wanted) faults.push(`${node}: ${without}`);
    const firstEnd = seen.findIndex((each) => each.startsWith('task-finished'));
    if (connected < 0 || connected > firstEnd)
      faults.push(`${node}: not said to be connected before its first task ended`);
    if (seen.lastIndexOf('node-connected') !== connected) faults.push(`${node}: connected twice`);
  }
  return faults.slice(0, 5);
}

function recapFaults(events: readonly SeenEvent[], { nodes, tasks }: Expected): string[] {
  const recap = events.at(-1)?.recap ?? [];
  const good = recap.filter((row) => row.ok === tasks && row.changed + row.unreachable + row.failed === 0);
  return good.length === nodes.length
    ? []
    : [`the recap has ${good.length} of ${nodes.length} nodes as expected`];
}
