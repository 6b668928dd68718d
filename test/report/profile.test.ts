import { expect } from 'chai';
import stringWidth from 'string-width';
import { byteCount, shortTime } from '../../src/report/figures.ts';
import { createProfileReporter } from '../../src/report/profile-reporter.ts';
import { createProfileFold } from '../../src/report/profile.ts';
import { end, row, tell, two, play, type Said } from './events.ts';
import { nodeProfile, worked } from './measured.ts';

function summaryOf(events: readonly Said[]) {
  const fold = createProfileFold();
  for (const event of events) fold.take({ time: 0, ...event });
  return fold.summary();
}

function drawn(events: readonly Said[], options: { width?: number; color?: boolean } = {}): string {
  let text = '';
  const write = (part: string): void => void (text += part);
  tell(createProfileReporter({ write, color: false, width: 0, ...options }), events);
  return text;
}

const run: readonly Said[] = [
  ...play(two),
  worked([1, 'data directory'], 'hz-1', { waitMs: 5, connectMs: 800, checkMs: 20, applyMs: 30 }),
  worked([1, 'data directory'], 'hz-2', { connectMs: 900, checkMs: 10, otherMs: 1 }),
  worked([2, 'image'], 'hz-1', { checkMs: 40, applyMs: 500, transferMs: 4_000 }),
  worked([2, 'image'], 'hlj-1', { connectMs: 1000, checkMs: 35 }),
  // Its times are in the event of the whole loop.
  worked([3, 'files'], 'hz-1', { applyMs: 7 }, { item: 'a' }),
  worked([3, 'files'], 'hz-1', { applyMs: 7, otherMs: 0.5 }),
  nodeProfile(
    'hz-1',
    { waitMs: 5, connectMs: 800, checkMs: 60, applyMs: 537, transferMs: 4_000, otherMs: 0.5 },
    {
      ahead: { asked: 10, used: 6, changedSince: 2, otherArguments: 1, unused: 1, notAsked: 3 },
      connection: {
        connectMs: 700,
        roundTrips: 14,
        requests: 40,
        bytesSent: 30_012_345,
        bytesReceived: 4_210,
      },
    },
  ),
  nodeProfile(
    'hz-2',
    { connectMs: 900, checkMs: 10, otherMs: 1 },
    {
      ahead: { asked: 2, used: 2 },
      connection: { connectMs: 650, roundTrips: 2, requests: 9, bytesSent: 900 },
    },
  ),
  nodeProfile('hlj-1', { connectMs: 1000, checkMs: 35 }),
  end(row('hz-1'), row('hz-2'), row('hlj-1')),
];

describe('the sums of a profile', () => {
  it('add phases, looks ahead and the time of nodes that had nothing to do', () => {
    const summary = summaryOf(run);
    expect(summary.phases).to.deep.equal({
      waitMs: 5,
      connectMs: 2_700,
      checkMs: 105,
      applyMs: 537,
      transferMs: 4_000,
      pauseMs: 0,
      otherMs: 1.5,
    });
    expect(summary.busyMs).to.equal(7348.5);
    expect(summary.idleMs).to.equal(3 * 12_345 - 7348.5);
    expect(summary.ahead).to.include({ asked: 12, used: 8, notAsked: 3 });
  });

  it('give tasks their work alone, not the waiting for a place or a connection', () => {
    const [directory, image, files] = summaryOf(run).tasks;
    expect(directory).to.deep.equal({
      title: 'mount-dirs : data directory',
      workMs: 61,
      nodes: 2,
      slowestMs: 50,
      slowestNode: 'hz-1',
    });
    expect(image).to.include({ workMs: 4_575, slowestMs: 4_540, slowestNode: 'hz-1' });
    expect(files).to.include({ workMs: 7.5, nodes: 1 });
  });

  it('of a run that was not measured, or had no work, are zero', () => {
    const { nodes, busyMs, idleMs, tasks } = summaryOf([...play(two), end()]);
    expect({ nodes, busyMs, idleMs, tasks }).to.deep.equal({ nodes: [], busyMs: 0, idleMs: 0, tasks: [] });
  });
});

