import { resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { Amount, FactWish, Play, RoleUse, Task, TaskItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { readInherited } from './inherited.ts';
import { FACT_KEYWORDS, isKeyword, keywordsOf, laterKeyword, scopesOf } from './keywords.ts';
import type { RoleLibrary } from './role-use.ts';
import { readRoleUses } from './role-use.ts';
import {
  asBoolean,
  asChoice,
  asNumber,
  asText,
  asTexts,
  fieldsOf,
  isNull,
  isTemplate,
  unknownKey,
} from './shape.ts';
import type { Fields, Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { misplaced, readHandlers, readTasks } from './task.ts';
import { loadVarsFile, readVars } from './vars.ts';

/** What plays are read with. */
export interface PlayReading {
  readonly dir: string;
  readonly sources: Sources;
  readonly moduleNames: ReadonlySet<string>;
  readonly roles: RoleLibrary;
  readonly report: Report;
}

const HOSTS_MISSING = 'A play needs "hosts": a node, a group, a region, a pattern, or all.';

/** One play of a playbook. */
export function readPlay(map: SourceMap, reading: PlayReading): Play {
  const { report } = reading;
  for (const entry of map.entries) checkPlayKey(entry, report);
  const fields = fieldsOf(map);
  const hosts = hostsOf(fields.get('hosts'), map, report);
  const tasks = (key: string): readonly TaskItem[] => {
    const node = fields.get(key)?.value;
    return node === undefined ? [] : readTasks(node, `"${key}"`, reading);
  };
  const name = fields.get('name');
  return {
    name: (name && !isNull(name.value) ? asText(name.value, '"name"', report) : undefined) ?? hosts.text,
    at: map.at,
    hosts: hosts.text,
    hostsAt: hosts.at,
    layers: layersOf(fields, reading),
    roles: rolesOf(fields, reading),
    preTasks: tasks('pre_tasks'),
    tasks: tasks('tasks'),
    postTasks: tasks('post_tasks'),
    handlers: handlersOf(fields, reading),
    keywords: readInherited(fields, undefined, report),
    facts: factsOf(fields, map, report),
    ...orderOf(fields, report),
  };
}

function checkPlayKey(entry: SourceEntry, report: Report): void {
  const { key } = entry;
  if (isKeyword(key, 'play')) return;
  const known = scopesOf(key) !== undefined || laterKeyword(key) !== undefined;
  report(known ? misplaced(entry, 'play') : unknownKey(entry, keywordsOf('play'), 'a play'));
}

function factsOf(fields: Fields, map: SourceMap, report: Report): FactWish {
  const wanted = fields.get('gather_facts')?.value;
  return {
    wanted: wanted && asBoolean(wanted, '"gather_facts"', report),
    args: { ...map, entries: map.entries.filter(({ key }) => FACT_KEYWORDS.includes(key)) },
  };
}

function hostsOf(
  entry: SourceEntry | undefined,
  map: SourceMap,
  report: Report,
): { text: string; at: SourceMap['at'] } {
  if (entry === undefined || isNull(entry.value)) {
    report(problem('missing-key', entry?.keyAt ?? map.at, 'missing key', HOSTS_MISSING));
    return { text: '', at: map.at };
  }
  const texts = asTexts(entry.value, '"hosts"', report).map(({ text }) => text);
  if (texts.length === 0 && entry.value.kind === 'list' && entry.value.items.length === 0) {
    report(problem('missing-key', entry.value.at, 'missing key', HOSTS_MISSING));
  }
  return { text: texts.join(','), at: entry.value.at };
}

function layersOf(fields: Fields, { dir, sources, report }: PlayReading): readonly VarLayer[] {
  const vars = fields.get('vars');
  const files = fields.get('vars_files');
  const layers = vars === undefined ? [] : [readVars(vars.value, 'play vars', report)];
  for (const { text, at } of files === undefined ? [] : asTexts(files.value, '"vars_files"', report)) {
    const file = resolve(dir, text);
    if (text.includes('{{')) {
      const detail = 'Templates are not possible in vars_files yet; write the name of the file.';
      report(problem('bad-value', at, 'not supported yet', detail));
    } else if (sources.read(file) === undefined) {
      const why = sources.why(file)?.detail ?? '';
      report(
        problem('not-found', at, 'cannot read vars_files', `${why} It is looked for beside the playbook.`),
      );
    } else layers.push(loadVarsFile(file, `vars_files: ${text}`, sources, report));
  }
  return layers;
}

function rolesOf(fields: Fields, reading: PlayReading): readonly RoleUse[] {
  const node = fields.get('roles')?.value;
  return node === undefined ? [] : readRoleUses(node, '"roles"', reading.roles, []);
}

function handlersOf(fields: Fields, reading: PlayReading): readonly Task[] {
  const node = fields.get('handlers')?.value;
  return node === undefined ? [] : readHandlers(node, '"handlers"', reading);
}

type Order = Pick<
  Play,
  | 'strategy'
  | 'regions'
  | 'order'
  | 'parallel'
  | 'serial'
  | 'maxFailPercentage'
  | 'anyErrorsFatal'
  | 'forceHandlers'
>;

function orderOf(fields: Fields, report: Report): Order {
  const get = (key: string): SourceNode | undefined => fields.get(key)?.value;
  const [regions, order, parallel, serial] = ['regions', 'order', 'parallel', 'serial'].map(get);
  const [percentage, fatal, force] = ['max_fail_percentage', 'any_errors_fatal', 'force_handlers'].map(get);
  return {
    strategy: strategyOf(get('strategy'), report),
    regions: regions && regionsOf(regions, report),
    order:
      (order && asChoice(order, '"order"', ['inventory', 'default_first', 'reverse'], report)) ?? 'inventory',
    parallel: parallel && asNumber(parallel, '"parallel"', { min: 1 }, report),
    serial: serial === undefined ? [] : serialOf(serial, report),
    maxFailPercentage:
      percentage &&
      asNumber(percentage, '"max_fail_percentage"', { min: 0, max: 100, fraction: true }, report),
    // Said once: readInherited has reported a wrong type already.
    anyErrorsFatal: fatal?.kind === 'scalar' && fatal.value === true,
    forceHandlers: (force && asBoolean(force, '"force_handlers"', report)) ?? false,
  };
}

function strategyOf(node: SourceNode | undefined, report: Report): Play['strategy'] {
  if (node === undefined) return 'linear';
  if (node.kind === 'scalar' && node.value === 'free') {
    const detail =
      'The strategy "free" is not supported yet. host_pinned comes nearest: a node goes on as soon as it can.';
    report(problem('bad-value', node.at, 'not supported yet', detail));
    return 'linear';
  }
  return asChoice(node, '"strategy"', ['linear', 'host_pinned'], report) ?? 'linear';
}

function regionsOf(node: SourceNode, report: Report): number | undefined {
  if (node.kind === 'scalar' && node.value === 'all') return undefined;
  return asNumber(node, '"regions" (how many at once)', { min: 1 }, report);
}

function serialOf(node: SourceNode, report: Report): readonly Amount[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => {
    const amount = amountOf(item);
    if (amount !== undefined) return [amount];
    const hint = isTemplate(item) ? ' Templates are not possible here.' : '';
    const detail = `"serial" must be a whole number from 1, a share from "1%" to "100%", or a list of them.${hint}`;
    report(problem('bad-value', item.at, 'bad value', detail));
    return [];
  });
}

function amountOf(item: SourceNode): Amount | undefined {
  if (item.kind !== 'scalar') return undefined;
  if (typeof item.value === 'number')
    return Number.isInteger(item.value) && item.value > 0 ? item.value : undefined;
  const [, digits = '', sign] = /^(\d{1,9})(%?)$/.exec(String(item.value)) ?? [];
  const count = Number(digits);
  if (count < 1 || (sign === '%' && count > 100)) return undefined;
  return sign === '%' ? { percent: count } : count;
}
