/** How a node is talked to. */
export type ConnectionKind = 'ssh' | 'local' | 'container';

/** How one becomes another user, by Ansible's names. */
export type BecomeMethod = 'sudo' | 'su' | 'doas';

/** A keyword of how a node is reached, or how one becomes another user there. */
export type WayKeyword = 'connection' | 'port' | 'remoteUser' | 'becomeMethod' | 'becomeExe' | 'becomeFlags';

/** Ansible's names of connections; those of its plugins for SSH are all one here. */
const KINDS: Readonly<Record<string, ConnectionKind>> = {
  ssh: 'ssh',
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  local: 'local',
  container: 'container',
  docker: 'container',
};

/** What a word for a connection means; undefined: nothing. */
export function connectionKind(word: string): ConnectionKind | undefined {
  const name = word.replace(/^(ansible\.(builtin|legacy|netcommon)|community\.docker)\./, '');
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

/** What a word for a method means; undefined: nothing. */
export function becomeMethod(word: string): BecomeMethod | undefined {
  const name = word.replace(/^(ansible\.(builtin|legacy)|community\.general)\./, '');
  return name === 'sudo' || name === 'su' || name === 'doas' ? name : undefined;
}

/** The variables that say how a node is reached: where a task sees others than its node, it may need another way. */
export const WAY_VARIABLES: readonly string[] = [
  ...[
    'ansible_connection',
    'ansible_host',
    'ansible_port',
    'ansible_user',
    'ansible_password',
    'ansible_ssh_pass',
  ],
  ...['ansible_ssh_private_key_file', 'ansible_ssh_private_key_passphrase', 'ansible_private_key_passphrase'],
  ...[
    'ansible_container',
    'ansible_container_node',
    'ansible_container_user',
    'jump_host',
    'known_hosts_file',
  ],
];