describe('the table of a profile', () => {
  it('says where the time went', () => {
    expect(drawn(run)).to.equal(`
PROFILE  12 s; 3 nodes together: busy 7.35 s, idle 30 s
      5.0 ms    0 %  wait for a place in the limits
      2.70 s   37 %  connect
      105 ms    1 %  check
      537 ms    7 %  apply
      4.00 s   54 %  transfer of large files
      1.5 ms    0 %  other work of the controller
SLOWEST TASKS, on their slowest node
      4.54 s  hz-1  mount-dirs : image
       50 ms  hz-1  mount-dirs : data directory
      7.5 ms  hz-1  mount-dirs : files
SLOWEST TASKS, all nodes together
      4.58 s  2 nodes    mount-dirs : image
       61 ms  2 nodes    mount-dirs : data directory
      7.5 ms  1 node     mount-dirs : files
SLOWEST NODES
  node       busy      wait   connect     check     apply  transfer     other
  hz-1     5.40 s    5.0 ms    800 ms     60 ms    537 ms    4.00 s   0.50 ms
  hlj-1    1.03 s         0    1.00 s     35 ms         0         0         0
  hz-2     911 ms         0    900 ms     10 ms         0         0    1.0 ms
ROUND TRIPS PER NODE  least 2, median 2, most 14
  node     trips  requests      sent  received   connect    shells
  hz-1        14        40   30.0 MB    4.2 kB    700 ms         1
  hz-2         2         9     900 B       0 B    650 ms         1
LOOKS AHEAD  12 asked
           8  used (67 %)
           2  thrown away: something changed since
           1  thrown away: the arguments came out otherwise
           1  not needed, or asked anew
           3  not asked ahead: the look waited for its turn
`);
  });

  it('fits a narrow terminal: the columns that say least are left out', () => {
    const lines = drawn(run, { width: 60 }).split('\n');
    expect(Math.max(...lines.map((line) => stringWidth(line)))).to.be.at.most(60);
    expect(lines.find((line) => line.startsWith('  node '))?.split(/ +/)).to.deep.equal(
      ['', 'node', 'busy', 'connect', 'check', 'apply', 'transfer'], // prettier-ignore
    );
    for (const width of [20, 30, 45]) {
      const narrow = drawn(run, { width }).split('\n');
      expect(Math.max(...narrow.map((line) => stringWidth(line)))).to.be.at.most(width);
    }
  });

  it('keeps its columns with Chinese names, and names no more than ten of each', () => {
    const names = Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? `节点-${i}` : `n-${i}`));
    const text = drawn([
      ...names.map((name, i) => worked([i, `task ${i}`], name, { checkMs: i + 1 })),
      ...names.map((name, i) => nodeProfile(name, { checkMs: i + 1 }, { connection: { roundTrips: i + 1 } })),
      end(),
    ]);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.includes(' : task '))).to.have.length(20);
    const nodes = lines.slice(lines.indexOf('SLOWEST NODES') + 1, lines.indexOf('SLOWEST NODES') + 12);
    expect(new Set(nodes.map((line) => stringWidth(line))).size).to.equal(1);
    expect(nodes[1]).to.match(/^ {2}n-11 /);
  });

  it('of one node says its tasks once', () => {
    const text = drawn([
      worked([1, 'a'], 'hz-1', { checkMs: 2 }),
      nodeProfile('hz-1', { checkMs: 2 }),
      end(row('hz-1')),
    ]);
    expect(text).to.contain('; 1 node: busy').and.not.contain('together');
    expect(text.match(/SLOWEST TASKS/g)).to.have.length(1);
  });

  it('has colour only where it is wanted, and cannot be steered by names', () => {
    expect(drawn(run)).not.to.contain('\x1b');
    expect(drawn(run, { color: true })).to.contain('\x1b[1mSLOWEST NODES');
    const name = 'x\x1b[2J\ny';
    const text = drawn([
      worked([1, name], 'hz-1', { checkMs: 2 }),
      nodeProfile('hz-1', { checkMs: 2 }),
      end(),
    ]);
    expect(text).to.contain('mount-dirs : x …').and.not.contain('\x1b');
  });

  it('is not there when nothing was measured', () => {
    expect(drawn([...play(two), end()])).to.equal('');
  });
});

describe('figures', () => {
  const times: readonly (readonly [number, string])[] = [
    [0, '0'],
    [0.994, '0.99 ms'],
    [0.996, '1.0 ms'],
    [9.94, '9.9 ms'],
    [9.96, '10 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [9_994, '9.99 s'],
    [9_996, '10.0 s'],
    [10_100, '10 s'],
    [125_000, '2 min 5 s'],
  ];
  for (const [ms, text] of times) it(`${ms} ms is ${text}`, () => expect(shortTime(ms)).to.equal(text));

  it('bytes are rounded to units', () => {
    const sizes = [0, 999, 1_000, 999_949, 999_950, 30_012_345, 999_950_000, 12_300_000_000];
    const texts = ['0 B', '999 B', '1.0 kB', '999.9 kB', '1.0 MB', '30.0 MB', '1.0 GB', '12.3 GB'];
    expect(sizes.map(byteCount)).to.deep.equal(texts);
  });
});
