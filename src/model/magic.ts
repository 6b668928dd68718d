import type { Node } from './inventory.ts';

/** Variables that are always there and cannot be set by the user. */
export const magicNames: readonly string[] = [
  'inventory_hostname',
  'inventory_hostname_short',
  'hostvars',
  'region',
  'node',
  'regions',
  'region_nodes',
  'region_addresses',
  'groups',
  'group_names',
  'inventory_dir',
  'playbook_dir',
  'role_name',
  'role_path',
  'ansible_role_name',
  'ansible_check_mode',
  'ansible_diff_mode',
  'ansible_play_hosts',
  'ansible_play_hosts_all',
  'ansible_play_batch',
  'ansible_play_name',
  'ansible_play_role_names',
  'ansible_limit',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_failed_result',
  'ansible_failed_task',
];

/** Variables that are there where nothing else gives them a value. */
export const fallbackNames: readonly string[] = ['ansible_host'];

/** The groups a node is in, its region first; `all` goes without saying. */
export function groupNamesOf({ region, groups }: Pick<Node, 'region' | 'groups'>): readonly string[] {
  return [...new Set([region, ...groups])].filter((name) => name !== 'all');
}

/** A variable or member of this name holds a secret: its value is masked wherever it would be shown. */
export function isSecretName(name: string): boolean {
  // The users of a node (getent), whose passwords are not in there.
  if (name === 'getent_passwd') return false;
  return /(^|_)(passwords?|passwd|passphrase|pass|secrets?|tokens?|(access|api|secret)_key)$|_pwd$/i.test(
    name,
  );
}
