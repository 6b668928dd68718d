import { expect } from 'chai';
import { describeBothWays } from '../run/both-ways.ts';
import { fourNodes, outcomes, planProject, runProject } from '../run/support.ts';

const first = (
  problems: readonly {
    readonly at?: { line: number; column: number } | undefined;
    summary: string;
    detail: string;
  }[],
) => problems.map(({ at, summary }) => `${at?.line}:${at?.column} ${summary}`);

function problemsOf(tasks: object[], files: Record<string, string> = {}) {
  const playbook = JSON.stringify([{ hosts: 'e1', tasks }], undefined, 1);
  return planProject({ inventory: fourNodes, playbook, files }).problems;
}

describeBothWays('import_tasks', () => {
  it('tags, conditions and variables reach into every task, and further imports are found beside the file', async () => {
    const playbook = JSON.stringify([
      {
        hosts: 'e1',
        tasks: [
          { import_tasks: 'parts/one.yml', tags: ['part'], vars: { what: 'x' }, when: 'what == "x"' },
          {
            'ansible.builtin.import_tasks': { file: 'parts/one.yml' },
            vars: { what: 'y' },
            when: 'what == "x"',
            tags: ['part'],
          },
          { set: { key: 'other', value: '1' } },
        ],
      },
    ]);
    const files = {
      'parts/one.yml': '- set: { key: a, value: "{{what}}" }\n- import_tasks: two.yml\n',
      'parts/two.yml': '- name: second\n  set: { key: b, value: "{{what}}" }\n',
    };
    const { events, world } = await runProject({ inventory: fourNodes, playbook, files, tags: ['part'] });
    expect(outcomes(events)).to.deep.equal([
      'e1 set changed',
      'e1 second changed',
      'e1 set skipped',
      'e1 second skipped',
    ]);
    expect(Object.fromEntries(world.values)).to.deep.equal({ 'e1/a': 'x', 'e1/b': 'x' });
  });
});

describe('import_tasks reports', () => {
  it('a file that is not there, with the place', () => {
    const [problem, ...more] = problemsOf([{ import_tasks: 'nowhere.yml' }]);
    expect(more).to.deep.equal([]);
    expect(problem?.summary).to.equal('cannot read the file of tasks');
    expect(problem?.at?.line).to.equal(6);
    expect(problem?.detail).to.match(/beside the file that it stands in/);
  });

  it('a circle, a template, a loop, a missing name', () => {
    const files = { 'a.yml': '- import_tasks: b.yml\n', 'b.yml': '- import_tasks: a.yml\n' };
    expect(first(problemsOf([{ import_tasks: 'a.yml' }], files))).to.deep.equal(['1:17 imports in a circle']);
    expect(first(problemsOf([{ import_tasks: '{{x}}.yml' }]))[0]).to.match(/template in import_tasks/);
    const plain = { 'a.yml': '- set: { key: a, value: x }\n' };
    expect(first(problemsOf([{ import_tasks: 'a.yml', loop: [1] }], plain))[0]).to.match(
      /keyword in the wrong place/,
    );
    expect(first(problemsOf([{ import_tasks: null }]))[0]).to.match(/missing file/);
    expect(first(problemsOf([{ import_tasks: 'a.yml', tag: 'x' }], plain))[0]).to.match(/unknown key/);
  });

  it('mistakes in the file, at their place in it', () => {
    const problems = problemsOf([{ import_tasks: 'a.yml' }], {
      'a.yml': '- set: { key: a }\n- nonsense: 1\n',
    });
    expect(problems.map(({ at, summary }) => `${at?.line} ${summary}`)).to.have.members([
      '1 missing argument',
      '2 unknown module',
    ]);
  });
});
