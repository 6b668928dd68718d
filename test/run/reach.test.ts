import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import type { Data } from '../../src/model/data.ts';
import type { Lookup } from '../../src/model/rendering.ts';
import { reachOf, type KnownNode, type ReachWish } from '../../src/run/reach.ts';
import type { RunOptions } from '../../src/run/options.ts';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import type { Link } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';
import { linkWith } from '../transport/shells.ts';
import { outcomes, runProject } from './support.ts';

type Vars = Readonly<Record<string, Data>>;

const lookup = (vars: Vars): Lookup => ({ get: (name) => vars[name], names: () => Object.keys(vars) });
const known = (name: string, vars: Vars): KnownNode => ({
  node: { name, region: 'east', address: `addr-of-${name}` },
  vars: lookup(vars),
});
const options = { become: false, connectTimeoutMs: 1 } as RunOptions;

/** In words: container, user in it, who carries it and how it is reached, as whom docker is called. */
function placeOf(vars: Vars, wish: ReachWish = {}, others: Readonly<Record<string, Vars>> = {}): string {
  const nodes = new Map(Object.entries({ ...others, n1: vars }).map(([name, v]) => [name, known(name, v)]));
  const reach = reachOf(known('n1', vars), wish, { options, nodeVars: (name) => nodes.get(name) });
  const { container, target } = reach;
  const way = `${target.connection}:${target.user ?? ''}@${target.address}`;
  if (container === undefined) return way;
  const { name, user, carrier, become, takesBecome } = container;
  return `${name} as ${user ?? '-'} on ${carrier.name} ${way} docker as ${become?.user ?? '-'}${takesBecome ? ' (of the task)' : ''}`;
}

describe('where a container is', () => {
  const root = { user: 'root', password: undefined };

  it('on the node itself: ansible_user logs in there, become is for docker', () => {
    const vars = { ansible_connection: 'container', ansible_container: 'oms', ansible_user: 'ops' };
    expect(placeOf(vars, { become: root })).to.equal(
      'oms as - on n1 ssh:ops@addr-of-n1 docker as root (of the task)',
    );
    const more = { ...vars, ansible_container_user: 'app', ansible_host: 'h' };
    expect(placeOf(more)).to.equal('oms as app on n1 ssh:ops@h docker as - (of the task)');
    expect(placeOf({ ansible_container: 'oms' }, { connection: 'docker', user: 'me' })).to.equal(
      'oms as - on n1 ssh:me@addr-of-n1 docker as - (of the task)',
    );
  });

  it('on another node: its variables say how that is reached and who calls docker', () => {
    const vars = { ansible_connection: 'container', ansible_container_node: 'big', ansible_user: 'app' };
    const big = { ansible_user: 'ops', ansible_become: true, ansible_become_user: 'dock' };
    expect(placeOf(vars, { become: root }, { big })).to.equal(
      'n1 as app on big ssh:ops@addr-of-big docker as dock',
    );
    expect(
      placeOf({ ...vars, ansible_container: 'c' }, {}, { big: { ansible_connection: 'local' } }),
    ).to.equal('c as app on big local:@addr-of-big docker as -');
    expect(() => placeOf(vars)).to.throw('ansible_container_node "big" is no node of the inventory');
  });

  it("as Ansible's docker connection: the node is the container, on the controller", () => {
    const vars = { ansible_connection: 'community.docker.docker', ansible_host: 'c1' };
    expect(placeOf(vars, { user: 'app' })).to.equal('c1 as app on localhost local:@127.0.0.1 docker as -');
  });

  it('other ways: the same key for the same way only', () => {
    const sources = { options, nodeVars: () => undefined };
    const keys = [{}, { user: 'x' }, { port: '22' }, { connection: 'local' }, { connection: 'smart' }].map(
      (wish: ReachWish) => reachOf(known('n1', {}), wish, sources).key,
    );
    expect([new Set(keys).size, keys[4]]).to.deep.equal([4, keys[0]]);
    expect(placeOf({ ansible_connection: 'local' }, { connection: 'ssh' })).to.equal('local:@addr-of-n1');
  });
});

describeBothWays('a container and the node that carries it', () => {
  const docker = '#!/bin/sh\nshift 3; IN=1; export IN; exec "$@"\n';
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'oms-play-test-'));
    writeFileSync(join(dir, 'docker'), docker, { mode: 0o755 });
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('a connection to the node that broke is opened anew with that to the container', async () => {
    const open = (argv: readonly string[]) => openChild(['env', `PATH=${dir}:/usr/bin:/bin`, ...argv]);
    let broken: TransportError | undefined;
    let opened = 0;
    const connect = async (): Promise<Link> => {
      opened += 1;
      broken = undefined;
      return new ShellLink({
        name: 'n1',
        loginUser: 'root',
        openChannel: async (argv) => {
          if (broken !== undefined) throw broken;
          return open(argv);
        },
        openConnection: () => Promise.reject(new Error('not here')),
        lost: () => broken,
        close: async () => undefined,
      });
    };
    const cut = defineModule({
      name: 'cut',
      summary: 'breaks the connection',
      waits: true,
      args: z.strictObject({}),
      returns: z.object({}),
      check: async (node) => {
        await node.query({ text: ':', shown: ':' });
        broken = new TransportError('lost', 'n1: connection lost');
        await node.reconnect({ timeoutMs: 5_000, pauseMs: 1 });
        return { changes: [], result: {} };
      },
      apply: async () => ({}),
    });
    const inventory = `
regions:
  east:
    nodes:
      n1: { address: 10.0.0.1 }
      c1: { address: 10.0.0.2, vars: { ansible_connection: container, ansible_container_node: n1 } }
`;
    const playbook =
      '- hosts: c1\n  tasks: [{ cut: {} }, { command: { argv: [sh, -c, exit $IN] } , ignore_errors: true }]\n';
    const connector = { connect, close: async () => undefined };
    const { events } = await runProject({
      inventory,
      playbook,
      connector,
      modules: [cut],
      dependsOnTime: true,
    });
    expect([outcomes(events), opened]).to.deep.equal([['c1 cut ok', 'c1 command ignored'], 2]);
  });

  it('share files: what a task does in one, the next sees in the other', async () => {
    const open = (argv: readonly string[]) => openChild(['env', `PATH=${dir}:/usr/bin:/bin`, ...argv]);
    const connector = { connect: async () => linkWith(open), close: async () => undefined };
    const inventory = `
regions:
  east:
    nodes:
      n1: { address: 10.0.0.1 }
      c1: { address: 10.0.0.2, vars: { ansible_connection: container, ansible_container_node: n1 } }
`;
    const playbook = `
- hosts: n1
  vars: { ansible_container: oms, path: ${dir}/shared }
  tasks:
    - command: { argv: [sh, -c, 'echo "in $IN" > {{path}}'] }
      connection: container
    - slurp: { src: "{{path}}" }
      register: seen
    - assert: { that: 'seen.content == "aW4gMQo="' }
- hosts: all
  vars: { path: ${dir}/other }
  tasks:
    - copy: { dest: "{{path}}", content: "two" }
      when: inventory_hostname == "c1"
    - stat: { path: "{{path}}" }
      register: seen
    - assert: { that: seen.stat.exists }
`;
    const { events } = await runProject({ inventory, playbook, connector, dependsOnTime: true });
    expect(outcomes(events)).to.have.members([
      ...['n1 command changed', 'n1 slurp ok', 'n1 assert ok', 'n1 copy skipped', 'c1 copy changed'],
      ...['n1 stat ok', 'c1 stat ok', 'n1 assert ok', 'c1 assert ok'],
    ]);
  });
});
