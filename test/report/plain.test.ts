import { expect } from 'chai';
import { created, end, finished, one, play, printed, row, started, two } from './events.ts';

const name = 'data directory';
const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('plain reporter', () => {
  it('prints a play in one region', () => {
    const out = printed([
      ...play(one, true),
      started(1, name),
      finished(1, name, 'hz-1', { status: 'changed', changes: created }),
      finished(1, name, 'hz-2'),
      started(2, 'owner'),
      finished(2, 'owner', 'hz-1', { status: 'skipped', reason: 'when: x == 1' }),
      finished(2, 'owner', 'hz-2', { changes: [], message: 'all well' }),
      end(row('hz-1', { ok: 10, changed: 1, skipped: 1 }), row('hz-2', { ok: 2 })),
    ]);
    expect(out).to.equal(
      text(
        'PLAY install OMS                                            check mode',
        'REGION cn-hangzhou  (2 nodes, 2 at once)',
        'TASK mount-dirs : data directory',
        '  changed      hz-1   /data/oms  absent → directory 0755',
        '  ok           hz-2',
        'TASK mount-dirs : owner',
        '  skipped      hz-1   when: x == 1',
        '  ok           hz-2   all well',
        '',
        'RECAP',
        '  hz-1   ok=10  changed=1  unreachable=0  failed=0  skipped=1  rescued=0  ignored=0  unknown=0',
        '  hz-2   ok=2   changed=0  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0  unknown=0',
        'Finished in 12 s',
      ),
    );
  });

  it('says which region and task a line belongs to when they interleave', () => {
    const out = printed([
      ...play(two),
      started(1, name),
      started(1, name, 'cn-heilongjiang'),
      finished(1, name, 'hz-1'),
      finished(1, name, 'hz-2'),
      finished(1, name, 'hlj-1', { status: 'changed', changes: created }),
      {
        type: 'region-finished',
        play: 'install OMS',
        region: 'cn-heilongjiang',
        stopped: '1 of 1 nodes failed',
      },
      started(2, 'restart', 'cn-hangzhou', true),
      finished(2, 'restart', 'hz-2', { handler: true, delegatedTo: 'hlj-1' }),
    ]);
    expect(out).to.equal(
      text(
        'PLAY install OMS',
        'REGION cn-hangzhou  (2 nodes, 2 at once)',
        'REGION cn-heilongjiang  (1 node, 2 at once)',
        'TASK [cn-hangzhou] mount-dirs : data directory',
        'TASK [cn-heilongjiang] mount-dirs : data directory',
        'TASK [cn-hangzhou] mount-dirs : data directory',
        '  ok           hz-1',
        '  ok           hz-2',
        'TASK [cn-heilongjiang] mount-dirs : data directory',
        '  changed      hlj-1   /data/oms  absent → directory 0755',
        'REGION cn-heilongjiang  stopped: 1 of 1 nodes failed',
        'HANDLER mount-dirs : restart',
        '  ok           hz-2 -> hlj-1',
      ),
    );
  });

  it('shows diffs below the line, and only where they are asked for', () => {
    const diff = { kind: 'text', path: '/etc/a', before: 'one\ntwo\n', after: 'one\nTWO\n' } as const;
    const rows = {
      kind: 'values',
      rows: [
        { name: 'mode', before: '0644', after: '0600' },
        { name: 'cmd', before: null, after: ['a b'] },
      ],
    } as const;
    const changes = [
      { subject: '/etc/a', summary: 'content', diff },
      { subject: '/etc/a', summary: 'mode', diff: rows },
    ];
    const lines = (showDiff: boolean): string =>
      printed([...play(one), finished(1, name, 'hz-1', { status: 'changed', changes, showDiff })]);
    expect(lines(true)).to.contain(
      text(
        '  changed      hz-1   /etc/a  content',
        '                      /etc/a  mode',
        '      --- /etc/a (before)',
        '      +++ /etc/a (after)',
        '      @@ -1,2 +1,2 @@',
        '       one',
        '      -two',
        '      +TWO',
        '      mode: 0644 → 0600',
        '      cmd: (none) → ["a b"]',
      ),
    );
    expect(lines(false)).not.to.contain('---');
  });

  it('numbers the lines of a new and of an emptied file as diff does', () => {
    const diff = (before: string, after: string): string => {
      const changes = [
        { subject: '/a', summary: 's', diff: { kind: 'text', path: '/a', before, after } as const },
      ];
      return printed([
        ...play(one),
        finished(1, name, 'hz-1', { status: 'changed', changes, showDiff: true }),
      ]);
    };
    expect(diff('', 'a\nb\n')).to.include('@@ -0,0 +1,2 @@');
    expect(diff('a\nb\n', '')).to.include('@@ -1,2 +0,0 @@');
  });

  it('does not count lines that a module has cut off already', () => {
    const stdout = `…${Array.from({ length: 30 }, (_, i) => `line ${i + 1}`).join('\n')}`;
    const failed = finished(1, name, 'hz-1', { status: 'failed', failure: { message: 'no', stdout } });
    expect(printed([...play(one), failed, end(row('hz-1', { failed: 1 }))])).to.include(
      'stdout     (10 or more lines before)\n               line 11\n',
    );
  });

  it('tells all failures at the end, with everything that helps to mend them', () => {
    const stdout = Array.from({ length: 25 }, (_, i) => `line ${i + 1}`).join('\n');
    const failure = {
      message: 'mkdir failed\nno space left',
      command: 'mkdir -p /data/oms',
      exitCode: 1,
      stdout,
      stderr: 'No space left on device\n',
      hint: 'free some space',
    };
    const out = printed([
      ...play(two),
      finished(1, name, 'hz-1', { status: 'failed', failure }),
      finished(1, name, 'hz-2', { status: 'rescued', failure: { message: 'caught' } }),
      finished(1, name, 'hlj-1', { status: 'unreachable', failure: { message: 'connect ECONNREFUSED' } }),
      end(row('hz-1', { failed: 1 }), row('hz-2', { rescued: 1 }), row('hlj-1', { unreachable: 1 })),
    ]);
    expect(out).to.contain('  failed       hz-1    mkdir failed …\n');
    expect(out.slice(out.indexOf('FAILURES'))).to.equal(
      text(
        'FAILURES',
        '  hz-1  mount-dirs : data directory  (roles/mount-dirs/tasks/main.yml:3)',
        '    mkdir failed',
        '    no space left',
        '    command    mkdir -p /data/oms',
        '    exit code  1',
        '    stdout     (5 lines before)',
        ...Array.from({ length: 20 }, (_, i) => `               line ${i + 6}`),
        '    stderr     No space left on device',
        '    hint       free some space',
        '  hlj-1  mount-dirs : data directory  (roles/mount-dirs/tasks/main.yml:3)',
        '    connect ECONNREFUSED',
        '',
        'RECAP',
        '  hz-1    ok=0  changed=0  unreachable=0  failed=1  skipped=0  rescued=0  ignored=0',
        '  hz-2    ok=0  changed=0  unreachable=0  failed=0  skipped=0  rescued=1  ignored=0',
        '  hlj-1   ok=0  changed=0  unreachable=1  failed=0  skipped=0  rescued=0  ignored=0',
        'Finished in 12 s',
      ),
    );
  });

  it('names what a check could not know, with the reason', () => {
    const out = printed([
      ...play(one, true),
      finished(1, name, 'hz-1', { status: 'unknown', reason: 'depends on "unpack", which would change' }),
      end(row('hz-1', { unknown: 1 })),
    ]);
    expect(out).to.contain(
      text('UNKNOWN', '  hz-1   mount-dirs : data directory  depends on "unpack", which would change'),
    );
  });

  it('prints items of a loop, and its own event only when it says more', () => {
    const out = printed([
      ...play(one),
      finished(1, name, 'hz-1', { item: 'a', status: 'changed', changes: created }),
      finished(1, name, 'hz-1', { item: 'b', status: 'failed', failure: { message: 'no' } }),
      finished(1, name, 'hz-1', { status: 'failed', failure: { message: 'an item failed' } }),
      finished(1, name, 'hz-2', { status: 'skipped', reason: 'empty list' }),
      end(row('hz-1', { failed: 1 })),
    ]);
    expect(out).to.contain(
      text(
        '  changed      hz-1   (item=a)  /data/oms  absent → directory 0755',
        '  failed       hz-1   (item=b)  no',
        '  skipped      hz-2   empty list',
      ),
    );
    expect(out).to.contain('(item=b)  (roles/');
    expect(out).not.to.contain('an item failed');
  });

  it('streams output at -v only, in whole lines', () => {
    const part = (words: string) =>
      ({
        type: 'task-output',
        task: 1,
        region: 'cn-hangzhou',
        node: 'hz-1',
        stream: 'stdout',
        text: words,
      }) as const;
    const events = [
      ...play(one),
      started(1, name),
      part('load'),
      part('ing\nst'),
      part('ep 2'),
      finished(1, name, 'hz-1'),
    ];
    expect(printed(events)).not.to.contain('loading');
    expect(printed(events, { verbosity: 1 })).to.contain(
      text('  |            hz-1   loading', '  |            hz-1   step 2', '  ok           hz-1'),
    );
  });

  it('shows results and connections at -vv', () => {
    const events = [
      ...play(one),
      { type: 'node-connected', region: 'cn-hangzhou', node: 'hz-1', durationMs: 250 } as const,
      finished(1, name, 'hz-1', { result: { rc: 0 } }),
    ];
    expect(printed(events, { verbosity: 1 })).not.to.match(/connected|rc/);
    const out = printed(events, { verbosity: 2 });
    expect(out).to.contain('  connected    hz-1   in 0.3 s\n');
    expect(out).to.contain('      {\n        "rc": 0\n      }\n');
  });

  it('prints progress seldom: at most every 5 s, for each quarter', () => {
    const at = (seconds: number, percent: number) =>
      ({
        type: 'task-progress',
        time: seconds * 1000,
        task: 1,
        region: 'cn-hangzhou',
        node: 'hz-1',
        label: 'oms.tar.gz',
        done: percent * 2e7,
        total: 2e9,
        unit: 'bytes',
      }) as const;
    const events = [at(0, 0), at(1, 30), at(4, 40), at(6, 45), at(7, 51), at(12, 60), at(20, 62), at(45, 63)];
    const lines = printed([...play(one), started(1, name), ...events])
      .split('\n')
      .filter((line) => line.includes('%'));
    expect(lines).to.deep.equal([
      '  …            hz-1   oms.tar.gz  45 %  (0.9 of 2.0 GB)',
      '  …            hz-1   oms.tar.gz  60 %  (1.2 of 2.0 GB)',
      '  …            hz-1   oms.tar.gz  63 %  (1.3 of 2.0 GB)',
    ]);
  });

  it('prints retries, warnings and batches', () => {
    const out = printed([
      ...play(one),
      { type: 'batch-started', region: 'cn-hangzhou', batch: 1, batches: 2, nodes: ['hz-1'] },
      started(1, name),
      {
        type: 'task-retry',
        task: 1,
        region: 'cn-hangzhou',
        node: 'hz-1',
        attempt: 2,
        retries: 5,
        reason: 'not healthy',
      },
      { type: 'warning', node: 'hz-1', message: 'certificate expires\nin 20 days' },
    ]);
    expect(out).to.contain(
      text(
        'BATCH 1 of 2  (hz-1)',
        'TASK mount-dirs : data directory',
        '  retry        hz-1   attempt 2 of 5: not healthy',
        'WARNING hz-1: certificate expires',
        '      in 20 days',
      ),
    );
  });
});
