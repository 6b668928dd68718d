import { isDataMap } from '../../model/data.ts';
import type { DataMap } from '../../model/data.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import { requireDocker } from './engine.ts';

/** What docker keeps, by docker's own words. */
export type ObjectKind = 'container' | 'image' | 'network' | 'volume';

/** What `docker inspect` says of those that are there, of the ones asked for by name or ID. */
export async function inspectObjects(
  node: NodeReader,
  kind: ObjectKind,
  names: readonly string[],
): Promise<readonly DataMap[]> {
  return ask(node, sh`docker ${kind} inspect --format '{{json .}}' ${names}`);
}

/** The same for all that the command `ids` lists. */
export async function inspectListed(
  node: NodeReader,
  kind: ObjectKind,
  ids: ShellCommand,
): Promise<readonly DataMap[]> {
  return ask(
    node,
    sh`ids=$(${ids}) && { [ -z "$ids" ] || docker ${kind} inspect --format '{{json .}}' $ids; }`,
  );
}

/**
 * The network or container of exactly that name, or of an ID of at least twelve digits: docker also answers to the
 * first digits of an ID.
 */
export function exactly(found: readonly DataMap[], name: string): DataMap | undefined {
  return (
    found.find((one) => one['Name'] === name || one['Name'] === `/${name}`) ??
    found.find((one) => name.length >= 12 && textOf(one['Id']).startsWith(name))
  );
}

/** A member that should be text; empty when it is not. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A member that should be a map; empty when it is null or missing. */
export function mapOf(value: DataMap[string] | undefined): DataMap {
  return isDataMap(value) ? value : {};
}

async function ask(node: NodeReader, command: ShellCommand): Promise<readonly DataMap[]> {
  const seen = await node.query(command);
  // One exit code stands for "not there" and for "no engine": only the probe tells.
  if (seen.exitCode !== 0) await requireDocker(node);
  const lines = seen.stdout
    .toString('utf8')
    .split('\n')
    .filter((line) => line.startsWith('{'));
  try {
    return lines.map((line) => JSON.parse(line) as DataMap);
  } catch (error) {
    throw new ModuleError({
      message: `"docker inspect" on ${node.name} answered something unexpected: ${String(error)}`,
      hint: 'oms-play needs Docker Engine 1.13 or newer',
    });
  }
}
