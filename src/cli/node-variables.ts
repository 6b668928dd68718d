import type { Data } from '../model/data.ts';
import { isDataMap } from '../model/data.ts';
import type { VarLayer } from '../model/inventory.ts';
import { isSecretName } from '../model/magic.ts';
import type { SourceNode } from '../model/source.ts';
import { TemplateError } from '../template/errors.ts';
import { nodeLookup } from './node-lookup.ts';
import type { Project } from './project.ts';

/** A node's variables as the inventory and `-e` give them, rendered where that is possible, secrets hidden. */
export function nodeVariables(project: Project, name: string): Readonly<Record<string, Data>> {
  const { plan, masker, inventory } = project;
  const lookup = nodeLookup(plan, name, masker);
  const written = new Map<string, SourceNode>();
  const node = inventory.nodes.get(name);
  const layers: readonly VarLayer[] = node?.layers ?? [];
  for (const layer of layers) for (const [key, { value }] of layer.vars) written.set(key, value);
  const names = [...new Set([...written.keys(), ...plan.extra.vars.keys()])].sort();
  const values = names.map((key): readonly [string, Data] => {
    try {
      return [key, withoutSecrets(key, lookup.get(key) ?? null)];
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      // As ansible-inventory does: what only a run can know is shown as it was written.
      const source = written.get(key);
      return [key, withoutSecrets(key, source === undefined ? null : plainData(source))];
    }
  });
  // Not in the JSON text: *** in the place of a number is no JSON.
  const [masked = {}] = masker.maskDeep([Object.fromEntries(values)]);
  return { address: node?.address ?? '', region: node?.region ?? '', ...masked };
}

/** The value with every secret in it as `***`. */
export function withoutSecrets(name: string, value: Data): Data {
  if (Array.isArray(value)) return (value as readonly Data[]).map((item) => withoutSecrets(name, item));
  if (isDataMap(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(key, item)]));
  }
  return isSecretName(name) && value !== null && value !== '' ? '***' : value;
}

/** What the user wrote, templates unrendered. */
export function plainData(node: SourceNode): Data {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainData);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainData(value)]));
}
