import { expect } from 'chai';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import { sh } from '../../src/transport/command.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, fourNodes as inventory, runProject } from './support.ts';

describeBothWays('timeout', () => {
  const slowNode = (ms: { readonly connect?: number; readonly answer?: number }) => ({
    connect: async () => {
      await new Promise((resolve) => setTimeout(resolve, ms.connect ?? 0));
      return createFakeLink([
        { match: /[^]*/, stdout: 'x', ...(ms.answer === undefined ? {} : { delayMs: ms.answer }) },
      ]);
    },
    close: async () => undefined,
  });
  const play = async (tasks: string, ms: Parameters<typeof slowNode>[0] = {}) => {
    const { events } = await runProject({
      inventory,
      playbook: `- hosts: e1\n  gather_facts: false\n  tasks: [${tasks}]\n`,
      connector: slowNode(ms),
      modules: [looksOften],
      dependsOnTime: true,
    });
    return finishedTasks(events).map(({ status, failure }) => `${status} ${failure?.message ?? ''}`.trim());
  };
  const looksOften = defineModule({
    name: 'look_often',
    summary: 'Asks the node again and again, whatever comes of it',
    args: z.strictObject({ ms: z.number() }),
    returns: z.strictObject({ asked: z.number() }),
    check: async (node, { ms }) => {
      let asked = 0;
      for (const until = performance.now() + ms; performance.now() < until; asked += 1) {
        await node.query(sh`true`);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return { changes: [], result: { asked }, certain: {} };
    },
    apply: async () => ({ asked: 0 }),
  });

  it('fails a task whose command takes longer', async () => {
    expect(await play('{ command: sleep 9, timeout: 0.1 }', { answer: 3_000 })).to.deep.equal([
      'failed timed out after 0.1 s; its processes were ended',
    ]);
  });

  it('fails one that waits without a command', async () => {
    const started = performance.now();
    expect(await play('{ pause: { seconds: 3 }, timeout: 0.1 }')).to.deep.equal([
      'failed timed out after 0.1 s',
    ]);
    expect(performance.now() - started).to.be.below(2_000);
  });

  it('is for all that the task does together', async () => {
    expect(await play('{ look_often: { ms: 3000 }, timeout: 0.1 }')).to.deep.equal([
      'failed timed out after 0.1 s',
    ]);
  });

  it('counts anew for each attempt, and opening the connection does not count', async () => {
    const tasks =
      '{ look_often: { ms: 60 }, timeout: 0.15, register: r, until: r.attempts >= 3, retries: 4, delay: 0 }';
    expect(await play(tasks, { connect: 300 })).to.deep.equal(['ok']);
  });

  it('0 is none; a template is told on each node', async () => {
    expect(await play('{ look_often: { ms: 50 }, timeout: 0 }')).to.deep.equal(['ok']);
    expect(await play('{ look_often: { ms: 3000 }, vars: { t: 0.1 }, timeout: "{{t}}" }')).to.deep.equal([
      'failed timed out after 0.1 s',
    ]);
  });
});
