import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import type { Connector, Link, Target } from '../../src/transport/contract.ts';
import { createFakeLink, type FakeLink } from '../../src/transport/fake.ts';
import { outcomes, runProject } from './support.ts';

const inventory = `
vars: { ansible_become_password: pw }
regions:
  east:
    nodes:
      e1: { address: 10.0.0.1 }
      e2: { address: 10.0.0.2, vars: { ansible_user: own, ansible_port: 2222, ansible_become_method: doas } }
`;

interface Asked {
  readonly targets: Target[];
  readonly links: FakeLink[];
  readonly connector: Connector;
}

function asking(): Asked {
  const targets: Target[] = [];
  const links: FakeLink[] = [];
  const connect = async (target: Target): Promise<Link> => {
    targets.push(target);
    const link = createFakeLink([{ match: /[^]*/ }]);
    links.push(link);
    return link;
  };
  return { targets, links, connector: { connect, close: async () => undefined } };
}

async function run(playbook: string, files: Readonly<Record<string, string>> = {}) {
  const asked = asking();
  const result = await runProject({
    inventory,
    playbook,
    files,
    connector: asked.connector,
  });
  const ways = asked.targets.map(({ name, connection, user, port }) =>
    [name, connection, user ?? '-', port ?? '-'].join(' '),
  );
  return { ...asked, ...result, ways };
}

describeBothWays('how a node is reached', () => {
  it('keywords of play, block and task, the innermost; variables win', async () => {
    const { ways } = await run(`
- hosts: all
  remote_user: play
  port: 22
  tasks:
    - get: { key: a }
    - block:
        - get: { key: a }
          remote_user: "{{who}}"
          vars: { who: task }
      port: 23
      connection: local
`);
    expect(ways.toSorted()).to.deep.equal([
      'e1 local task 23',
      'e1 ssh play 22',
      'e2 local own 2222',
      'e2 ssh own 2222',
    ]);
  });

  it('of roles, those that they depend on, and handlers', async () => {
    const files = {
      'roles/outer/meta/main.yml': 'dependencies: [inner]\n',
      'roles/outer/tasks/main.yml': '- run: x\n  notify: h\n',
      'roles/outer/handlers/main.yml': '- name: h\n  get: { key: a }\n  remote_user: handler\n',
      'roles/inner/tasks/main.yml': '- get: { key: a }\n- get: { key: a }\n  remote_user: task\n',
    };
    const roles = '  roles: [{ role: outer, remote_user: role }]\n';
    const { ways } = await run(
      `- hosts: e1\n  remote_user: play\n${roles}  tasks: [{ get: { key: a } }]\n`,
      files,
    );
    expect(ways.toSorted()).to.deep.equal([
      'e1 ssh handler -',
      'e1 ssh play -',
      'e1 ssh role -',
      'e1 ssh task -',
    ]);
  });

  it('one connection for the same way, whoever says it', async () => {
    const { ways, events } = await run(`
- hosts: e1
  tasks:
    - get: { key: a }
    - get: { key: a }
      connection: ssh
    - get: { key: a }
      vars: { ansible_host: 10.0.0.1 }
- hosts: e1
  connection: smart
  tasks: [{ get: { key: a } }]
`);
    expect(ways).to.deep.equal(['e1 ssh - -']);
    expect(outcomes(events)).to.have.length(4);
  });

  it('variables of a play or task, and those that are set, count where they are', async () => {
    const { ways } = await run(`
- hosts: e1
  vars: { ansible_user: first }
  tasks:
    - get: { key: a }
    - get: { key: a }
      vars: { ansible_user: second }
- hosts: e1
  tasks:
    - get: { key: a }
    - set_fact: { ansible_user: third }
    - get: { key: a }
`);
    expect(ways).to.deep.equal(['e1 ssh first -', 'e1 ssh second -', 'e1 ssh - -', 'e1 ssh third -']);
  });

  it('what is delegated goes the way of the delegate, with the keywords of the task', async () => {
    const { ways } = await run(`
- hosts: e1
  tasks:
    - get: { key: a }
      delegate_to: e2
      vars: { ansible_user: not_this }
      remote_user: nor_this
      connection: local
`);
    expect(ways).to.deep.equal(['e2 local own 2222']);
  });

  it('a word that means nothing fails the task that uses it', async () => {
    const { events, failures } = await run(`
- hosts: e1
  vars: { how: telnet }
  tasks: [{ get: { key: a }, connection: "{{how}}" }]
`).then((ran) => ({
      ...ran,
      failures: ran.events.flatMap((e) => (e.type === 'task-finished' ? [e.failure?.message] : [])),
    }));
    expect(outcomes(events)).to.deep.equal(['e1 get failed']);
    expect(failures).to.deep.equal(['e1: connection "telnet" is not one of ssh, local, container']);
  });
});

describeBothWays('becoming another user', () => {
  const methods = (links: readonly FakeLink[]): unknown[] =>
    links.flatMap((link) => link.becomes.map(({ user, method, exe, flags }) => [user, method, exe, flags]));

  it('by keywords of method, program and flags; variables win', async () => {
    const { links } = await run(`
- hosts: all
  become: true
  become_method: su
  tasks:
    - get: { key: a }
      become_exe: /opt/become
      become_flags: "-m 'two words'"
    - get: { key: a }
      become_user: oms
`);
    expect(methods(links).toSorted()).to.deep.equal([
      ['oms', 'doas', undefined, undefined],
      ['oms', 'su', undefined, undefined],
      ['root', 'doas', '/opt/become', ['-m', 'two words']],
      ['root', 'su', '/opt/become', ['-m', 'two words']],
    ]);
  });
});
