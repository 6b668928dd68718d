import { expect } from 'chai';
import type { RunEvent } from '../../src/events/event.ts';
import { createTraceReporter, traceStart } from '../../src/report/profile-trace.ts';
import { fourNodes, runProject } from '../run/support.ts';
import { end, play, row, tell, two, type Said } from './events.ts';
import { nodeProfile, profileAt, worked } from './measured.ts';

interface TraceRecord {
  readonly ph: 'X' | 'M' | 'i';
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
  readonly cat?: string;
  readonly ts: number;
  readonly dur: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

async function traceOf(
  events: readonly (Said | RunEvent)[],
): Promise<{ text: string; records: TraceRecord[] }> {
  let text = '';
  let closed = 0;
  const sink = { write: (part: string) => void (text += part), close: () => void closed++ };
  const reporter = createTraceReporter(sink);
  tell(reporter, events);
  await reporter.close?.();
  expect(closed).to.equal(1);
  return { text, records: JSON.parse(text) as TraceRecord[] };
}

/** Slices of one row lie beside each other or wholly inside each other; else the viewers drop them. */
function expectNested(records: readonly TraceRecord[]): void {
  const all = records.filter((r) => r.ph === 'X');
  for (const tid of new Set(all.map((r) => r.tid))) {
    const slices = all.filter((r) => r.tid === tid);
    const open: TraceRecord[] = [];
    // Stable, as the viewers sort: what holds another and begins with it has to be written first.
    for (const slice of slices.toSorted((a, b) => a.ts - b.ts)) {
      expect(slice.ts % 1).to.equal(0);
      expect(slice.dur).to.be.at.least(0);
      while (open.length > 0 && slice.ts >= endOf(open.at(-1)) && slice.ts + slice.dur > endOf(open.at(-1)))
        open.pop();
      const parent = open.at(-1);
      if (parent !== undefined) {
        expect(slice.ts + slice.dur, `${slice.name} in ${parent.name}`).to.be.at.most(endOf(parent));
      }
      open.push(slice);
    }
  }
}

const endOf = (slice: TraceRecord | undefined): number => (slice === undefined ? 0 : slice.ts + slice.dur);

const nameOf = (records: readonly TraceRecord[], kind: 'process' | 'thread', id: number) =>
  records.find((r) => r.name === `${kind}_name` && (kind === 'process' ? r.pid : r.tid) === id)?.args?.[
    'name'
  ];

describe('the trace of a run', () => {
  it('has a process for each region, a thread for each node, and their tasks with the phases inside', async () => {
    const playbook = `
- name: first
  hosts: all
  tasks:
    - name: place
      set: { key: a, value: 1, ms: 3 }
    - name: many
      set: { key: "{{item}}", value: 1, ms: 1 }
      loop: [x, y, z]
    - name: fails
      get: { key: none, needed: true }
      retries: 1
      delay: 0.01
      ignore_errors: true
- name: second
  hosts: all
  tasks: [{ name: later, get: { key: a } }]
`;
    const { events } = await runProject({
      inventory: fourNodes.replace('  east:', '  east:\n    parallel: 1'),
      playbook,
      options: { profile: true, forks: 2 },
    });
    const { records, text } = await traceOf(events);
    expect(text.startsWith(traceStart)).to.equal(true);
    expectNested(records);
    const tasks = records.filter((r) => r.cat === 'task' && !r.name.startsWith('item '));
    const seen = tasks.map((r) => [nameOf(records, 'process', r.pid), nameOf(records, 'thread', r.tid), r.name].join(' ')); // prettier-ignore
    const nodes = ['east e1', 'east e2', 'west w1', 'west w2'];
    const names = ['place', 'many', 'fails', 'later'];
    expect(seen.toSorted()).to.deep.equal(nodes.flatMap((n) => names.map((t) => `${n} ${t}`)).toSorted());
    expect(records.filter((r) => r.name.startsWith('item '))).to.have.length(12);
    // By a clock that never jumps: each node's tasks come one after the other.
    for (const tid of new Set(tasks.map((r) => r.tid))) {
      const own = tasks.filter((r) => r.tid === tid).toSorted((a, b) => a.ts - b.ts);
      expect(own.map((r) => r.name)).to.deep.equal(names);
      own.slice(1).forEach((r, i) => expect(r.ts).to.be.at.least(endOf(own[i])));
    }
    const inside = (task: TraceRecord) =>
      records.filter(
        (r) => r.cat === 'phase' && r.tid === task.tid && r.ts >= task.ts && endOf(r) <= endOf(task),
      );
    for (const task of tasks.filter((r) => r.name === 'place')) {
      expect(inside(task).map((r) => r.name)).to.include.members(['check', 'apply']);
    }
    const failing = tasks.find((r) => r.name === 'fails');
    expect(failing?.args).to.include({
      status: 'ignored',
      module: 'get',
      reason: `no none on ${String(nameOf(records, 'thread', failing?.tid ?? 0))}`,
    });
    expect(inside(failing as TraceRecord).filter((r) => r.name === 'pause')).to.have.length(1);
    const changes = records.filter((r) => r.ph === 'i' && r.name === 'changed');
    expect(changes).to.have.length(16);
    expect(changes[0]?.args).to.deep.equal({ a: 'absent → 1' });
    expect(records.filter((r) => r.cat === 'play').map((r) => r.name).toSorted()).to.deep.equal(['first', 'first', 'second', 'second']); // prettier-ignore
    expect(records.filter((r) => r.name === 'totals')).to.have.length(4);
  });

  it('can be read as far as it came when the program was ended', async () => {
    const { text } = await traceOf([
      ...play(two),
      worked([1, 'a "quoted"\n\u2028 name'], 'hz-1', { checkMs: 1 }),
      worked([2, 'b'], 'hz-1', { checkMs: 1 }),
    ]);
    const lines = text.trimEnd().split('\n');
    for (let n = 2; n < lines.length; n++) {
      const cut = lines.slice(0, n).join('\n').replace(/,$/, '');
      expect(JSON.parse(`${cut}]`), cut).to.be.an('array');
    }
  });

  it('has times in microseconds, beginning where the place was taken', async () => {
    const profile = { ...profileAt(1.5, { waitMs: 2, checkMs: 3.25 }), spans: [{ phase: 'wait', startMs: 1.5, durationMs: 2 }, { phase: 'check', startMs: 3.5, durationMs: 3.25 }] } as const; // prettier-ignore
    const { records } = await traceOf([
      ...play(two),
      worked([1, 'a'], 'hz-1', {}, { profile }),
      { ...nodeProfile('hz-1', { checkMs: 3 }, { connection: { roundTrips: 4 } }), time: 7 },
      end(row('hz-1')),
    ]);
    const slices = records.filter((r) => r.ph === 'X').map(({ name, ts, dur }) => ({ name, ts, dur }));
    expect(slices).to.deep.equal([
      { name: 'mount-dirs : a', ts: 3500, dur: 3250 },
      { name: 'wait', ts: 1500, dur: 2000 },
      { name: 'check', ts: 3500, dur: 3250 },
    ]);
    const totals = records.find((r) => r.name === 'totals');
    expect(totals).to.deep.include({ ph: 'i', ts: 7000 });
    expect(totals?.args).to.deep.include({ roundTrips: 4 });
  });

  it('puts items of a loop that went side by side into rows of their own', async () => {
    const at = (startMs: number, ms: number) => ({
      ...profileAt(startMs, { checkMs: ms }),
      spans: [{ phase: 'check', startMs, durationMs: ms }] as const,
    });
    const item = (name: string, startMs: number, ms: number) =>
      worked([1, 'many'], 'hz-1', {}, { item: name, profile: at(startMs, ms) });
    const whole = {
      ...profileAt(0, { checkMs: 100 }),
      spans: [{ phase: 'pause', startMs: 40, durationMs: 15 }] as const,
    };
    const { records } = await traceOf([
      ...play(two),
      item('b', 10, 60),
      item('a', 5, 20),
      item('c', 25, 10),
      item('d', 50, 30),
      worked([1, 'many'], 'hz-1', {}, { profile: whole }),
      worked([2, 'next'], 'hz-1', {}, { profile: at(100, 5) }),
      end(row('hz-1')),
    ]);
    expectNested(records);
    const rows = records
      .filter((r) => r.cat === 'task')
      .map((r) => [nameOf(records, 'thread', r.tid), r.name]);
    expect(rows).to.deep.equal([
      ['hz-1', 'mount-dirs : many'],
      ['hz-1', 'item a'],
      ['hz-1 (2)', 'item b'],
      ['hz-1', 'item c'],
      // A pause lies across it in the first row.
      ['hz-1 (3)', 'item d'],
      ['hz-1', 'mount-dirs : next'],
    ]);
    const order = records
      .filter((r) => r.name === 'thread_sort_index')
      .toSorted((a, b) => Number(a.args?.['sort_index']) - Number(b.args?.['sort_index']))
      .map((r) => nameOf(records, 'thread', r.tid));
    expect(order).to.deep.equal(['plays', 'hz-1', 'hz-1 (2)', 'hz-1 (3)', 'hz-2', 'plays', 'hlj-1']);
  });

  it('is a trace too when nothing was run', async () => {
    expect((await traceOf([...play({}), end()])).records).to.deep.equal([]);
  });
});
