import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { finishedTasks, planProject, runProject } from './support.ts';

const inventory = `
vars: { greeting: "hello {{inventory_hostname}}", port: 1 }
regions:
  r:
    nodes:
      n1.example: { address: 10.0.0.1, vars: { port: 11 } }
      n2: { address: 10.0.0.2, vars: { port: 22, ansible_host: 10.0.9.9 } }
`;

async function shown(tasks: string): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const { world } = await runProject({
    inventory,
    playbook: `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`,
  });
  return Object.fromEntries([...world.values].map(([key, value]) => [key, [value]]));
}

const set = (value: string, more = ''): string => `    - set: { key: k, value: "${value}" }\n${more}`;

describeBothWays('hostvars', () => {
  it('are there by name, also where the name is looked up', async () => {
    expect(await shown(set("{{lookup (lookup hostvars 'n2') 'greeting'}}"))).to.deep.equal({
      'n1.example/k': ['hello n2'],
      'n2/k': ['hello n2'],
    });
    const address = await shown(
      set('{{hostvars.n2.ansible_host}} {{ansible_host}} {{inventory_hostname_short}}'),
    );
    expect(address).to.deep.equal({
      'n1.example/k': ['10.0.9.9 10.0.0.1 n1'],
      'n2/k': ['10.0.9.9 10.0.9.9 n2'],
    });
  });

  it('in conditions, with what tasks have set since', async () => {
    const tasks = `    - set_fact: { leader: "{{inventory_hostname}}" }
      when: inventory_hostname == "n2"
    - set: { key: k, value: "{{hostvars.n2.leader}}" }
      when: hostvars["n2"].port == 22 && has(hostvars.n2.leader)
    - set_fact: { leader: other }
      when: inventory_hostname == "n2"
    - set: { key: l, value: "{{hostvars.n2.leader}}" }
`;
    expect(await shown(tasks)).to.deep.equal({
      'n1.example/k': ['n2'],
      'n2/k': ['n2'],
      'n1.example/l': ['other'],
      'n2/l': ['other'],
    });
  });

  it('fail a task that reads what a node has not, or that goes in a circle', async () => {
    const { events } = await runProject({
      inventory,
      playbook: `- hosts: n2
  vars: { a: "{{hostvars.n2.b}}" }
  tasks:
    - debug: { msg: "{{hostvars.n2.prot}}" }
      ignore_errors: true
    - set_fact: { b: 1 }
    - debug: { msg: "{{a}}" }
`,
    });
    const [missing, , found] = finishedTasks(events);
    expect(missing?.status).to.equal('ignored');
    expect(missing?.failure?.message).to.include('prot');
    expect(found?.status).to.equal('ok');
    const circle = inventory.replace('greeting: "hello', 'x: "{{hostvars.n2.x}}", greeting: "hello');
    const run = await runProject({
      inventory: circle,
      playbook: '- hosts: n2\n  tasks: [{ debug: { msg: "{{x}}" } }]',
    });
    expect(finishedTasks(run.events)[0]?.failure?.message).to.include('through hostvars');
  });
});

describe('hostvars in a plan', () => {
  it('of a node that turns out in the run may be facts: all are gathered; of one that is named, what is named', () => {
    const gathered = (value: string) => {
      const { plan } = planProject({
        inventory,
        playbook: `- hosts: all\n  tasks: [{ debug: { msg: "${value}" } }]`,
      });
      const [first] = plan.plays[0]?.steps ?? [];
      return first?.kind === 'task' && first.gathersFacts !== undefined ? first.args.render({ get: () => undefined, names: () => [] }) : undefined; // prettier-ignore
    };
    expect(gathered('{{lookup hostvars region}}')).to.deep.equal({ gather_subset: ['all'] });
    expect(gathered('{{hostvars.n2.ansible_kernel}}')).to.deep.equal({
      gather_subset: ['!all', '!min', 'platform'],
    });
    expect(gathered('{{hostvars.n2.port}}')).to.equal(undefined);
  });

  it('cannot be set, and are no unknown name', () => {
    const problems = (playbook: string) =>
      planProject({ inventory, playbook }).problems.map((p) => p.summary);
    expect(problems('- hosts: all\n  tasks: [{ debug: { msg: "{{hostvars.n2.x}}" } }]')).to.deep.equal([]);
    expect(problems('- hosts: all\n  vars: { hostvars: 1 }\n  tasks: []')).to.have.length(1);
  });
});

describeBothWays('ansible_play_hosts', () => {
  it('are the nodes that nothing has gone wrong with; ansible_play_hosts_all all', async () => {
    const tasks = `    - fail: { msg: x }
      when: inventory_hostname == "n2"
    - set: { key: k, value: "{{json ansible_play_hosts}} {{json ansible_play_hosts_all}}" }
`;
    expect(await shown(tasks)).to.deep.equal({ 'n1.example/k': ['["n1.example"] ["n1.example","n2"]'] });
  });

  it('of a batch are those worked on together', async () => {
    const { world } = await runProject({
      inventory,
      playbook: `- hosts: all
  serial: 1
  gather_facts: false
  tasks:
${set('{{json ansible_play_batch}} {{json ansible_play_hosts}}')}`,
    });
    const both = '["n1.example","n2"]';
    expect(Object.fromEntries(world.values)).to.deep.equal({
      'n1.example/k': `["n1.example"] ${both}`,
      'n2/k': `["n2"] ${both}`,
    });
  });
});

describeBothWays('what the command line selects', () => {
  const tasks = `    - set: { key: k, value: "{{json ansible_run_tags}} {{json ansible_skip_tags}} {{default ansible_limit 'none'}}" }
      tags: [a]
`;
  const seen = async (choice: object) => {
    const playbook = `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks}`;
    const { world } = await runProject({ inventory, playbook, ...choice });
    return world.values.get('n2/k');
  };

  it('is there for tasks, as Ansible names it', async () => {
    expect(await seen({})).to.equal('["all"] [] none');
    const choice = { tags: ['a'], skipTags: ['never'], limit: 'n2,!n1.example' };
    expect(await seen(choice)).to.equal('["a"] ["never"] n2,!n1.example');
  });

  it('and the roles of the play', async () => {
    const task = 'set: { key: k, value: "{{json ansible_play_role_names}} {{ansible_role_name}}" }';
    const { world } = await runProject({
      inventory,
      playbook: '- hosts: n2\n  gather_facts: false\n  roles: [one, two]',
      files: {
        'roles/one/tasks/main.yml': `- ${task}\n`,
        'roles/two/tasks/main.yml': '- debug: { msg: x }\n',
      },
    });
    expect(world.values.get('n2/k')).to.equal('["one","two"] one');
  });
});
