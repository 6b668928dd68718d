import { expect } from 'chai';
import { end, finished, one, play, printed, row } from './events.ts';

const name = 'data directory';

describe('plain reporter on a terminal', () => {
  it('cuts long summaries at the width, but never the recap', () => {
    const changes = [{ subject: '/数据/目录', summary: '没有 → '.repeat(30) }];
    const out = printed(
      [...play(one), finished(1, name, 'hz-1', { status: 'changed', changes }), end(row('hz-1'))],
      { width: 40 },
    );
    const line = out.split('\n').find((each) => each.includes('changed  ')) ?? '';
    expect(line).to.match(/^ {2}changed {6}hz-1 {3}\/数据\/目录 .*…$/);
    expect([...line].reduce((sum, char) => sum + (char >= '⺀' ? 2 : 1), 0)).to.be.at.most(40);
    expect(out).to.contain('ignored=0\n');
  });

  it('keeps remote text from steering the terminal', () => {
    const evil = '\u001b]0;title\u0007\u001b[2J\u001b[31mred\u0000\u009b1m \u202etxt\rrest';
    const failure = { message: evil, stdout: evil, stderr: evil, command: evil };
    const out = printed(
      [
        ...play({ [evil]: [`hz${evil}`] }),
        { type: 'warning', message: evil },
        {
          type: 'task-output',
          task: 1,
          region: 'cn-hangzhou',
          node: `hz${evil}`,
          stream: 'stdout',
          text: `${evil}\n`,
        },
        finished(1, evil, `hz${evil}`, {
          status: 'failed',
          failure,
          message: evil,
          item: evil,
          result: evil,
        }),
        finished(1, evil, 'hz', {
          changes: [
            { subject: evil, summary: evil, diff: { kind: 'text', path: evil, before: '', after: evil } },
          ],
          showDiff: true,
        }),
        finished(1, evil, 'hz', { status: 'unknown', reason: evil }),
        end(row(`hz${evil}`)),
      ],
      { verbosity: 3 },
    );
    expect(out).not.to.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
    expect(out).to.contain('red\\u0000');
  });

  it('colours only when it may', () => {
    const events = [
      ...play(one),
      finished(1, name, 'hz-1', { status: 'failed', failure: { message: 'no' } }),
      end(row('hz-1', { failed: 1 })),
    ];
    expect(printed(events, { color: false })).not.to.contain('\u001b');
    expect(printed(events, { color: true })).to.contain('\u001b[31mfailed\u001b[39m');
  });

  it('says that a run was interrupted', () => {
    expect(printed([{ type: 'run-finished', durationMs: 185_000, interrupted: true, recap: [] }])).to.equal(
      'Interrupted after 3 min 5 s\n',
    );
  });
});
