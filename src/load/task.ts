import { problem } from '../diagnostics/diagnostic.ts';
import type { Block, Task, TaskItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { backgroundOf } from './background.ts';
import { expressionsOf, readInherited, valuesOf } from './inherited.ts';
import { foreignForm } from './foreign-forms.ts';
import { readImportRole } from './import-role.ts';
import { readImport } from './import-tasks.ts';
import { readInclude } from './include.ts';
import { isKeyword, keywordsOf, laterKeyword, scopesOf, withoutCollection } from './keywords.ts';
import type { Scope } from './keywords.ts';
import { readLoop, refuseParallel } from './loop.ts';
import { findModule } from './module-key.ts';
import { checkVariableName } from './names.ts';
import type { TaskReading } from './reading.ts';
import { asChoice, asList, asMap, asNumber, asText, asTexts, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { Fields, Report } from './shape.ts';

/** Tasks, blocks and imports of a list; an empty value is no tasks. */
export function readTasks(node: SourceNode, what: string, reading: TaskReading): readonly TaskItem[] {
  return readItems(node, what, reading).flatMap((map): readonly TaskItem[] => {
    const imported = readImported(map, reading, readTasks);
    if (imported !== undefined) return imported;
    const isBlock = map.entries.some(({ key }) => isKeyword(key, 'block') && !isKeyword(key, 'task'));
    const item = isBlock ? readBlock(map, reading) : readTask(map, 'task', reading);
    return item === undefined ? [] : [item];
  });
}

/** Handlers of a list: tasks with `listen`, and imported files of them. */
export function readHandlers(node: SourceNode, what: string, reading: TaskReading): readonly TaskItem[] {
  return readItems(node, what, reading).flatMap((map): readonly TaskItem[] => {
    const imported = readImported(map, reading, readHandlers);
    if (imported !== undefined) return imported;
    const task = readTask(map, 'handler', reading);
    if (task !== undefined && !map.entries.some(({ key }) => key === 'name' || key === 'listen')) {
      const detail = 'A handler needs a name (or listen): tasks notify it by that.';
      reading.report(problem('missing-key', map.at, 'missing key', detail));
    }
    return task === undefined ? [] : [task];
  });
}

/** What an import stands for; undefined: it is none. */
function readImported(
  map: SourceMap,
  reading: TaskReading,
  read: typeof readTasks,
): readonly TaskItem[] | undefined {
  const entry = map.entries.find(({ key }) => /^import_(tasks|role)$/.test(withoutCollection(key)));
  if (entry === undefined) return undefined;
  if (withoutCollection(entry.key) === 'import_tasks') {
    const block = readImport(map, entry, reading, read);
    return block === undefined ? [] : [block];
  }
  if (read === readHandlers) {
    const detail = 'import_role is not possible among handlers. Write include_role, or import_tasks.';
    reading.report(problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail));
    return [];
  }
  const role = readImportRole(map, entry, reading);
  return role === undefined ? [] : [role];
}

function readItems(node: SourceNode, what: string, { report }: TaskReading): readonly SourceMap[] {
  if (isNull(node)) return [];
  const list = asList(node, what, report);
  return (list?.items ?? []).flatMap((item) => {
    const map = asMap(item, `Each item of ${what}`, report);
    return map === undefined ? [] : [map];
  });
}

function readBlock(map: SourceMap, reading: TaskReading): Block {
  const { report } = reading;
  for (const entry of map.entries) checkBlockKey(entry, report);
  const fields = fieldsOf(map);
  const part = (key: string): readonly TaskItem[] => {
    const node = fields.get(key)?.value;
    return node === undefined ? [] : readTasks(node, `"${key}"`, reading);
  };
  if (!fields.has('block')) {
    const detail = '"rescue" and "always" belong to a "block"; there is none beside them.';
    report(problem('missing-key', map.at, 'missing key', detail));
  }
  refuseParallel(fields, 'a block', report);
  return {
    kind: 'block',
    name: nameOf(fields, report) ?? '',
    at: map.at,
    keywords: readInherited(fields, 'block vars', report),
    block: part('block'),
    rescue: part('rescue'),
    always: part('always'),
    ...readLoop(fields, report),
  };
}

function checkBlockKey(entry: SourceEntry, report: Report): void {
  if (isKeyword(entry.key, 'block')) return;
  if (scopesOf(entry.key) === undefined && laterKeyword(entry.key) === undefined) {
    report(unknownKey(entry, keywordsOf('block'), 'a block'));
  } else report(misplaced(entry, 'block'));
}

function readTask(map: SourceMap, scope: Scope, reading: TaskReading): Task | undefined {
  const { report } = reading;
  const others: SourceEntry[] = [];
  let reported = false;
  for (const entry of map.entries) {
    if (isKeyword(entry.key, scope)) continue;
    if (reading.moduleNames.has(entry.key)) others.push(entry);
    else if (scopesOf(entry.key) === undefined && laterKeyword(entry.key) === undefined) others.push(entry);
    else {
      reported = true;
      report(misplaced(entry, scope));
    }
  }
  const fields = fieldsOf(map);
  const found = findModule(others, { ...reading, scope, at: map.at, silent: reported });
  const task = taskOf(map, fields, found, report);
  if (found === undefined) return undefined;
  const read = readInclude(map, found, reading, readTasks);
  return read === undefined ? task : { ...task, ...read };
}

/** A keyword that does not belong there, or not yet. */
export function misplaced(entry: SourceEntry, scope: Scope): ReturnType<typeof problem> {
  const form = foreignForm({ ...entry, key: withoutCollection(entry.key) });
  if (form !== undefined) return problem('unknown-key', entry.keyAt, 'another form', form);
  const instead = laterKeyword(entry.key);
  const scopes = scopesOf(entry.key);
  if (instead !== undefined && (scopes === undefined || scopes.includes(scope))) {
    const detail = `"${entry.key}" is not supported yet. ${instead}`;
    return problem('unknown-key', entry.keyAt, 'not supported yet', detail);
  }
  const places = (scopes ?? []).map((name) => `a ${name}`).join(', ');
  const detail = `"${entry.key}" is not possible in a ${scope}; it belongs to ${places}.`;
  return problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail);
}

