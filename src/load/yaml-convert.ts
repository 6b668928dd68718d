import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Alias, Document, ParsedNode, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { problem } from '../diagnostics/diagnostic.ts';
import type { SourceEntry, SourceMap, SourceNode, SourceRange, SourceScalar } from '../model/source.ts';
import type { Places } from './places.ts';
import type { Report } from './shape.ts';
import type { VaultReader } from '../vault/vault.ts';
import { vaultedValue } from './vaulted-value.ts';
import { isVaultTag, QUOTE_TEMPLATE } from './yaml-messages.ts';

/** Values that aliases may stand for altogether: a few lines of aliases to aliases make billions. */
const MAX_ALIASED = 100_000;

interface Conversion {
  readonly places: Places;
  readonly report: Report;
  readonly anchors: Map<string, { readonly node: SourceNode; readonly size: number }>;
  /** Anchors whose value is being read: an alias to one of them goes in a circle. */
  readonly open: Set<string>;
  /** Opens what stands behind `!vault`. */
  readonly vault: VaultReader | undefined;
  size: number;
  aliased: number;
}

/** The library's tree as ours; undefined for an empty document. */
export function convert(
  document: Document.Parsed<ParsedNode>,
  places: Places,
  report: Report,
  vault?: VaultReader,
): SourceNode | undefined {
  const contents = document.contents;
  if (contents === null || isNothing(contents)) return undefined;
  const state: Conversion = {
    places,
    report,
    anchors: new Map(),
    open: new Set(),
    vault,
    size: 0,
    aliased: 0,
  };
  return nodeOf(contents, state);
}

function isNothing(node: ParsedNode): boolean {
  return isScalar(node) && node.value === null && (node as Scalar).source === '' && node.tag === undefined;
}

function nodeOf(node: ParsedNode, state: Conversion): SourceNode {
  if (isAlias(node)) return aliasOf(node, state);
  const anchor = node.anchor;
  if (anchor === undefined) return plainNodeOf(node, state);
  const before = state.size;
  state.open.add(anchor);
  const converted = plainNodeOf(node, state);
  state.open.delete(anchor);
  state.anchors.set(anchor, { node: converted, size: state.size - before });
  return converted;
}

function plainNodeOf(node: Exclude<ParsedNode, Alias>, state: Conversion): SourceNode {
  state.size += 1;
  const at = state.places.range(node.range[0], node.range[1]);
  if (isVaultTag(node.tag)) return vaultedValue(isScalar(node) ? node.value : undefined, at, state);
  if (isScalar(node)) return scalarOf(node, at, state);
  if (isSeq(node)) return { kind: 'list', items: itemsOf(node, state), at };
  return mapOf(node, at, state);
}

function itemsOf(node: YAMLSeq, state: Conversion): SourceNode[] {
  return node.items.map((item) => nodeOf(item as ParsedNode, state));
}

function aliasOf(node: Alias, state: Conversion): SourceNode {
  const [start, end] = node.range ?? [0, 1];
  const at = state.places.range(start, end);
  const target = state.anchors.get(node.source);
  if (target !== undefined && !state.open.has(node.source)) {
    state.size += target.size;
    state.aliased += target.size;
    if (state.aliased <= MAX_ALIASED) return target.node;
    if (state.aliased - target.size <= MAX_ALIASED) state.report(aliasBomb(at));
  } else {
    const why = state.open.has(node.source)
      ? 'stands inside the value it refers to'
      : 'refers to no anchor above it';
    state.report(problem('unknown-name', at, 'bad alias', `The alias *${node.source} ${why}.`));
  }
  return { kind: 'scalar', value: null, quoted: false, at };
}

function aliasBomb(at: SourceRange): ReturnType<typeof problem> {
  const detail = `Unfolded, the aliases of this file stand for more than ${MAX_ALIASED} values; that is refused.`;
  return problem('bad-value', at, 'aliases unfold to too much', detail);
}

function scalarOf(node: Scalar.Parsed, at: SourceRange, state: Conversion): SourceScalar {
  const quoted = node.type !== undefined && node.type !== 'PLAIN';
  const value = node.value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
      const detail = 'This number cannot be kept exactly; put it in quotes to keep it as text.';
      state.report(problem('bad-value', at, 'number out of range', detail));
    }
    return { kind: 'scalar', value, quoted, at };
  }
  if (typeof value === 'boolean' || value === null) return { kind: 'scalar', value, quoted, at };
  const text = typeof value === 'string' ? value : (node.source ?? null);
  return {
    kind: 'scalar',
    value: text,
    quoted,
    at,
    ...(quoted ? { textAt: textPlace(node, at, state) } : {}),
  };
}

