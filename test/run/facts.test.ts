import { expect } from 'chai';
import * as z from 'zod';
import { defineModule, type AnyModule } from '../../src/modules/define.ts';
import type { Connector, Link } from '../../src/transport/contract.ts';
import { createFakeLink, type FakeLink } from '../../src/transport/fake.ts';
import { alpine, debian, outputOf, type NodeAnswer } from '../modules/setup/nodes.ts';
import { describeBothWays, speculates } from './both-ways.ts';
import { finishedTasks, outcomes, recap, runProject, type Project } from './support.ts';

const inventory = `
vars: { ansible_distribution: by hand, ansible_user: admin }
regions:
  r: { nodes: { n1: { address: 10.0.0.1 }, n2: { address: 10.0.0.2 } } }
`;

/** Nodes that tell their facts; every other command succeeds. */
function nodes(answers: Readonly<Record<string, NodeAnswer>>, delayMs?: number) {
  const links = new Map<string, FakeLink>();
  const delay = delayMs === undefined ? {} : { delayMs };
  const connect = async ({ name }: { readonly name: string }): Promise<Link> => {
    const stdout = outputOf(answers[name] ?? debian);
    const link = createFakeLink([
      { match: /s end$/, stdout, ...delay },
      { match: /[^]*/, ...delay },
    ]);
    links.set(name, link);
    return link;
  };
  const connector: Connector = { connect, close: async () => undefined };
  return { connector, links };
}

async function run(playbook: string, more: Partial<Project> = {}) {
  return runProject({ inventory, playbook, connector: nodes({}).connector, limit: 'n1', ...more });
}

const set = (value: string, rest = '') => `    - set: { key: k, value: "${value}" }\n${rest}`;