function taskOf(
  map: SourceMap,
  fields: Fields,
  module: { readonly name: string; readonly entry: SourceEntry } | undefined,
  report: Report,
): Task {
  const get = (key: string): SourceNode | undefined => fields.get(key)?.value;
  const conditions = (key: string) => {
    const node = get(key);
    return node && expressionsOf(node, `"${key}"`, report);
  };
  const texts = (key: string) => {
    const node = get(key);
    return node === undefined ? [] : asTexts(node, `"${key}"`, report).map(({ text }) => text);
  };
  const values = valuesOf(fields);
  const plain = (key: 'retries' | 'delay') => (values.has(key) ? undefined : get(key));
  const [retries, delay] = [plain('retries'), plain('delay')];
  return {
    kind: 'task',
    name: nameOf(fields, report) ?? module?.name ?? '',
    at: map.at,
    keywords: readInherited(fields, 'task vars', report),
    module: module?.name ?? '',
    moduleAt: module?.entry.keyAt ?? map.at,
    sync: syncOf(get('sync'), report),
    background: backgroundOf(fields, report),
    args: module?.entry.value ?? map,
    moreArgs: moreArgsOf(get('args'), report),
    ...readLoop(fields, report),
    register: registerOf(get('register'), report),
    until: conditions('until') ?? [],
    retries: retries && asNumber(retries, '"retries"', { min: 0 }, report),
    delay: delay && asNumber(delay, '"delay" (seconds)', { min: 0, fraction: true }, report),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    listen: texts('listen'),
  };
}

function syncOf(node: SourceNode | undefined, report: Report): Task['sync'] {
  const who = node && asChoice(node, '"sync"', ['region', 'all'], report);
  return node === undefined || who === undefined ? undefined : { who, at: node.at };
}

function nameOf(fields: Fields, report: Report): string | undefined {
  const entry = fields.get('name');
  return entry === undefined || isNull(entry.value) ? undefined : asText(entry.value, '"name"', report);
}

function moreArgsOf(node: SourceNode | undefined, report: Report): SourceMap | undefined {
  return node === undefined || isNull(node) ? undefined : asMap(node, '"args"', report);
}

function registerOf(node: SourceNode | undefined, report: Report): string | undefined {
  const name = node && asText(node, '"register"', report);
  return node !== undefined && name !== undefined && checkVariableName(name, node.at, report)
    ? name
    : undefined;
}
