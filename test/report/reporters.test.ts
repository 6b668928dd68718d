import { expect } from 'chai';
import type { Reporter, RunEvent } from '../../src/events/event.ts';
import { combineReporters } from '../../src/report/combine.ts';
import { exitCode } from '../../src/report/exit-code.ts';
import { createJsonReporter } from '../../src/report/json.ts';
import { end, row, tell } from './events.ts';

describe('json reporter', () => {
  it('writes one event per line, whatever is in it', () => {
    let out = '';
    const reporter = createJsonReporter({ write: (text) => void (out += text) });
    tell(reporter, [{ type: 'warning', message: 'a\nb\u2028"日本' }, end(row('hz-1'))]);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as RunEvent);
    expect(events.map((event) => event.type)).to.deep.equal(['warning', 'run-finished']);
    expect(events[0]).to.deep.equal({ time: 0, type: 'warning', message: 'a\nb\u2028"日本' });
  });
});

describe('combineReporters', () => {
  const collecting = (seen: string[]): Reporter => ({
    name: 'good',
    handle: (event) => void seen.push(event.type),
  });

  it('drops one that throws, says so once, and goes on with the others', async () => {
    const seen: string[] = [];
    const notes: string[] = [];
    const bad: Reporter = {
      name: 'bad',
      handle: () => {
        throw new Error('disk full');
      },
      close: async () => {
        throw new Error('never called');
      },
    };
    const both = combineReporters([bad, collecting(seen)], (text) => notes.push(text));
    tell(both, [
      { type: 'warning', message: 'a' },
      { type: 'warning', message: 'b' },
    ]);
    await both.close?.();
    expect(seen).to.deep.equal(['warning', 'warning']);
    expect(notes).to.have.length(1);
    expect(notes[0]).to.match(/"bad".*disk full/);
  });

  it('waits for all to close and notes one that cannot', async () => {
    const notes: string[] = [];
    let closed = false;
    const slow: Reporter = {
      name: 'slow',
      handle: () => undefined,
      close: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        closed = true;
      },
    };
    const bad: Reporter = {
      name: 'bad',
      handle: () => undefined,
      close: () => Promise.reject(new Error('no')),
    };
    await combineReporters([bad, slow], (text) => notes.push(text)).close?.();
    expect(closed).to.equal(true);
    expect(notes).to.have.length(1);
  });
});

describe('exitCode', () => {
  const cases: readonly (readonly [string, Parameters<typeof row>[1], number])[] = [
    ['all well', { ok: 3 }, 0],
    ['a failed task', { failed: 1 }, 2],
    ['a node unreachable beats a failed task', { failed: 1, unreachable: 1 }, 4],
    ['rescued and ignored are well', { rescued: 1, ignored: 1 }, 0],
    ['changes in a check that matter', { changed: 1 }, 3],
    ['unknown alone is no change', { unknown: 1 }, 0],
    ['a failure beats changes', { changed: 1, failed: 1 }, 2],
  ];
  const finished = (counts: Parameters<typeof row>[1], interrupted = false) =>
    ({ type: 'run-finished', durationMs: 1, interrupted, recap: [row('a'), row('b', counts)] }) as const;
  for (const [what, counts, code] of cases) {
    it(`${code}: ${what}`, () => {
      expect(exitCode(finished(counts), { check: true, changesMatter: true })).to.equal(code);
    });
  }

  it('0 for changes that are made, or that nobody asked about; 130 when interrupted', () => {
    expect(exitCode(finished({ changed: 1 }), { check: false, changesMatter: true })).to.equal(0);
    expect(exitCode(finished({ changed: 1 }), { check: true, changesMatter: false })).to.equal(0);
    expect(
      exitCode(finished({ failed: 1, unreachable: 1 }, true), { check: true, changesMatter: true }),
    ).to.equal(130);
  });
});