function textPlace(
  node: Scalar.Parsed,
  at: SourceRange,
  state: Conversion,
): { line: number; column: number } {
  if (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE') {
    return { line: at.line, column: at.column + 1 };
  }
  const first = state.places.line(at.line + 1);
  return { line: at.line + 1, column: first.length - first.trimStart().length + 1 };
}

function mapOf(node: YAMLMap, at: SourceRange, state: Conversion): SourceNode {
  if (isUnquotedTemplate(node)) {
    state.report(problem('yaml-syntax', at, 'not valid YAML', QUOTE_TEMPLATE));
    return { kind: 'scalar', value: null, quoted: true, at };
  }
  const entries = new Map<string, SourceEntry>();
  const merged: SourceEntry[] = [];
  for (const pair of node.items) {
    const key = pair.key as ParsedNode;
    if (isMergeKey(key)) merged.push(...mergedEntries(pair.value as ParsedNode, state));
    else addEntry(entries, entryOf(key, pair.value as ParsedNode | null, state), state);
  }
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  return { kind: 'map', entries: [...entries.values()], at };
}

function addEntry(
  entries: Map<string, SourceEntry>,
  entry: SourceEntry | undefined,
  state: Conversion,
): void {
  if (entry === undefined) return;
  const first = entries.get(entry.key);
  if (first === undefined) {
    entries.set(entry.key, entry);
    return;
  }
  const detail = `"${entry.key}" stands in this map already, at line ${first.keyAt.line}. Remove one of them.`;
  state.report(problem('duplicate', entry.keyAt, 'duplicate key', detail));
}

function entryOf(key: ParsedNode, value: ParsedNode | null, state: Conversion): SourceEntry | undefined {
  const keyAt = state.places.range(key.range[0], key.range[1]);
  const name = keyText(key, state);
  if (name === undefined) {
    const detail =
      isMap(key) && key.flow ? QUOTE_TEMPLATE : 'A key must be text: neither empty, nor a list or a map.';
    state.report(problem('yaml-syntax', keyAt, 'not valid YAML', detail));
    return undefined;
  }
  const nothing = value === null || (isNothing(value) && value.anchor === undefined);
  if (nothing) state.size += 1;
  return {
    key: name,
    keyAt,
    value: nothing ? { kind: 'scalar', value: null, quoted: false, at: keyAt } : nodeOf(value, state),
  };
}

function keyText(key: ParsedNode, state: Conversion): string | undefined {
  const node: SourceNode | undefined = isAlias(key) ? aliasOf(key, state) : undefined;
  if (node !== undefined)
    return node.kind === 'scalar' && node.value !== null ? String(node.value) : undefined;
  if (!isScalar(key)) return undefined;
  if (key.anchor !== undefined) nodeOf(key, state);
  const scalar = key as Scalar;
  if (typeof scalar.value === 'string') return scalar.value;
  return scalar.source === undefined || scalar.source === '' ? undefined : scalar.source;
}

function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && (key as Scalar).source === '<<' && (key as Scalar).type === 'PLAIN';
}

function mergedEntries(value: ParsedNode, state: Conversion): readonly SourceEntry[] {
  const node = nodeOf(value, state);
  const maps = (node.kind === 'list' ? node.items : [node]).filter(
    (item): item is SourceMap => item.kind === 'map',
  );
  const wanted = node.kind === 'list' ? node.items.length : 1;
  if (maps.length !== wanted && state.aliased <= MAX_ALIASED) {
    const detail = '"<<" takes a map or a list of maps, usually as an alias: <<: *name';
    state.report(problem('wrong-type', node.at, 'cannot merge', detail));
  }
  return maps.flatMap((map) => map.entries);
}

function isUnquotedTemplate(node: YAMLMap): boolean {
  const [pair] = node.items;
  const inner = pair?.key;
  const alone = node.flow === true && node.items.length === 1 && isMap(inner) && inner.flow === true;
  return alone && (pair?.value === null || pair?.value === undefined || isNothing(pair.value as ParsedNode));
}
