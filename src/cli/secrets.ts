import type { Inventory, VarLayer } from '../model/inventory.ts';
import type { Playbook, RoleUse, TaskItem } from '../model/playbook.ts';
import type { Masker } from '../model/masker.ts';
import type { SourceNode } from '../model/source.ts';
import { isSecretName } from '../model/magic.ts';

/** Makes every secret that is written in these files known to the masker, before anything is shown. */
export function learnWrittenSecrets(
  masker: Masker,
  written: {
    readonly inventory: Inventory;
    readonly playbooks: readonly Playbook[];
    readonly extra: VarLayer;
  },
): void {
  const seen = new Set<VarLayer>();
  const learn = (layer: VarLayer | undefined): void => {
    if (layer === undefined || seen.has(layer)) return;
    seen.add(layer);
    for (const [name, { value }] of layer.vars) learnNode(name, value, masker);
  };
  for (const node of written.inventory.nodes.values()) node.layers.forEach(learn);
  learn(written.extra);
  for (const play of written.playbooks.flatMap((playbook) => playbook.plays)) {
    play.layers.forEach(learn);
    for (const use of play.roles) learnRole(use, learn);
    for (const item of [...play.preTasks, ...play.tasks, ...play.postTasks]) learnItem(item, learn);
  }
}

function learnRole(use: RoleUse, learn: (layer: VarLayer | undefined) => void): void {
  [use.parameters, use.keywords.vars, use.role.defaults, use.role.vars].forEach(learn);
}

function learnItem(item: TaskItem, learn: (layer: VarLayer | undefined) => void): void {
  if (item.kind === 'role') {
    learnRole(item.use, learn);
    return;
  }
  learn(item.keywords.vars);
  const content = item.kind === 'task' ? item.include?.content : undefined;
  if (content?.kind === 'role') learnRole(content.use, learn);
  if (content?.kind === 'vars') learn(content.layer);
  if (content?.kind === 'tasks') for (const inner of content.items) learnItem(inner, learn);
  if (item.kind === 'block') {
    for (const inner of [...item.block, ...item.rescue, ...item.always]) learnItem(inner, learn);
  }
}

function learnNode(name: string, node: SourceNode, masker: Masker): void {
  if (node.kind === 'map') for (const { key, value } of node.entries) learnNode(key, value, masker);
  if (node.kind === 'list') for (const item of node.items) learnNode(name, item, masker);
  if (node.kind !== 'scalar' || !isSecretName(name)) return;
  if (typeof node.value !== 'string' && typeof node.value !== 'number') return;
  const text = String(node.value);
  if (text.includes('{{')) return;
  masker.add(text);
  // As it stands between single quotes in YAML, in a source line of a diagnostic.
  if (text.includes("'")) masker.add(text.replaceAll("'", "''"));
}
