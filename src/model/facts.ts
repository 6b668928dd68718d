import { magicNames } from './magic.ts';

/** Which variables a module that gathers facts defines. */
export interface FactNames {
  /** The names that are known before the run; a node may bring more (its interfaces). */
  readonly names: readonly string[];
  /**
   * What of `gather_subset` brings that which a reference leads to (`['ansible_facts', 'mounts']`), `all` where only
   * everything does; undefined: it is none of its facts.
   */
  subsetOf(path: readonly string[]): string | undefined;
}

/** Maps of all facts of a node: Ansible's by their names without `ansible_`, and what Ansible has not. */
export const factMaps: readonly string[] = ['ansible_facts', 'oms_facts'];

/** How a node is reached, and what oms-play itself says: no fact of such a name is ever taken from a node. */
export function isReservedFact(name: string): boolean {
  if (magicNames.includes(name) || factMaps.includes(name)) return true;
  return /^ansible_(host|port|user|password|connection|timeout|pipelining|remote_\w+|become\w*|su(do)?(_\w+)?|private_key\w*|host_key_checking|sftp_\w+|scp_\w+|shell_\w+|python_\w+|ssh_(?!host_key_)\w+)$/.test(
    name,
  );
}
