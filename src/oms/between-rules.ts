import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Data } from '../model/data.ts';
import type { SourceRange } from '../model/source.ts';
import { splitHostPort } from './address.ts';
import { sameData } from './canonical.ts';
import { isSecretKey } from './keys.ts';
import { effective, placeOf, samePlace, shown } from './region-view.ts';
import type { RegionView } from './region-view.ts';

const OWN = [
  ['cm_location', 'A location code names one region'],
  ['cm_region', 'OMS tells regions apart by their names'],
  ['drc_cm_heartbeat_db', 'Each region keeps its heartbeats in a database of its own'],
  ['cm_url', 'Each region has a CM service of its own, behind its own VIP'],
] as const;

const SHARED = [
  'oms_meta_host',
  'oms_meta_port',
  'oms_meta_user',
  'oms_meta_password',
  'drc_rm_db',
  'drc_cm_db',
  'tsdb_url',
];

interface Entry {
  readonly region: string;
  readonly value: Data;
  readonly at: SourceRange;
}

/** What must hold between the regions: values of their own, values they share, one default. */
export function checkBetween(regions: readonly RegionView[]): Diagnostic[] {
  return [
    ...checkDefault(regions),
    ...OWN.flatMap(([key, why]) => checkOwn(key, why, regions)),
    ...SHARED.flatMap((key) => checkShared(key, regions)),
  ];
}

function entriesOf(key: string, regions: readonly RegionView[]): Entry[] {
  return regions.flatMap((region) => {
    const value = effective(region, key);
    return value === undefined || value === ''
      ? []
      : [{ region: region.name, value, at: placeOf(region, key) }];
  });
}

function checkDefault(regions: readonly RegionView[]): Diagnostic[] {
  const entries = entriesOf('cm_is_default', regions);
  const first = entries[0];
  // A value that is no boolean or not known yet: nobody can count.
  if (!first || entries.length < regions.length) return [];
  if (entries.some(({ value }) => typeof value !== 'boolean')) return [];
  const defaults = entries.filter(({ value }) => value === true);
  if (defaults.length === 1) return [];
  if (defaults.length === 0) {
    const detail = `cm_is_default is false in every region. Set it to true in exactly one: the region that is preferred.`;
    return [problem('topology', first.at, 'no default region', detail)];
  }
  const unset = regions.filter((region) => region.value('cm_is_default') === undefined);
  const why = unset.length === 0 ? '' : ` It is not set in ${namesOf(unset)}, and OMS takes that for true.`;
  const others = `${why} Set it to false in all regions but one.`;
  return repeats(defaults, 'cm_is_default is true').map(({ at, text }) =>
    problem('topology', at, 'more than one default region', text + others),
  );
}

function checkOwn(key: string, why: string, regions: readonly RegionView[]): Diagnostic[] {
  const groups = new Map<string, Entry[]>();
  for (const entry of entriesOf(key, regions)) {
    const same = identity(key, entry.value);
    groups.set(same, [...(groups.get(same) ?? []), entry]);
  }
  return [...groups.values()].flatMap((group) =>
    repeats(group, `${key} is ${wordOf(group[0]?.value)}`).map(({ at, text }) =>
      problem('topology', at, 'value that must differ between regions', `${text} ${why}.`),
    ),
  );
}

/** What is the same under different spellings: http://VIP:8088 and vip:8088, OMS_HB and oms_hb. */
function identity(key: string, value: Data): string {
  const text = wordOf(value);
  if (key === 'cm_url') {
    const parts = splitHostPort(text);
    return parts ? `${parts.host}:${parts.port ?? ''}`.toLowerCase() : text;
  }
  return key === 'drc_cm_heartbeat_db' ? text.toLowerCase() : text;
}

interface Repeat {
  readonly at: SourceRange;
  readonly text: string;
}

/** The second and further entries, each with a sentence that names both places. */
function repeats(entries: readonly Entry[], what: string): Repeat[] {
  const [first, ...rest] = entries;
  if (!first || rest.length === 0) return [];
  const inherited = entries.filter((entry) => samePlace(entry.at, first.at));
  const elsewhere = rest.filter((entry) => !samePlace(entry.at, first.at));
  const told = elsewhere.map(({ at, region }) => ({
    at,
    text: `${what} in ${region} and in ${first.region} (${shown(first.at)}).`,
  }));
  if (inherited.length === 1) return told;
  const text = `${what} in regions ${namesOf(inherited.map((entry) => ({ name: entry.region })))}, all from this line: give each region its own in its vars.`;
  return [{ at: first.at, text }, ...told];
}

function checkShared(key: string, regions: readonly RegionView[]): Diagnostic[] {
  const [first, ...rest] = entriesOf(key, regions);
  if (!first) return [];
  return rest.flatMap(({ region, value, at }) => {
    if (sameData(value, first.value)) return [];
    const what = isSecretKey(key)
      ? `${key} in ${region} is not the one in ${first.region} (${shown(first.at)}).`
      : `${key} is ${wordOf(value)} in ${region} and ${wordOf(first.value)} in ${first.region} (${shown(first.at)}).`;
    const detail = `${what} All regions of one OMS share it: set it once, in the inventory's vars.`;
    return [problem('topology', at, 'value that must be the same in all regions', detail)];
  });
}

function namesOf(regions: readonly { readonly name: string }[]): string {
  return regions.map((region) => region.name).join(', ');
}

function wordOf(value: Data | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
