import type { Data } from '../model/data.ts';
import type { Lookup } from '../model/plan.ts';
import { Secret } from '../model/secret.ts';
import type { Become, Target } from '../transport/contract.ts';
import { ModuleError } from '../modules/define.ts';
import type { RunOptions } from './options.ts';

/** How a node is reached, from its `ansible_*` variables and the command line; variables win, as in Ansible. */
export function targetOf(
  node: { readonly name: string; readonly address: string },
  vars: Lookup,
  options: RunOptions,
  jumpTarget: (name: string) => Target,
): Target {
  const password = text(vars, 'ansible_password') ?? text(vars, 'ansible_ssh_pass');
  const passphrase =
    text(vars, 'ansible_ssh_private_key_passphrase') ?? text(vars, 'ansible_private_key_passphrase');
  const jump = text(vars, 'jump_host');
  const connection = text(vars, 'ansible_connection') ?? 'ssh';
  if (connection !== 'ssh' && connection !== 'local') {
    throw badVariable(node.name, 'ansible_connection', `"${connection}" is not one of ssh, local`);
  }
  return {
    name: node.name,
    connection,
    address: text(vars, 'ansible_host') ?? node.address,
    port: port(vars, node.name),
    user: text(vars, 'ansible_user') ?? options.user,
    password: password === undefined ? options.password : new Secret(password),
    privateKeyFile: text(vars, 'ansible_ssh_private_key_file') ?? options.privateKeyFile,
    privateKeyPassphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    knownHostsFile: text(vars, 'known_hosts_file'),
    hostKeyChecking: options.hostKeyChecking,
    jump: jump === undefined ? undefined : jumpTarget(jump),
    connectTimeoutMs: options.connectTimeoutMs,
  };
}

/** A jump host that is no node of the inventory: `[user@]address[:port]`, with the options of the node behind it. */
export function plainJump(spec: string, options: RunOptions, knownHostsFile: string | undefined): Target {
  const match = /^(?:([^@\s]+)@)?([A-Za-z0-9_.-]+|\[[0-9a-fA-F:.]+\])(?::(\d+))?$/.exec(spec);
  if (match?.[2] === undefined || match[2].startsWith('-')) {
    throw badVariable(spec, 'jump_host', 'is neither a node nor user@address:port');
  }
  return {
    name: spec,
    connection: 'ssh',
    address: match[2].replace(/^\[|\]$/g, ''),
    port: match[3] === undefined ? undefined : Number(match[3]),
    user: match[1] ?? options.user,
    password: options.password,
    privateKeyFile: options.privateKeyFile,
    privateKeyPassphrase: undefined,
    knownHostsFile,
    hostKeyChecking: options.hostKeyChecking,
    jump: undefined,
    connectTimeoutMs: options.connectTimeoutMs,
  };
}

/** What a task says of becoming another user. */
export interface BecomeWish {
  readonly become: boolean | undefined;
  readonly user: string | undefined;
}

/** The user that a task runs as; undefined: the one that logs in. */
export function becomeOf(wish: BecomeWish, vars: Lookup, options: RunOptions): Become | undefined {
  const variable = switched(vars.get('ansible_become'));
  const wanted = typeof variable === 'boolean' ? variable : (wish.become ?? options.become);
  if (!wanted) return undefined;
  const password = text(vars, 'ansible_become_password') ?? text(vars, 'ansible_become_pass');
  return {
    user: text(vars, 'ansible_become_user') ?? wish.user ?? options.becomeUser ?? 'root',
    password: password === undefined ? options.becomePassword : new Secret(password),
  };
}

/** A switch as inventories say it: text of an INI inventory is "yes" or "true". */
function switched(value: Data | undefined): Data | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const word = String(value).trim().toLowerCase();
  if (['yes', 'true', 'on', 'y', 't', '1'].includes(word)) return true;
  return ['no', 'false', 'off', 'n', 'f', '0'].includes(word) ? false : value;
}

function port(vars: Lookup, node: string): number | undefined {
  const value = vars.get('ansible_port');
  if (value === undefined || value === null) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65536) return number;
  throw badVariable(node, 'ansible_port', 'must be a number from 1 to 65535');
}

function text(vars: Lookup, name: string): string | undefined {
  const value: Data | undefined = vars.get(name);
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function badVariable(node: string, name: string, wrong: string): ModuleError {
  return new ModuleError({ message: `${node}: ${name} ${wrong}`, hint: `Set ${name} in the inventory.` });
}
