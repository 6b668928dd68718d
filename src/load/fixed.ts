import type { SourceNode } from '../model/source.ts';

/** True where nothing in it is a template. */
export function isFixed(node: SourceNode): boolean {
  if (node.kind === 'list') return node.items.every(isFixed);
  if (node.kind === 'map') return node.entries.every(({ value }) => isFixed(value));
  return node.verbatim === true || typeof node.value !== 'string' || !node.value.includes('{{');
}
