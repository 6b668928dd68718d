import { expect } from 'chai';
import type { DebugStop, Steersman, TaskQuestion } from '../../../src/run/steering.ts';
import { describeBothWays } from '../both-ways.ts';
import { fourNodes as inventory, outcomes, planProject, recap, runProject } from '../support.ts';

describeBothWays('--start-at-task', () => {
  const playbook = `
- hosts: e1
  tasks:
    - name: never
      run: never
- hosts: e1
  handlers: [{ name: h, run: h }]
  pre_tasks:
    - name: before
      run: before
      notify: h
  tasks:
    - block:
        - name: first
          run: first
        - name: second
          run: { say: second, fail_on: [e1] }
      rescue:
        - name: rescue
          run: rescue
      always:
        - name: always
          run: always
    - name: last
      run: last
- hosts: e1
  tasks:
    - name: next play
      run: next play
`;
  const said = async (startAt: string): Promise<string[]> => {
    const { world } = await runProject({ inventory, playbook, startAt });
    return world.log.map((line) => line.replace('e1 run ', ''));
  };

  it('leaves out what stands before it, in its block too', async () => {
    expect(await said('second')).to.deep.equal(['second', 'rescue', 'always', 'last', 'next play']);
    expect(await said('sec*')).to.deep.equal(['second', 'rescue', 'always', 'last', 'next play']);
    expect(await said('always')).to.deep.equal(['always', 'last', 'next play']);
    expect(await said('next ?lay')).to.deep.equal(['next play']);
  });

  it('says when there is no such task', () => {
    const { problems } = planProject({ inventory, playbook, startAt: 'secnd' });
    expect(problems[0]?.detail).to.match(/No task is called "secnd". Did you mean "second"/);
  });

  it('says when a later task needs what is left out', () => {
    const tasks = `
- hosts: e1
  tasks:
    - name: one
      run: one
      register: r
    - name: two
      run: "{{r.stdout}}"
`;
    const { problems } = planProject({ inventory, playbook: tasks, startAt: 'two' });
    expect(problems[0]?.detail).to.match(
      /"r" is set by the task at .*:4, which --start-at-task, .* leaves out/,
    );
  });
});

describeBothWays('--step', () => {
  const playbook = `
- hosts: all
  tasks:
    - name: one
      run: one
    - name: two
      run: two
    - name: three
      run: three
    - name: four
      run: four
`;

  it('asks before each task of each region: yes, no, continue', async () => {
    const asked: TaskQuestion[] = [];
    let open = 0;
    const steersman: Steersman = {
      confirm: async (question) => {
        // One question at a time, whatever regions do.
        expect(++open).to.equal(1);
        asked.push(question);
        await new Promise((resolve) => setImmediate(resolve));
        open -= 1;
        return question.task === 'two' ? 'no' : question.task === 'three' ? 'continue' : 'yes';
      },
    };
    const { world } = await runProject({ inventory, playbook, steersman });
    expect(asked[0]).to.deep.equal({ task: 'one', region: 'east', nodes: ['e1', 'e2'] });
    expect(asked.filter(({ task }) => task === 'one')).to.have.length(2);
    expect(asked.filter(({ task }) => task === 'three')).to.have.length(1);
    expect(world.log.filter((line) => line.includes('two'))).to.have.length(0);
    expect(world.log.filter((line) => line.includes('four'))).to.have.length(4);
  });
});

describeBothWays('debugger', () => {
  const run = async (tasks: string, answers: readonly ('redo' | 'continue')[]) => {
    const stops: DebugStop[] = [];
    const left = [...answers];
    const steersman: Steersman = {
      debug: (stop) => {
        stops.push(stop);
        return Promise.resolve(left.shift() ?? 'continue');
      },
    };
    const playbook = `- hosts: e1\n  vars: { word: of the play }\n  tasks:\n${tasks}`;
    return { stops, ...(await runProject({ inventory, playbook, steersman })) };
  };

  it('on_failed: again until it goes well, and the failure is forgotten', async () => {
    const tasks = `
    - name: try
      debugger: on_failed
      run: hi
      register: r
      failed_when: r.calls < 3
`;
    const { stops, finished } = await run(tasks, ['redo', 'redo']);
    expect(stops.map(({ task, node, status }) => `${node} ${task} ${status}`)).to.deep.equal([
      'e1 try failed',
      'e1 try failed',
    ]);
    expect(stops[0]?.variable('word')).to.equal('of the play');
    expect(stops[0]?.result).to.deep.include({ calls: 1 });
    expect(recap(finished, 'e1')).to.equal('ok=1 changed=1');
  });

  it('continue lets the failure stand', async () => {
    const tasks =
      '    - name: try\n      debugger: on_failed\n      run: { say: x, rc: 1 }\n      no_log: true\n';
    const { stops, events } = await run(tasks, ['continue']);
    expect(outcomes(events)).to.deep.equal(['e1 try failed']);
    expect(stops.map(({ result, message }) => [result, message])).to.deep.equal([[undefined, undefined]]);
  });

  it('stops as it is told, from the play down', async () => {
    const names = async (wish: string, task: string): Promise<string[]> => {
      const tasks = `    - debugger: ${wish}\n      block:\n        - name: t\n          ${task}\n        - name: u\n          ping:\n          debugger: never\n`;
      return (await run(tasks, [])).stops.map((stop) => `${stop.task} ${stop.status}`);
    };
    expect(await names('always', 'ping:')).to.deep.equal(['t ok']);
    expect(await names('on_skipped', 'ping:\n          when: false')).to.deep.equal(['t skipped']);
    expect(await names('on_failed', 'ping:')).to.deep.equal([]);
    expect(await names('on_failed', 'run: { say: x, rc: 1 }\n          ignore_errors: true')).to.deep.equal(
      [],
    );
    expect(await names('on_unreachable', 'get: { key: a, lost: e1 }')).to.deep.equal(['t unreachable']);
  });
});
