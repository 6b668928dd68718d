import type { Data } from '../model/data.ts';
import { becomeMethod, connectionKind, type ConnectionKind } from '../model/connection.ts';
import type { Lookup } from '../model/rendering.ts';
import { Secret } from '../model/secret.ts';
import type { Become, Target } from '../transport/contract.ts';
import { ModuleError } from '../modules/define.ts';
import { splitWords } from '../modules/words.ts';
import type { RunOptions } from './options.ts';

/** What a task's keywords say of how its node is reached; the variables of the same meaning win, as in Ansible. */
export interface WayWish {
  readonly connection?: string | undefined;
  readonly port?: string | undefined;
  readonly user?: string | undefined;
}

/** What a target is made of beside the node and its variables. */
export interface TargetMaking {
  readonly options: RunOptions;
  readonly jumpTarget: (name: string) => Target;
  readonly wish?: WayWish | undefined;
  /** In place of what variables say. */
  readonly connection?: 'ssh' | 'local' | undefined;
}

interface NamedNode {
  readonly name: string;
  readonly address: string;
}

/** How a node is reached, from its `ansible_*` variables, keywords and the command line. Throws ModuleError. */
export function targetOf(node: NamedNode, vars: Lookup, making: TargetMaking): Target {
  const { options, jumpTarget, wish = {} } = making;
  const password = text(vars, 'ansible_password') ?? text(vars, 'ansible_ssh_pass');
  const passphrase =
    text(vars, 'ansible_ssh_private_key_passphrase') ?? text(vars, 'ansible_private_key_passphrase');
  const jump = text(vars, 'jump_host');
  const kind = making.connection ?? connectionOf(node.name, vars, wish);
  return {
    name: node.name,
    connection: kind === 'local' ? 'local' : 'ssh',
    address: text(vars, 'ansible_host') ?? node.address,
    port: port(vars, node.name, wish),
    user: text(vars, 'ansible_user') ?? wish.user ?? options.user,
    password: password === undefined ? options.password : new Secret(password),
    privateKeyFile: text(vars, 'ansible_ssh_private_key_file') ?? options.privateKeyFile,
    privateKeyPassphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    knownHostsFile: text(vars, 'known_hosts_file'),
    hostKeyChecking: options.hostKeyChecking,
    jump: jump === undefined ? undefined : jumpTarget(jump),
    connectTimeoutMs: options.connectTimeoutMs,
  };
}

/** ssh, local or container. Throws ModuleError. */
export function connectionOf(name: string, vars: Lookup, wish: WayWish = {}): ConnectionKind {
  const variable = text(vars, 'ansible_connection');
  const word = variable ?? wish.connection ?? 'ssh';
  const kind = connectionKind(word);
  if (kind !== undefined) return kind;
  const what = variable === undefined ? 'connection' : 'ansible_connection';
  throw badVariable(name, what, `"${word}" is not one of ssh, local, container`);
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

/** The controller itself. */
export function localTarget(options: RunOptions): Target {
  return {
    name: 'localhost',
    connection: 'local',
    address: '127.0.0.1',
    port: undefined,
    user: undefined,
    password: undefined,
    privateKeyFile: undefined,
    privateKeyPassphrase: undefined,
    knownHostsFile: undefined,
    hostKeyChecking: options.hostKeyChecking,
    jump: undefined,
    connectTimeoutMs: options.connectTimeoutMs,
  };
}

/** What a task says of becoming another user. */
export interface BecomeWish {
  readonly become: boolean | undefined;
  readonly user: string | undefined;
  readonly method?: string | undefined;
  readonly exe?: string | undefined;
  readonly flags?: string | undefined;
}

/** The user that a task runs as; undefined: the one that logs in. Throws ModuleError. */
export function becomeOf(wish: BecomeWish, vars: Lookup, options: RunOptions): Become | undefined {
  const variable = switched(vars.get('ansible_become'));
  const wanted = typeof variable === 'boolean' ? variable : (wish.become ?? options.become);
  if (!wanted) return undefined;
  const password = text(vars, 'ansible_become_password') ?? text(vars, 'ansible_become_pass');
  return {
    user: text(vars, 'ansible_become_user') ?? wish.user ?? options.becomeUser ?? 'root',
    password: password === undefined ? options.becomePassword : new Secret(password),
    method: methodOf(wish, vars, options),
    exe: text(vars, 'ansible_become_exe') ?? wish.exe,
    flags: flagsOf(text(vars, 'ansible_become_flags') ?? wish.flags),
  };
}

function methodOf(wish: BecomeWish, vars: Lookup, options: RunOptions): Become['method'] {
  const variable = text(vars, 'ansible_become_method');
  const word = variable ?? wish.method;
  if (word === undefined) return options.becomeMethod;
  const method = becomeMethod(word);
  if (method !== undefined) return method;
  const name = variable === undefined ? 'become_method' : 'ansible_become_method';
  throw new ModuleError({ message: `${name} "${word}" is not one of sudo, su, doas`, hint: `Set ${name}.` });
}

function flagsOf(words: string | undefined): readonly string[] | undefined {
  return words === undefined ? undefined : splitWords(words);
}

/** A switch as inventories say it: text of an INI inventory is "yes" or "true". */
function switched(value: Data | undefined): Data | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return value;
  const word = String(value).trim().toLowerCase();
  if (['yes', 'true', 'on', 'y', 't', '1'].includes(word)) return true;
  return ['no', 'false', 'off', 'n', 'f', '0'].includes(word) ? false : value;
}

function port(vars: Lookup, node: string, wish: WayWish): number | undefined {
  const variable = vars.get('ansible_port') ?? undefined;
  const value = variable ?? wish.port;
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0 && number < 65536) return number;
  const name = variable === undefined ? 'port' : 'ansible_port';
  throw badVariable(node, name, 'must be a number from 1 to 65535');
}

/** The text of a variable; undefined where there is none, or none to speak of. */
export function text(vars: Lookup, name: string): string | undefined {
  const value: Data | undefined = vars.get(name);
  if (value === undefined || value === null || value === '') return undefined;
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function badVariable(node: string, name: string, wrong: string): ModuleError {
  return new ModuleError({ message: `${node}: ${name} ${wrong}`, hint: `Set ${name} in the inventory.` });
}
