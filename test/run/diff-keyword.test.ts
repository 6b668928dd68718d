import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, fourNodes, runProject } from './support.ts';

const playbook = JSON.stringify([
  {
    hosts: 'e1',
    diff: true,
    tasks: [
      { name: 'as the play', ping: null },
      { name: 'not here', ping: null, diff: false },
      { block: [{ name: 'as the block', ping: null }], diff: false },
    ],
  },
  { hosts: 'e1', tasks: [{ name: 'as the command line', ping: null }] },
]);

describeBothWays('keyword diff', () => {
  for (const diff of [true, false]) {
    it(`the innermost says whether differences are shown, else the command line (${diff})`, async () => {
      const { events } = await runProject({ inventory: fourNodes, playbook, options: { diff } });
      expect(finishedTasks(events).map((e) => [e.name, e.showDiff])).to.deep.equal([
        ['as the play', true],
        ['not here', false],
        ['as the block', false],
        ['as the command line', diff],
      ]);
    });
  }
});
