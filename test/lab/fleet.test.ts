import { join } from 'node:path';
import { expect } from 'chai';
import { Closing } from '../../bench/closing.ts';
import type { SeenEvent } from '../../bench/events.ts';
import { killInTheMiddle, recapOf, type KillReport } from '../../bench/killed.ts';
import { LoopbackNodes } from '../../bench/loopback.ts';
import { root } from '../e2e/lab.ts';

const NODES = 60;
const KILLED = 40;
const LIMIT_SECONDS = 60;

/** Needs root, not the lab: an sshd of its own answers for all nodes. */
describe('many connections killed in the middle of a run', () => {
  const closing = new Closing();
  let report: KillReport;

  before(async () => {
    process.once('exit', () => closing.run());
    const main = process.env['OMS_PLAY_MAIN'] ?? join(root, 'dist', 'main.js');
    const site = await LoopbackNodes.start('oms-fleet', closing);
    const options = {
      nodes: NODES,
      kill: KILLED,
      limitSeconds: LIMIT_SECONDS,
      program: [process.execPath, main],
    };
    report = await killInTheMiddle(site, options, closing);
  });
  after(() => closing.run());

  it('the killed ones, and no others, end as unreachable; the run ends by itself', () => {
    const rows = recapOf(report.firstEvents);
    expect(report.killed).to.equal(KILLED);
    expect(rows).to.have.length(NODES);
    expect(rows.filter((row) => row.unreachable === 1)).to.have.length(KILLED);
    expect(rows.filter((row) => row.failed > 0)).to.deep.equal([]);
    expect(report.first.code).to.equal(4);
  });

  it('no task of a node is left open', () => {
    const open = new Set<string>();
    for (const event of report.firstEvents) {
      if (event.type === 'node-task-started') open.add(taskOf(event));
      if (event.type === 'task-finished') open.delete(taskOf(event));
    }
    expect([...open]).to.deep.equal([]);
  });

  it('a second run finishes the work on all nodes', () => {
    const rows = recapOf(report.secondEvents);
    expect(report.second.code).to.equal(0);
    expect(rows.filter((row) => row.unreachable + row.failed === 0)).to.have.length(NODES);
    expect(report.whole).to.have.length(NODES);
  });
});

function taskOf({ node, task }: SeenEvent): string {
  return `${node} ${task}`;
}
