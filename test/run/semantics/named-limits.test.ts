import { expect } from 'chai';
import { describeBothWays } from '../both-ways.ts';
import { planProject, runProject } from '../support.ts';

const inventory = `
limits: { metadb: 1 }
regions:
  east: { nodes: { e2: {}, e10: {}, e1: {} } }
  west: { nodes: { w1: {}, w2: {} } }
`;

describeBothWays('named limits', () => {
  it('hold over all regions: a task, and a block from its first task to its last', async () => {
    for (const strategy of ['linear', 'host_pinned', 'free']) {
      const playbook = `
- hosts: all
  strategy: ${strategy}
  limits: { vip: 2 }
  tasks:
    - block:
        - set: { key: a, value: 1, ms: 1 }
        - block:
            - run: { say: try, fail_on: [e2] }
          rescue:
            - run: mend
      always:
        - set: { key: b, value: 1, ms: 1 }
      limit: metadb
    - set: { key: c, value: 1, ms: 1 }
      limit: [vip, metadb]
`;
      const { world } = await runProject({ inventory, playbook });
      const inBlock = world.log.filter((line) => !line.includes('set c')).map((line) => line.split(' ')[0]);
      // One after the other: each node's lines stand together.
      const changes = inBlock.filter((node, i) => node !== inBlock[i - 1]);
      expect(changes, strategy).to.have.length(5);
      expect(world.log.filter((line) => line.includes('set c'))).to.have.length(5);
    }
  });

  it('a limit that is held around is not taken again', async () => {
    const playbook = `
- hosts: all
  handlers:
    - name: h
      run: h
      limit: metadb
  tasks:
    - block:
        - run: hi
          limit: metadb
          notify: h
        - meta: flush_handlers
      limit: metadb
`;
    const { world } = await runProject({ inventory, playbook });
    expect(world.log).to.have.length(10);
    expect(
      world.log.map((line) => line.split(' ')[0]).filter((n, i, all) => n !== all[i - 1]),
    ).to.have.length(5);
  });

  it('an unknown one, and two in the wrong order, are told at load', () => {
    const wrong = (tasks: string, handlers = ''): string =>
      planProject({
        inventory,
        playbook: `- hosts: all\n  limits: { vip: 1 }\n${handlers}  tasks:\n${tasks}`,
      })
        .problems.map(({ at, detail }) => `${at?.line}:${at?.column} ${detail}`)
        .join('\n');
    expect(wrong('    - ping:\n      limit: metadbb\n')).to.match(
      /5:14 .* no "metadbb". Did you mean "metadb"/,
    );
    const nested = '    - limit: vip\n      block:\n        - ping:\n          limit: metadb\n';
    expect(wrong(nested)).to.match(/7:18 A block around holds "vip"/);
    const flush = '    - limit: vip\n      block:\n        - meta: flush_handlers\n';
    const handlers = '  handlers: [{ name: h, ping: , limit: metadb }]\n';
    expect(wrong(flush, handlers)).to.match(/A handler \(.*\) that runs here takes a limit/);
    expect(wrong('    - ping:\n      limit: vip\n')).to.equal('');
  });

  it('reach over an imported role; on an include they would hold nothing, so that is refused', async () => {
    const files = { 'roles/r/tasks/main.yml': '- run: one\n- run: two\n', 'more.yml': '- ping:\n' };
    const playbook = '- hosts: all\n  tasks:\n    - import_role: { name: r }\n      limit: metadb\n';
    const { world } = await runProject({ inventory, playbook, files });
    const nodes = world.log.map((line) => line.split(' ')[0]);
    expect(nodes.filter((node, i) => node !== nodes[i - 1])).to.have.length(5);
    const listed = '- hosts: all\n  roles: [{ role: r, limit: metadb }]\n';
    const roles = (await runProject({ inventory, playbook: listed, files })).world.log;
    expect(roles).to.have.length(10);
    expect(
      roles.map((line) => line.split(' ')[0]).filter((node, i, all) => node !== all[i - 1]),
    ).to.have.length(5);
    const include = '- hosts: all\n  tasks:\n    - include_tasks: more.yml\n      limit: metadb\n';
    const { problems } = planProject({ inventory, playbook: include, files });
    expect(problems.map(({ at, detail }) => `${at?.line}:${at?.column} ${detail}`).join()).to.match(
      /4:14 An include only brings tasks in/,
    );
  });

  it('of an inventory and of a play must be numbers from 1', () => {
    const { problems } = planProject({
      inventory,
      playbook: '- hosts: all\n  limits: { vip: 0, "x y": 1 }\n',
    });
    expect(problems.map(({ at }) => `${at?.line}:${at?.column}`)).to.deep.equal(['2:18', '2:21']);
  });
});
