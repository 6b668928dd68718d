import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Built } from './built.ts';
import type { Command } from './measure.ts';
import type { RawWay, RawWork } from './raw.ts';
import { rawCommand, type Work } from './work.ts';

/** Who does the work. The raw ones are loops without an engine: the floor. */
export type PeerId =
  'oms-play' | 'ansible' | 'mitogen' | 'openssh' | 'raw-connect' | 'raw-exec' | 'raw-sh' | 'raw-script';

export interface Peer {
  readonly id: PeerId;
  readonly title: string;
  /** More nodes than that take it minutes. */
  readonly mostNodes: number;
  /** It takes long enough to be run but once. */
  readonly slow: boolean;
}

const FORKS = 50;
const LIMIT_SECONDS = 600;

/** In the order of the tables. */
export const PEERS: readonly Peer[] = [
  { id: 'ansible', title: 'ansible-core, pipelining, forks 50', mostNodes: 50, slow: true },
  { id: 'mitogen', title: 'the same + Mitogen', mostNodes: 50, slow: true },
  { id: 'openssh', title: 'OpenSSH, ControlMaster, 50 at once', mostNodes: 200, slow: true },
  { id: 'oms-play', title: 'oms-play', mostNodes: 1_000, slow: false },
  { id: 'raw-exec', title: 'raw ssh2, one exec per task', mostNodes: 1_000, slow: false },
  { id: 'raw-sh', title: 'raw ssh2, one long-lived sh', mostNodes: 1_000, slow: false },
  { id: 'raw-script', title: 'raw ssh2, one script per node', mostNodes: 1_000, slow: false },
  { id: 'raw-connect', title: 'raw ssh2, log in only', mostNodes: 1_000, slow: false },
];

export function peerOf(id: PeerId): Peer {
  const peer = PEERS.find((each) => each.id === id);
  if (peer === undefined) throw new Error(`there is no peer "${id}"`);
  return peer;
}

/** The command line with which a peer does the work. */
export function commandOf(peer: PeerId, work: Work, built: Built, more: readonly string[] = []): Command {
  const common = { cwd: work.folder, limitSeconds: LIMIT_SECONDS };
  const env = {
    PATH: process.env['PATH'] ?? '/usr/bin:/bin',
    HOME: work.site.controllerHome,
    LANG: 'C.UTF-8',
  };
  switch (peer) {
    case 'oms-play': {
      const forks = String(work.nodes.length);
      const argv = [process.execPath, built.main, 'site.yml', '-i', 'inventory', '--forks', forks, ...more];
      return { ...common, env, argv };
    }
    case 'ansible':
    case 'mitogen': {
      const argv = ['/usr/bin/ansible-playbook', '-i', 'hosts.ini', 'site.yml'];
      return {
        ...common,
        argv,
        sampleSeconds: 1,
        env: { ...env, ANSIBLE_CONFIG: ansibleConfig(peer, work) },
      };
    }
    case 'openssh':
      return { ...common, env, argv: ['/bin/sh', opensshLoop(work)], sampleSeconds: 0.2 };
    case 'raw-connect':
    case 'raw-exec':
    case 'raw-sh':
    case 'raw-script':
      return { ...common, env, argv: [process.execPath, built.raw, rawWork(peer, work)] };
  }
}

function rawWork(peer: PeerId, work: Work): string {
  const { site, nodes, port, paths, raw } = work;
  const path = join(work.folder, `${peer}.json`);
  const wanted: RawWork = {
    way: peer.slice('raw-'.length) as RawWay,
    port,
    user: site.user,
    keyFile: site.keyFile,
    nodes,
    commands: paths.map((each) => rawCommand(each, raw)),
  };
  writeFileSync(path, JSON.stringify(wanted));
  return path;
}

function ansibleConfig(peer: 'ansible' | 'mitogen', { folder, site }: Work): string {
  const path = join(folder, `${peer}.cfg`);
  const strategy = peer === 'mitogen' ? 'strategy = mitogen_linear\n' : '';
  writeFileSync(
    path,
    `[defaults]
forks = ${FORKS}
gathering = explicit
host_key_checking = True
retry_files_enabled = False
interpreter_python = /usr/bin/python3
nocows = 1
${strategy}
[ssh_connection]
pipelining = True
ssh_args = -C -o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${site.knownHostsFile} -o IdentitiesOnly=yes
`,
  );
  return path;
}

/** One ssh per task over a shared connection, so many nodes at once. */
function opensshLoop({ folder, site, nodes, port, paths, raw }: Work): string {
  const [config, one, loop] = ['ssh_config', 'one-node.sh', 'loop.sh'].map((name) => join(folder, name));
  if (config === undefined || one === undefined || loop === undefined) throw new Error('no paths');
  const sockets = join(site.folder, 'cm');
  if (!existsSync(sockets)) mkdirSync(sockets, { mode: 0o700 });
  const lines = [
    `Port ${port}`,
    `User ${site.user}`,
    `IdentityFile ${site.keyFile}`,
    'IdentitiesOnly yes',
    `UserKnownHostsFile ${site.knownHostsFile}`,
    'BatchMode yes',
    'LogLevel ERROR',
    'ControlMaster auto',
    'ControlPersist 60s',
    `ControlPath ${sockets}/%C`,
  ];
  writeFileSync(config, lines.join('\n') + '\n');
  const ssh = `ssh -F ${config} "$2"`;
  const commands = paths.map((path) => {
    const command = rawCommand(path, raw).replaceAll('%NODE%', () => '$1');
    return `${ssh} "${command}" </dev/null >/dev/null || exit 255\n`;
  });
  writeFileSync(one, `#!/bin/sh\n${commands.join('')}ssh -F ${config} -O exit "$2" 2>/dev/null\n`);
  chmodSync(one, 0o755);
  const list = join(folder, 'nodes.txt');
  writeFileSync(list, nodes.map(({ name, address }) => `${name} ${address}\n`).join(''));
  writeFileSync(loop, `exec xargs -n 2 -P ${FORKS} ${one} <${list}\n`);
  return loop;
}
