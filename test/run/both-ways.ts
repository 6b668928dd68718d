import { expect } from 'chai';
import type { RunEvent } from '../../src/events/event.ts';
import { story } from './story.ts';

interface Way {
  readonly speculate: boolean;
  /** What each run of the present test told, in the order of the runs. */
  readonly told: (Record<string, unknown[]> | undefined)[];
}

const state: { way: Way } = { way: { speculate: true, told: [] } };

/**
 * A suite of the engine, run with and without speculation: every test has to pass both ways, and what its runs say of
 * each node has to be the same.
 */
export function describeBothWays(title: string, suite: (this: Mocha.Suite) => void): void {
  const told = new Map<string, Way['told']>();
  for (const speculate of [true, false]) {
    describe(speculate ? title : `${title} --no-speculation`, function () {
      beforeEach(function () {
        state.way = { speculate, told: [] };
      });
      suite.call(this);
      afterEach(function () {
        const test = this.currentTest;
        const key = test?.fullTitle().replace(' --no-speculation', '') ?? '';
        if (speculate) told.set(key, state.way.told);
        else if (test?.state === 'passed') expect(state.way.told, key).to.deep.equal(told.get(key));
        state.way = { speculate: true, told: [] };
      });
    });
  }
}

/** Whether runs of the present test speculate, where they do not say themselves. */
export function speculates(): boolean {
  return state.way.speculate;
}

/** Notes what a run told; `compare` false: its events depend on time. */
export function note(events: readonly RunEvent[], compare: boolean): void {
  state.way.told.push(compare ? story(events) : undefined);
}
