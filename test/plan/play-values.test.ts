import { expect } from 'chai';
import { planProject, type Project } from '../run/support.ts';

const inventory = 'regions: { east: { nodes: { "e[1:4]": {} } }, west: { nodes: { w1: {} } } }\n';

describe('plan: templates in what a play says of its nodes', () => {
  const plan = (playbook: string, more: Partial<Project> = {}) => {
    const { plan: made, problems } = planProject({ inventory, playbook, ...more });
    const [play] = made.plays;
    return {
      play,
      batches: play?.regions.map(({ batches }) => batches.map((batch) => batch.length)),
      told: problems.map(({ at, code, detail }) => `${at?.line}:${at?.column} ${code} ${detail}`).join('\n'),
    };
  };
  const templated = `- hosts: "{{target}}"
  serial: ["{{first}}", "{{default rest '100%'}}"]
  max_fail_percentage: "{{limit}}"
  parallel: "{{limit}}"
  regions: 1
  vars: { limit: 3, first: 1, target: "{{where}}:w1", where: west }
`;

  it('know the vars of the play, and -e above them', () => {
    expect(plan(templated).batches).to.deep.equal([[1]]);
    const { play, batches, told } = plan(templated, { extra: { where: 'east', first: '2', rest: '25%' } });
    expect(told).to.equal('');
    expect(batches).to.deep.equal([[2, 1, 1], [1]]);
    expect([play?.maxFailPercentage, play?.regions[0]?.parallel]).to.deep.equal([3, 3]);
  });

  it('a list of patterns too', () => {
    const playbook = '- hosts: "{{names}}"\n  vars: { names: [e1, w1] }\n';
    expect(plan(playbook).batches).to.deep.equal([[1], [1]]);
  });

  it('say what is not known before the run, or is of no use, with its place', () => {
    expect(plan('- hosts: "{{tagret}}"\n  vars: { target: x }\n').told).to.match(
      /^1:10 undefined-variable .*tagret.*Here only -e, the play's vars and its vars_files are known\.$/s,
    );
    expect(plan('- hosts: "{{inventory_hostname}}"\n').told).to.match(/^1:10 undefined-variable/);
    expect(plan('- hosts: all\n  serial: "{{n}}"\n  vars: { n: 0 }\n').told).to.match(
      /^2:11 bad-value .* not 0\.$/,
    );
    expect(plan('- hosts: "{{a}}"\n  vars: { a: "{{b}}", b: "{{a}}" }\n').told).to.match(/refers to itself/);
  });
});
