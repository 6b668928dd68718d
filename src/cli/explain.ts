import type { Data } from '../model/data.ts';
import type { VarLayer } from '../model/inventory.ts';
import { isSecretName, magicNames } from '../model/magic.ts';
import type { SourceNode } from '../model/source.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { TemplateError } from '../template/errors.ts';
import { nodeLookup } from './node-lookup.ts';
import { plainData, withoutSecrets } from './node-variables.ts';
import type { Project } from './project.ts';
import { UsageError } from './usage-error.ts';

interface Setting {
  readonly label: string;
  readonly value: SourceNode;
  readonly place: string;
}

/** The value of a variable on a node, the file and line it comes from, and what it overrides, nearest first. */
export function explainVariable(project: Project, node: string, name: string): string {
  const layers = [...(project.inventory.nodes.get(node)?.layers ?? []), project.extra];
  const settings = layers.flatMap((layer) => settingOf(layer, name)).reverse();
  const [winner, ...others] = settings;
  const lookup = nodeLookup(project.plan, node, project.masker);
  if (winner === undefined) {
    if (magicNames.includes(name)) {
      return `${name} on ${node} = ${shownValue(name, lookup.get(name) ?? null)}\n  set by oms-play itself`;
    }
    if (name === 'address' || name === 'ansible_host') return addressOf(project, node, name);
    const names = new Set(layers.flatMap((layer) => [...layer.vars.keys()]));
    throw new UsageError(`${node} has no variable "${name}" in the inventory.${didYouMean(name, names)}`);
  }
  const written = isTemplated(winner.value)
    ? `\n  written    ${shownValue(name, plainData(winner.value))}`
    : '';
  return [
    `${name} on ${node} = ${effective(name, lookup)}${written}`,
    `  from       ${winner.place}  ${winner.label}`,
    ...others.map(
      ({ place, label, value }) => `  overrides  ${place}  ${label}  ${shownValue(name, plainData(value))}`,
    ),
  ].join('\n');
}

function addressOf({ inventory }: Project, name: string, asked: string): string {
  const node = inventory.nodes.get(name);
  const place =
    node === undefined ? '' : `\n  from       ${node.at.file}:${node.at.line}  the node's address`;
  return `${asked} on ${name} = ${JSON.stringify(node?.address ?? null)}${place}`;
}

function settingOf(layer: VarLayer, name: string): readonly Setting[] {
  const variable = layer.vars.get(name);
  if (variable === undefined) return [];
  const { file, line } = variable.at;
  return [{ label: layer.label, value: variable.value, place: `${file}:${line}` }];
}

function effective(name: string, lookup: { get(name: string): Data | undefined }): string {
  try {
    return shownValue(name, lookup.get(name) ?? null);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `(known only in a run: ${error.message})`;
  }
}

/** As JSON, without the secrets in it. */
export function shownValue(name: string, value: Data): string {
  // Where a template takes a secret from is no secret.
  if (isSecretName(name) && typeof value === 'string' && /^\{\{[^{}]*\}\}$/.test(value)) return value;
  return JSON.stringify(withoutSecrets(name, value));
}

function isTemplated(node: SourceNode): boolean {
  return JSON.stringify(plainData(node)).includes('{{');
}