describeBothWays('facts', () => {
  it('are found by their names and in ansible_facts, typed, in templates and conditions', async () => {
    const { world, events, finished } = await run(`- hosts: all
  tasks:
    - set: { key: a, value: "{{ansible_distribution}} {{ansible_facts.distribution}} {{ansible_facts.eth0.mtu}}" }
    - set: { key: b, value: "{{ansible_memtotal_mb}}" }
      when: ansible_memtotal_mb > 8000 && ansible_facts.processor_vcpus == 8
    - set: { key: c, value: "{{oms_facts.docker.version}} {{ansible_mounts.[1].mount}} {{ansible_eth0.ipv4.address}}" }
    - set: { key: d, value: "{{ansible_facts.ansible_local.cm.location}}{{ansible_facts.local.cm.location}}" }
`, { connector: nodes({ n1: { ...debian, sections: { ...debian.sections, 'fact cm.fact': '{"location": 7}' } } }).connector }); // prettier-ignore
    expect(Object.fromEntries(world.values)).to.deep.equal({
      'n1/a': 'Debian Debian 1500',
      'n1/b': '16000',
      'n1/c': '25.0.3 /data disk 10.0.1.11',
      'n1/d': '77',
    });
    expect(outcomes(events)[0]).to.equal('n1 Gathering Facts ok');
    expect(recap(finished, 'n1')).to.equal('ok=5 changed=4');
  });

  it('are above the inventory, below the play, set_fact and -e', async () => {
    const value = async (playbook: string, more: Partial<Project> = {}) =>
      (await run(playbook, more)).world.values.get('n1/k');
    const task = set('{{ansible_kernel}}');
    const asks = '- hosts: all\n  gather_facts: true\n  gather_subset: ["!all", "!min", platform]\n';
    const known = { inventory: inventory.replace('ansible_user', 'ansible_kernel: by hand, ansible_user') };
    expect(await value(`${asks}  tasks:\n${task}`, known)).to.equal('6.1.0-18-amd64');
    expect(await value(`- hosts: all\n  gather_facts: false\n  tasks:\n${task}`, known)).to.equal('by hand');
    expect(await value(`${asks}  vars: { ansible_kernel: play }\n  tasks:\n${task}`, known)).to.equal('play');
    const fact = '    - set_fact: { ansible_kernel: fact }\n';
    const late = `${asks}  vars: { ansible_kernel: play }\n  tasks:\n${fact}${task}`;
    expect(await value(late)).to.equal('fact');
    expect(await value(late, { extra: { ansible_kernel: 'extra' } })).to.equal('extra');
  });

  it('are each node’s own, and data: never a template', async () => {
    const hostile = '{{inventory_hostname}} {{#each x}}';
    const { connector } = nodes({
      n1: debian,
      n2: { ...alpine, files: { ...alpine.files, '/proc/sys/kernel/osrelease': hostile } },
    });
    const playbook = `- hosts: all\n  tasks:\n${set('{{ansible_kernel}}')}    - set: { key: os, value: "{{ansible_os_family}}" }\n`;
    const { world } = await runProject({ inventory, playbook, connector });
    expect(Object.fromEntries(world.values)).to.deep.equal({
      'n1/k': '6.1.0-18-amd64',
      'n1/os': 'Debian',
      'n2/k': hostile,
      'n2/os': 'Alpine',
    });
  });

  it('stay for later plays, and grow with what these gather', async () => {
    const { world, events } = await run(`- hosts: all
  tasks:
${set('{{ansible_kernel}}')}
- hosts: all
  tasks:
    - set: { key: k, value: "{{ansible_kernel}} {{ansible_memtotal_mb}} {{ansible_facts.kernel}}" }
- hosts: all
  tasks:
    - set: { key: n, value: "{{ansible_facts.memfree_mb}}" }
`);
    expect(world.values.get('n1/k')).to.equal('6.1.0-18-amd64 16000 6.1.0-18-amd64');
    expect(outcomes(events).filter((line) => line.includes('Gathering'))).to.have.length(2);
  });

  it('by the module: filtered, in a loop, once for all nodes', async () => {
    const { world } = await runProject({
      inventory,
      connector: nodes({ n1: debian, n2: alpine }).connector,
      playbook: `- hosts: all
  tasks:
    - setup: { gather_subset: ["!all", "!min", "{{item}}"] }
      loop: [memory, distribution]
      when: inventory_hostname == "n1"
    - setup: { filter: "kernel*" }
      run_once: true
      register: r
    - set: { key: k, value: "{{ansible_kernel}} {{r.ansible_facts.ansible_kernel}}" }
    - set: { key: m, value: '{{default ansible_memtotal_mb "none"}} {{default ansible_system "none"}}' }
`,
      dependsOnTime: true,
    });
    expect(Object.fromEntries(world.values)).to.deep.equal({
      'n1/k': '6.1.0-18-amd64 6.1.0-18-amd64',
      'n1/m': '16000 none',
      // run_once gives them to all, as in Ansible.
      'n2/k': '6.1.0-18-amd64 6.1.0-18-amd64',
      'n2/m': 'none none',
    });
  });

  it('never say how a node is reached, nor what oms-play says itself', async () => {
    const sly: AnyModule = defineModule({
      name: 'sly',
      summary: 'gathers more than it may',
      args: z.strictObject({}),
      returns: z.looseObject({}),
      gathersFacts: { names: ['ansible_facts'], subsetOf: () => undefined },
      check: async () => ({
        changes: [],
        result: {
          ansible_facts: {
            ansible_host: 'evil',
            ansible_user: 'evil',
            ansible_become_password: 'evil',
            ansible_ssh_private_key_file: 'evil',
            inventory_hostname: 'evil',
            ansible_facts: 'evil',
            ansible_ssh_host_key_rsa_public: 'fine',
          },
        },
      }),
      apply: () => Promise.reject(new Error('never')),
    });
    const { world } = await run(
      `- hosts: all
  gather_facts: false
  tasks:
    - sly: {}
    - set: { key: k, value: "{{inventory_hostname}} {{ansible_user}} {{ansible_facts.ssh_host_key_rsa_public}}" }
    - set: { key: n, value: "{{length (keys ansible_facts)}}" }
`,
      { modules: [sly] },
    );
    expect(world.values.get('n1/k')).to.equal('n1 admin fine');
    expect(world.values.get('n1/n')).to.equal('1');
  });

  it('secrets among them are masked, by their names', async () => {
    const sections = {
      ...debian.sections,
      env: 'DB_PASSWORD=Env-s3cret\0HOME=/root\0',
      'fact x.fact': '{"api_token": "Fact-s3cret"}',
    };
    const { events, world } = await run(
      `- hosts: all\n  gather_facts: true\n  tasks:\n${set('{{ansible_env.DB_PASSWORD}} {{ansible_local.x.api_token}}')}`,
      { connector: nodes({ n1: { ...debian, sections } }).connector, dependsOnTime: true },
    );
    expect(world.values.get('n1/k')).to.equal('Env-s3cret Fact-s3cret');
    const text = JSON.stringify(events);
    expect(text).to.include('/root').and.not.include('Env-s3cret').and.not.include('Fact-s3cret');
  });

  it('a local fact that is broken is a warning that names it, once', async () => {
    const sections = { ...debian.sections, 'fact bad.fact': 'oops' };
    const { events } = await run(`- hosts: all\n  tasks:\n${set('{{length (keys ansible_local)}}')}`, {
      connector: nodes({ n1: { ...debian, sections } }).connector,
    });
    const warnings = events.filter(({ type }) => type === 'warning');
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.include({ node: 'n1' });
    expect(JSON.stringify(warnings)).to.match(/bad\.fact is left out/);
  });

  it('that cannot be gathered fail the node', async () => {
    const connect = async (): Promise<Link> => createFakeLink([{ match: /[^]*/, stdout: 'no', exitCode: 1 }]);
    const { events, world } = await run(`- hosts: all\n  tasks:\n${set('{{ansible_kernel}}')}`, {
      connector: { connect, close: async () => undefined },
    });
    expect(outcomes(events)).to.deep.equal(['n1 Gathering Facts failed']);
    expect(world.log).to.deep.equal([]);
  });

  it('are gathered in check mode too; unknown where it is not known whether they would be', async () => {
    const check = { options: { check: true } };
    const plain = await run(`- hosts: all\n  tasks:\n${set('{{ansible_kernel}}')}`, check);
    expect(outcomes(plain.events)).to.deep.equal(['n1 Gathering Facts ok', 'n1 set changed']);
    const open = await run(
      `- hosts: all
  tasks:
    - run: a
      register: r
    - setup:
      when: r.rc == 0
    - set: { key: k, value: "{{ansible_kernel}}" }
`,
      check,
    );
    expect(outcomes(open.events)).to.deep.equal(['n1 run unknown', 'n1 setup unknown', 'n1 set unknown']);
    const known = await run(
      `- hosts: all
  gather_facts: true
  gather_subset: platform
  tasks:
    - run: a
      register: r
    - setup: { gather_subset: platform }
      when: r.rc == 0
    - set: { key: k, value: "{{ansible_kernel}}" }
`,
      { ...check, dependsOnTime: true },
    );
    expect(finishedTasks(known.events).at(-1)).to.include({ status: 'changed' });
  });
});

