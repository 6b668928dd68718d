import type { Lookup } from '../model/rendering.ts';
import { ModuleError } from '../modules/define.ts';
import type { Become, Target } from '../transport/contract.ts';
import { becomeKey } from '../transport/contract.ts';
import type { RunOptions } from './options.ts';
import { becomeOf, connectionOf, localTarget, plainJump, targetOf, text, type WayWish } from './target.ts';

export interface NodeAddress {
  readonly name: string;
  readonly region: string;
  readonly address: string;
}

/** A node with the variables that say how it is reached. */
export interface KnownNode {
  readonly node: NodeAddress;
  readonly vars: Lookup;
}

/** What a task wishes of the way to its node. */
export interface ReachWish extends WayWish {
  /** Who the task becomes. */
  readonly become?: Become | undefined;
}

/** How a node is reached, worked out; the same key: the same connection. */
export interface Reach {
  /** Holds secrets. */
  readonly key: string;
  /** Where SSH goes; for a container to the machine that it is on. */
  readonly target: Target;
  readonly container: ContainerReach | undefined;
}

/** A container on a machine that is reached by itself. */
export interface ContainerReach {
  readonly name: string;
  /** undefined: whom its image says. */
  readonly user: string | undefined;
  /** The node that carries it. */
  readonly carrier: NodeAddress;
  readonly carrierReach: Reach;
  /** As whom docker is called there. */
  readonly become: Become | undefined;
  /** The task's become is about who calls docker, not about who one is in the container. */
  readonly takesBecome: boolean;
}

export interface ReachSources {
  readonly options: RunOptions;
  /** A node's own variables, without those of any task; undefined: no such node. */
  readonly nodeVars: (name: string) => KnownNode | undefined;
}

/** Works out how a node is reached. Throws ModuleError, TemplateError. */
export function reachOf({ node, vars }: KnownNode, wish: ReachWish, sources: ReachSources): Reach {
  const isController = node.name === 'localhost';
  const kind = isController ? controllerKind(node.name, vars, wish) : connectionOf(node.name, vars, wish);
  if (kind === 'container') return containerReach({ node, vars }, wish, sources);
  if (isController) return plainReach(localTarget(sources.options));
  return plainReach(targetOf(node, vars, makingOf({ node, vars }, wish, sources)));
}

/** localhost is the controller, whatever its variables say, unless a container there is meant. */
function controllerKind(name: string, vars: Lookup, wish: ReachWish): 'local' | 'container' {
  return connectionOf(name, vars, wish) === 'container' ? 'container' : 'local';
}

function makingOf(known: KnownNode, wish: ReachWish, sources: ReachSources) {
  const { options } = sources;
  const jumpTarget = (name: string): Target => jump(name, known.vars, [known.node.name], sources);
  return { options, wish, jumpTarget };
}

function jump(name: string, vars: Lookup, path: readonly string[], sources: ReachSources): Target {
  const { options, nodeVars } = sources;
  if (path.includes(name)) throw new Error(`jump_host goes in a circle: ${[...path, name].join(' → ')}`);
  const known = nodeVars(name);
  if (known === undefined) return plainJump(name, options, text(vars, 'known_hosts_file'));
  const jumpTarget = (next: string): Target => jump(next, known.vars, [...path, name], sources);
  return targetOf(known.node, known.vars, { options, jumpTarget });
}

function plainReach(target: Target): Reach {
  return { key: targetKey(target), target, container: undefined };
}

/**
 * `ansible_container` is the container on the node itself or on `ansible_container_node`; without it the node is the
 * container, as for Ansible: of its name (or `ansible_host`), on the controller unless a node is said.
 */
function containerReach(known: KnownNode, wish: ReachWish, sources: ReachSources): Reach {
  const { node, vars } = known;
  const own = text(vars, 'ansible_container');
  const on = text(vars, 'ansible_container_node') ?? (own === undefined ? 'localhost' : node.name);
  const onItself = on === node.name;
  const name = own ?? text(vars, 'ansible_host') ?? node.name;
  const carrier = onItself ? known : carrierOf(on, node.name, sources);
  const carrierReach = machineReach(carrier, onItself ? { user: wish.user } : {}, sources);
  const become = onItself ? wish.become : becomeThere(carrier, sources);
  const user =
    text(vars, 'ansible_container_user') ??
    (onItself ? undefined : (text(vars, 'ansible_user') ?? wish.user));
  return {
    key: JSON.stringify(['container', name, user, becomeKey(become), carrierReach.key]),
    target: carrierReach.target,
    container: { name, user, carrier: carrier.node, carrierReach, become, takesBecome: onItself },
  };
}

function carrierOf(name: string, container: string, { nodeVars }: ReachSources): KnownNode {
  const known = nodeVars(name);
  if (known !== undefined) return known;
  if (name === 'localhost') {
    const nothing: Lookup = { get: () => undefined, names: () => [] };
    return { node: { name, region: '', address: '127.0.0.1' }, vars: nothing };
  }
  throw new ModuleError({
    message: `${container}: ansible_container_node "${name}" is no node of the inventory`,
    hint: 'Name the node that its Docker Engine is on, or localhost.',
  });
}

/** The machine below: by SSH, or the controller itself; a container in a container is none. */
function machineReach(carrier: KnownNode, wish: WayWish, sources: ReachSources): Reach {
  const { node, vars } = carrier;
  if (node.name === 'localhost') return plainReach(localTarget(sources.options));
  const kind = sources.nodeVars(node.name) === undefined ? 'ssh' : ownKind(node.name, sources);
  const connection = kind === 'local' ? 'local' : 'ssh';
  return plainReach(targetOf(node, vars, { ...makingOf(carrier, wish, sources), connection }));
}

/** What a node's own variables say, whatever a task's do. */
function ownKind(name: string, { nodeVars }: ReachSources): string {
  const known = nodeVars(name);
  return known === undefined ? 'ssh' : connectionOf(name, known.vars);
}

function becomeThere({ node, vars }: KnownNode, { options }: ReachSources): Become | undefined {
  if (node.name === 'localhost') return undefined;
  return becomeOf({ become: undefined, user: undefined }, vars, options);
}

function targetKey(target: Target): string {
  const { password, privateKeyPassphrase, jump: through, connectTimeoutMs: _, ...plain } = target;
  const secrets = [password?.reveal(), privateKeyPassphrase?.reveal()];
  return JSON.stringify([plain, secrets, through === undefined ? '' : targetKey(through)]);
}
