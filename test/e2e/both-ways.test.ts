import { expect } from 'chai';
import type { RunEvent, TaskFinished } from '../../src/events/event.ts';
import { expectCode, finished } from './events.ts';
import { deploy, lab } from './lab.ts';

/** The runs of a deployment from bare nodes on, in their order. */
const RUNS: readonly (readonly string[])[] = [['--check', '--diff'], ['--diff'], [], ['--check']];

/** What differs between two deployments that are the same: names that Docker gives, times, numbers of processes. */
function plain(text: string): string {
  return text
    .replaceAll(/\b[0-9a-f]{12,64}\b/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\d[T @]\d\d:\d\d:\d\d[.\dZ+:]*/g, 'TIME')
    .replaceAll(/\d+(\.\d+)? ?(ms|s)\b/g, 'DURATION')
    .replaceAll(/pid \d+/g, 'pid');
}

/** What the run said of each task, by node; of a task that is done once, whoever came first did it. */
function story(events: readonly RunEvent[]): Record<string, string[]> {
  const doers = new Map<number, Set<string>>();
  for (const { task, node } of finished(events)) doers.set(task, (doers.get(task) ?? new Set()).add(node));
  const nodes: Record<string, string[]> = {};
  for (const event of finished(events)) {
    const name = doers.get(event.task)?.size === 1 ? 'once' : event.node;
    (nodes[name] ??= []).push(line(event));
  }
  return nodes;
}

function line({ name, status, handler, item, changes, reason, failure }: TaskFinished): string {
  const what = changes.map(
    (change) => `${change.subject}: ${change.summary} ${JSON.stringify(change.diff ?? '')}`,
  );
  return plain(JSON.stringify({ name, status, handler, item, what, reason, failure: failure?.message }));
}

describe('deploy.yml with and without speculation', function () {
  this.timeout(600_000);

  it('says the same in every run: check, deploy, again, check again', async () => {
    const told: Record<string, string[]>[][] = [];
    for (const more of [[], ['--no-speculation']]) {
      await lab('reset');
      const stories = [];
      for (const args of RUNS) {
        const played = await deploy(...args, ...more);
        expectCode(played, 0);
        stories.push(story(played.events));
      }
      told.push(stories);
    }
    RUNS.forEach((args, i) => {
      expect(told[1]?.[i], `deploy.yml ${args.join(' ')}`).to.deep.equal(told[0]?.[i]);
    });
  });
});
