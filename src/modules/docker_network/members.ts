import type { DataMap } from '../../model/data.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { exactly, inspectListed, inspectObjects, mapOf, textOf } from '../docker/objects.ts';
import type { NetworkArgs } from './args.ts';

/** A container of a network. */
export interface Member {
  readonly id: string;
  readonly name: string;
}

/** Who is in the network, and who must come and go. */
export interface Members {
  readonly now: readonly Member[];
  readonly join: readonly string[];
  readonly leave: readonly Member[];
  /** Names that no container has. */
  readonly missing: readonly string[];
}

/** Compares the members; the network itself lists running ones only, so the containers are asked. */
export async function membersOf(
  node: NodeReader,
  args: NetworkArgs,
  network: DataMap | undefined,
): Promise<Members> {
  const [now, named] = await Promise.all([
    network === undefined ? [] : membersOfNetwork(node, network),
    namedContainers(node, args.connected ?? []),
  ]);
  const ids = new Set(named.values());
  return {
    now,
    join: [...named].filter(([, id]) => !now.some((one) => one.id === id)).map(([name]) => name),
    leave: args.connected === undefined || args.appends ? [] : now.filter(({ id }) => !ids.has(id)),
    missing: [...named].filter(([, id]) => id === '').map(([name]) => name),
  };
}

async function membersOfNetwork(node: NodeReader, network: DataMap): Promise<readonly Member[]> {
  const [name, id] = [textOf(network['Name']), textOf(network['Id'])];
  const filters = ['--filter', `network=${name}`, '--filter', `network=${id}`];
  const found = await inspectListed(node, 'container', sh`docker ps -aq --no-trunc ${filters}`);
  return found
    .filter(({ NetworkSettings }) =>
      Object.entries(mapOf(mapOf(NetworkSettings)['Networks'])).some(([key, one]) => {
        const theirs = textOf(mapOf(one)['NetworkID']);
        // One that was never started has the name alone; one of a network that is gone has another ID.
        return theirs === '' ? key === name : theirs === id;
      }),
    )
    .map((one) => ({ id: textOf(one['Id']), name: textOf(one['Name']).replace(/^\//, '') }));
}

/** Name → ID; empty: there is no such container. */
async function namedContainers(
  node: NodeReader,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const found = await inspectObjects(node, 'container', names);
  return new Map(names.map((name) => [name, textOf(exactly(found, name)?.['Id'])]));
}
