import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LoopbackNode, LoopbackNodes } from './loopback.ts';

/** The same work, written down for every peer: folders that have to be there with mode 0755. */
export interface Work {
  /** Where the peers' files are, and where they are run. */
  readonly folder: string;
  readonly site: LoopbackNodes;
  readonly nodes: readonly LoopbackNode[];
  readonly port: number;
  /** `%NODE%` stands for the node's name. */
  readonly paths: readonly string[];
  /** What the floor does for each path: look, or make. */
  readonly raw: 'look' | 'make';
}

export interface WorkRequest {
  readonly site: LoopbackNodes;
  readonly name: string;
  readonly nodes: readonly LoopbackNode[];
  readonly paths: readonly string[];
  readonly raw: Work['raw'];
  /** Default: that of the nodes' sshd. */
  readonly port?: number | undefined;
}

/** Writes inventories and playbook (the same one for Ansible and oms-play). */
export function writeWork({ site, name, nodes, paths, raw, port = site.port }: WorkRequest): Work {
  const folder = join(site.folder, name);
  mkdirSync(join(folder, 'inventory'), { recursive: true });
  const work: Work = { folder, site, nodes, port, paths, raw };
  writeFileSync(join(folder, 'inventory/inventory.yml'), inventory(work));
  writeFileSync(join(folder, 'hosts.ini'), iniInventory(work));
  writeFileSync(join(folder, 'site.yml'), playbook(paths));
  return work;
}

function inventory({ site, nodes, port }: Work): string {
  const lines = nodes.map(({ name, address }) => `      ${name}: { address: ${address} }\n`);
  return `vars:
  ansible_user: ${site.user}
  ansible_port: ${port}
  ansible_ssh_private_key_file: ${site.keyFile}
  known_hosts_file: ${site.knownHostsFile}
regions:
  loopback:
    parallel: ${nodes.length}
    nodes:
${lines.join('')}`;
}

function iniInventory({ site, nodes, port }: Work): string {
  const lines = nodes.map(({ name, address }) => `${name} ansible_host=${address}\n`);
  return `[all]
${lines.join('')}
[all:vars]
ansible_user=${site.user}
ansible_port=${port}
ansible_ssh_private_key_file=${site.keyFile}
ansible_python_interpreter=/usr/bin/python3
`;
}

function playbook(paths: readonly string[]): string {
  const tasks = paths.map(
    (path, i) =>
      `    - name: folder ${i + 1}\n` +
      `      file: { path: "${path.replaceAll('%NODE%', '{{inventory_hostname}}')}", state: directory, mode: "0755" }\n`,
  );
  return `- hosts: all\n  gather_facts: false\n  tasks:\n${tasks.join('')}`;
}

/** The floor's command for one path: what a check has to ask at least, or what making it takes. */
export function rawCommand(path: string, raw: Work['raw']): string {
  return raw === 'look'
    ? `stat -c '%f %u %g %s %Y %U %G' -- ${path}`
    : `mkdir -p -- ${path} && chmod 0755 ${path}`;
}