describeBothWays('facts cost', () => {
  const independent = Array.from({ length: 10 }, (_, i) => `    - get: { key: k${i} }\n`).join('');
  const trips = async (tasks: string) => {
    const { connector, links } = nodes({}, 15);
    await run(`- hosts: all\n  gather_facts: true\n  tasks:\n${tasks}`, { connector, dependsOnTime: true });
    return links.get('n1')?.stats?.().roundTrips;
  };

  it('no round trip of their own: what does not need them is asked along with them', async () => {
    expect(await trips(independent)).to.equal(speculates() ? 1 : 11);
  });

  it('one, for what needs them', async () => {
    const needs = '    - get: { key: "{{ansible_kernel}}" }\n    - get: { key: "{{ansible_facts.fqdn}}" }\n';
    expect(await trips(needs + independent)).to.equal(speculates() ? 2 : 13);
    expect(await trips(independent + needs)).to.equal(speculates() ? 2 : 13);
  });
});

describeBothWays('meta: clear_facts', () => {
  it('forgets them; a later play that uses them gathers them again', async () => {
    const { world, events } = await run(`- hosts: all
  tasks:
    - run: "{{ansible_memtotal_mb}} MB"
    - meta: clear_facts
    - run: "{{default ansible_memtotal_mb 'gone'}}"
- hosts: all
  tasks:
    - run: "{{ansible_memtotal_mb}} again"
`);
    expect(world.log).to.deep.equal(['n1 run 16000 MB', 'n1 run gone', 'n1 run 16000 again']);
    expect(outcomes(events).filter((o) => o.includes('Gathering'))).to.have.length(2);
  });
});
