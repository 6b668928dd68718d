import { problem } from '../diagnostics/diagnostic.ts';
import { suggest } from '../diagnostics/suggest.ts';
import type { Node, VarLayer } from '../model/inventory.ts';
import type { SourceNode } from '../model/source.ts';
import type { Report } from './shape.ts';

/** Names of before Ansible 2.0, which Ansible still takes. */
const NEW_NAMES: Readonly<Record<string, string>> = {
  ansible_ssh_host: 'ansible_host',
  ansible_ssh_port: 'ansible_port',
  ansible_ssh_user: 'ansible_user',
  ansible_ssh_password: 'ansible_password',
};

const KNOWN: readonly string[] = [
  ...['ansible_host', 'ansible_port', 'ansible_user', 'ansible_password', 'ansible_connection'],
  ...['ansible_ssh_pass', 'ansible_ssh_private_key_file', 'ansible_private_key_file', 'ansible_become'],
  ...['ansible_become_user', 'ansible_become_password', 'ansible_become_pass', 'ansible_become_method'],
  ...['ansible_become_exe', 'ansible_become_flags', 'ansible_python_interpreter', 'ansible_shell_type'],
  ...['ansible_container', 'ansible_container_node', 'ansible_container_user'],
  ...['ansible_ssh_private_key_passphrase', 'ansible_group_priority', 'ansible_remote_tmp'],
];

/** What has no effect here, and what to write instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  ansible_ssh_common_args: 'Write jump_host for a jump host; other settings of SSH go to ~/.ssh/config.',
  ansible_ssh_extra_args: 'Settings of SSH go to ~/.ssh/config; a jump host is jump_host.',
  ansible_host_key_checking: 'Use --host-key-checking, or StrictHostKeyChecking in ~/.ssh/config.',
  ansible_ssh_host_key_checking: 'Use --host-key-checking, or StrictHostKeyChecking in ~/.ssh/config.',
};

/** The layer with old names of connection variables under their new ones too. */
export function withNewNames(layer: VarLayer): VarLayer {
  const old = Object.keys(NEW_NAMES).filter((name) => layer.vars.has(name));
  if (old.length === 0) return layer;
  const vars = new Map(layer.vars);
  for (const name of old) {
    const [value, better] = [layer.vars.get(name), NEW_NAMES[name]];
    if (value !== undefined && better !== undefined && !vars.has(better)) vars.set(better, value);
  }
  return { ...layer, vars };
}

/** Warns once of each connection variable without effect, of slips in their names, and of YAML 1.1. */
export function checkConnectionVariables(nodes: readonly Node[], report: Report): void {
  const told = new Set<string>();
  const seen = new Set<VarLayer>();
  for (const layer of nodes.flatMap((node) => node.layers)) {
    if (seen.has(layer)) continue;
    seen.add(layer);
    for (const [name, { at, value }] of layer.vars) {
      warnOfOldYaml(value, name, report);
      if (!name.startsWith('ansible_') || told.has(name)) continue;
      told.add(name);
      const instead = INSTEAD[name];
      const near = KNOWN.includes(name) || name in NEW_NAMES ? undefined : suggest(name, KNOWN);
      if (instead === undefined && near === undefined) continue;
      const detail = instead === undefined ? `Did you mean "${near ?? ''}"?` : `It has no effect. ${instead}`;
      const warning = problem(
        'unknown-name',
        at,
        'connection variable without effect',
        `"${name}": ${detail}`,
      );
      report({ ...warning, severity: 'warning' });
    }
  }
}

/** Ansible reads YAML 1.1: what another value comes out of there is told. */
function warnOfOldYaml(node: SourceNode, name: string, report: Report): void {
  if (node.kind === 'list') for (const item of node.items) warnOfOldYaml(item, name, report);
  if (node.kind === 'map') for (const { key, value } of node.entries) warnOfOldYaml(value, key, report);
  if (node.kind !== 'scalar' || node.quoted || typeof node.value !== 'string') return;
  if (!/^(yes|no|on|off)$/i.test(node.value)) return;
  const means = /^(yes|on)$/i.test(node.value) ? 'true' : 'false';
  const detail = `${name}: ${node.value} is ${means} for Ansible and the text "${node.value}" here (YAML 1.2). Write ${means}, or put it in quotes.`;
  report({
    ...problem('bad-value', node.at, 'text that Ansible takes for a boolean', detail),
    severity: 'warning',
  });
}
