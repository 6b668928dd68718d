import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { splitHostPort } from './address.ts';
import { checkBetween } from './between-rules.ts';
import type { ConfigProblem } from './config-problem.ts';
import { CONFIG_KEYS, configKey, looksLikeConfigKey } from './keys.ts';
import { checkNodeAddresses } from './node-rules.ts';
import { effective, placeOf, shown, valuesOf } from './region-view.ts';
import type { RegionView } from './region-view.ts';
import { missingKeys, unknownKey } from './validate.ts';
import { checkValues } from './values-rules.ts';

export type { NodeView, PlacedValue, RegionView } from './region-view.ts';

/**
 * All rules that an OMS inventory must meet, within each region and between them, each broken one as one
 * diagnostic at the offending value. An inventory without any OMS parameter gives none.
 */
export function checkTopology(regions: readonly RegionView[]): Diagnostic[] {
  if (!isOmsInventory(regions)) return [];
  const found = [
    ...checkMissing(regions),
    ...regions.flatMap(checkRegion),
    ...regions.flatMap((region) => checkOwnAddress(region, regions)),
    ...checkBetween(regions),
    ...checkNodeAddresses(regions),
  ];
  return inFileOrder(withoutRepeats(found));
}

/** True when some region has at least one of OMS's parameters; `init_db` is too common a name to count. */
export function isOmsInventory(regions: readonly RegionView[]): boolean {
  const known = CONFIG_KEYS.filter((key) => key.name !== 'init_db');
  return regions.some((region) => known.some((key) => region.value(key.name) !== undefined));
}

/** The region that cm_is_default says; undefined when that is none or not clear. */
export function defaultRegion(regions: readonly RegionView[]): string | undefined {
  if (!isOmsInventory(regions)) return undefined;
  const defaults = regions.filter((region) => effective(region, 'cm_is_default') === true);
  return defaults.length === 1 ? defaults[0]?.name : undefined;
}

function checkRegion(region: RegionView): Diagnostic[] {
  const found = checkValues((name) => (name === 'cm_nodes' ? undefined : region.value(name)?.data));
  const unknown = [...region.names()].filter(
    ({ name }) => looksLikeConfigKey(name) && configKey(name) === undefined,
  );
  return [
    ...found.map((one) => placed(one, region)),
    ...unknown.map(({ name, at }) => ({ ...placed(unknownKey(name), region), at })),
    ...checkTypedNodes(region),
  ];
}

function placed(found: ConfigProblem, region: RegionView): Diagnostic {
  const at = found.key === undefined ? region.at : placeOf(region, found.key);
  const { code, severity, summary, detail } = found;
  return { code, severity, summary, detail, at };
}

/** One diagnostic for each parameter, however many regions lack it. */
function checkMissing(regions: readonly RegionView[]): Diagnostic[] {
  const lacking = new Map<string, { readonly first: RegionView; readonly detail: string; names: string[] }>();
  for (const region of regions) {
    for (const { key = '', detail } of missingKeys(valuesOf(region), (name) => name !== 'cm_nodes')) {
      const entry = lacking.get(key) ?? { first: region, detail, names: [] };
      entry.names.push(region.name);
      lacking.set(key, entry);
    }
  }
  return [...lacking].map(([key, { first, detail, names }]) => {
    const where = `${names.length > 1 ? 'Regions' : 'Region'} ${names.join(', ')}: `;
    return problem('missing-key', placeOf(first, key), 'missing OMS parameter', where + detail);
  });
}

function checkTypedNodes(region: RegionView): Diagnostic[] {
  const typed = effective(region, 'cm_nodes');
  if (typed === undefined) return [];
  const addresses = region.nodes.map((node) => node.address);
  const same =
    Array.isArray(typed) &&
    typed.length === addresses.length &&
    typed.every((node) => typeof node === 'string' && addresses.includes(node));
  if (same) return [];
  const detail = `cm_nodes is not the list of the nodes of region ${region.name} (${addresses.join(', ')}). Leave it out: it is made from them.`;
  return [problem('topology', placeOf(region, 'cm_nodes'), 'cm_nodes contradicts the nodes', detail)];
}

/** With several nodes cm_url must outlive each of them; alone, a node may be its own CM address. */
function checkOwnAddress(region: RegionView, all: readonly RegionView[]): Diagnostic[] {
  const url = effective(region, 'cm_url');
  const host = typeof url === 'string' ? splitHostPort(url)?.host : undefined;
  if (host === undefined) return [];
  const suspects = all.flatMap((other) => (other === region && region.nodes.length < 2 ? [] : other.nodes));
  const node = suspects.find((one) => one.address === host || one.name === host);
  if (!node) return [];
  const detail =
    `cm_url: ${host} is the address of node ${node.name} (${shown(node.at)}). ` +
    `Region ${region.name} needs a VIP or domain name that leads to all its nodes, or OMS ends with that one node.`;
  return [problem('topology', placeOf(region, 'cm_url'), "cm_url is a node's own address", detail)];
}

/** A mistake in a value that several regions share is told once. */
function withoutRepeats(problems: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return problems.filter(({ at, summary, detail }) => {
    const key = JSON.stringify([at, summary, detail]);
    return !seen.has(key) && seen.add(key);
  });
}

function inFileOrder(problems: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(problems.map((one) => one.at?.file))];
  return [...problems].sort(
    (a, b) =>
      files.indexOf(a.at?.file) - files.indexOf(b.at?.file) ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0),
  );
}
