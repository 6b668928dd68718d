import { expect } from 'chai';
import { drawStatistics } from '../../src/report/statistics.ts';
import { describeBothWays } from './both-ways.ts';
import { fourNodes as inventory, runProject } from './support.ts';

const two = `regions: { r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 } } } }`;

describeBothWays('pause', () => {
  const playbook = (more = ''): string => `
- hosts: all
  serial: 1
  tasks:
    - run: before
    - pause: { prompt: "Ready for {{inventory_hostname}}?" }
      register: said
${more}
    - debug: { msg: "{{said.user_input}}" }
`;

  it('asks once for each batch of each region, and all of it have the answer', async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => Promise.resolve(`yes ${asked.push(question)}`);
    const wide = playbook().replace('serial: 1', 'serial: 2');
    const { events } = await runProject({
      inventory: two,
      playbook: wide,
      steersman: { ask },
      dependsOnTime: true,
    });
    expect(asked).to.deep.equal(['[r] Ready for n1? ']);
    const shown = events.flatMap((event) => (event.type === 'task-finished' ? (event.message ?? []) : []));
    expect(shown).to.deep.equal(['yes 1', 'yes 1']);

    asked.length = 0;
    await runProject({ inventory: two, playbook: playbook(), steersman: { ask }, dependsOnTime: true });
    expect(asked).to.deep.equal(['[r] Ready for n1? ', '[r] Ready for n2? ']);
  });

  it('run_once asks once in the play', async () => {
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => Promise.resolve(`yes ${asked.push(question)}`);
    await runProject({
      inventory,
      playbook: playbook('      run_once: true'),
      steersman: { ask },
      dependsOnTime: true,
    });
    expect(asked).to.have.length(1);
  });

  it('without a terminal it fails, and nothing behind it is done', async () => {
    const { world } = await runProject({ inventory: two, playbook: `${playbook()}\n    - run: after\n` });
    expect(world.log).to.deep.equal(['n1 run before']);
  });
});

describeBothWays('set_stats', () => {
  it('says at the end what was added up, by node and for the run', async () => {
    const playbook = `
- hosts: all
  tasks:
    - set_stats: { data: { count: 1, names: ["{{inventory_hostname}}"], words: a, deep: { x: 1 } } }
    - set_stats: { data: { count: "{{item}}", last: "{{item}}" }, per_host: true }
      loop: [1, 2]
    - set_stats: { data: { last: 9 }, per_host: true, aggregate: false }
    - set_stats: { data: { hidden: 1 } }
      no_log: true
    - set_stats: { data: { never: 1 } }
      when: "false"
`;
    const { finished } = await runProject({ inventory: two, playbook, options: { forks: 1 } });
    expect(finished.stats).to.deep.equal({
      run: { count: 2, names: ['n1', 'n2'], words: 'aa', deep: { x: 2 } },
      nodes: { n1: { count: 3, last: 9 }, n2: { count: 3, last: 9 } },
    });
  });

  it('says nothing where there is nothing', async () => {
    const { finished } = await runProject({
      inventory: two,
      playbook: '- hosts: all\n  tasks: [{ run: x }]\n',
    });
    expect(finished).to.not.have.property('stats');
  });
});

describe('statistics at the end', () => {
  it('a line each, those of the run first', () => {
    const stats = { run: { a: 1, b: ['x'] }, nodes: { 'hz-1': { a: 'two\nlines' } } };
    expect(drawStatistics(stats)).to.deep.equal([
      '  run    a: 1',
      '  run    b: ["x"]',
      '  hz-1   a: "two\\nlines"',
    ]);
    expect(drawStatistics(undefined)).to.deep.equal([]);
  });
});
