import { problem } from '../diagnostics/diagnostic.ts';
import type { VarLayer } from '../model/inventory.ts';
import type { FactWish, Play, RoleUse, TaskItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap } from '../model/source.ts';
import { readInherited } from './inherited.ts';
import { FACT_KEYWORDS, isKeyword, keywordsOf, laterKeyword, scopesOf } from './keywords.ts';
import { playOrderOf, templatesOf } from './play-order.ts';
import type { TaskReading } from './reading.ts';
import { readRoleUses } from './role-use.ts';
import { asBoolean, asText, asTexts, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { Fields, Report } from './shape.ts';
import { misplaced, readHandlers, readTasks } from './task.ts';
import { readVarsFiles } from './vars-files.ts';
import { readVars } from './vars.ts';
import { promptsOf } from './vars-prompt.ts';

const HOSTS_MISSING = 'A play needs "hosts": a node, a group, a region, a pattern, or all.';

/** One play of a playbook. */
export function readPlay(map: SourceMap, reading: TaskReading): Play {
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
    dir: reading.playbookDir,
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
    prompts: promptsOf(fields.get('vars_prompt')?.value, report),
    templates: templatesOf(fields),
    ...playOrderOf(fields, report),
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
  const isEmpty = entry.value.kind === 'list' ? entry.value.items.length === 0 : texts.join('') === '';
  if (isEmpty && (texts.length > 0 || entry.value.kind === 'list')) {
    report(problem('missing-key', entry.value.at, 'missing key', HOSTS_MISSING));
  }
  return { text: texts.join(','), at: entry.value.at };
}

function layersOf(fields: Fields, { playbookDir: dir, sources, report }: TaskReading): readonly VarLayer[] {
  const vars = fields.get('vars');
  const files = fields.get('vars_files');
  const layers = vars === undefined ? [] : [readVars(vars.value, 'play vars', report)];
  if (files !== undefined) layers.push(...readVarsFiles(files.value, { dir, sources, report }));
  return layers;
}

function rolesOf(fields: Fields, reading: TaskReading): readonly RoleUse[] {
  const node = fields.get('roles')?.value;
  return node === undefined ? [] : readRoleUses(node, '"roles"', reading.roles, []);
}

function handlersOf(fields: Fields, reading: TaskReading): readonly TaskItem[] {
  const node = fields.get('handlers')?.value;
  return node === undefined ? [] : readHandlers(node, '"handlers"', reading);
}
