import { problem } from '../diagnostics/diagnostic.ts';
import type { Block, Task, TaskItem } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { expressionsOf, readInherited } from './inherited.ts';
import { importKey, readImport, type ImportReading, type TaskReader } from './import-tasks.ts';
import { isKeyword, keywordsOf, laterKeyword, scopesOf } from './keywords.ts';
import type { Scope } from './keywords.ts';
import { loopControlOf, loopOf } from './loop.ts';
import { findModule } from './module-key.ts';
import { checkVariableName } from './names.ts';
import { asList, asMap, asNumber, asText, asTexts, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { Fields, Report } from './shape.ts';

/** What tasks are read with. */
export interface TaskReading extends ImportReading {
  readonly moduleNames: ReadonlySet<string>;
}

/** Tasks and blocks of a list; an empty value is no tasks. */
export function readTasks(node: SourceNode, what: string, reading: TaskReading): readonly TaskItem[] {
  return readItems(node, what, reading).flatMap((map): readonly TaskItem[] => {
    const imported = importKey(map);
    if (imported !== undefined) {
      const read: TaskReader = (tasks, where, importing) =>
        readTasks(tasks, where, { ...reading, importing });
      const block = readImport(map, imported, reading, read);
      return block === undefined ? [] : [block];
    }
    const isBlock = map.entries.some(({ key }) => isKeyword(key, 'block') && !isKeyword(key, 'task'));
    const item = isBlock ? readBlock(map, reading) : readTask(map, 'task', reading);
    return item === undefined ? [] : [item];
  });
}

/** Handlers of a list: tasks only, with `listen`. */
export function readHandlers(node: SourceNode, what: string, reading: TaskReading): readonly Task[] {
  return readItems(node, what, reading).flatMap((map) => {
    const task = readTask(map, 'handler', reading);
    if (task !== undefined && !map.entries.some(({ key }) => key === 'name' || key === 'listen')) {
      const detail = 'A handler needs a name (or listen): tasks notify it by that.';
      reading.report(problem('missing-key', map.at, 'missing key', detail));
    }
    return task === undefined ? [] : [task];
  });
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
  return {
    kind: 'block',
    name: nameOf(fields, report) ?? '',
    at: map.at,
    keywords: readInherited(fields, 'block vars', report),
    block: part('block'),
    rescue: part('rescue'),
    always: part('always'),
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
  return found === undefined ? undefined : task;
}

/** A keyword that does not belong there, or not yet. */
export function misplaced(entry: SourceEntry, scope: Scope): ReturnType<typeof problem> {
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
  const [retries, delay] = [get('retries'), get('delay')];
  return {
    kind: 'task',
    name: nameOf(fields, report) ?? module?.name ?? '',
    at: map.at,
    keywords: readInherited(fields, 'task vars', report),
    module: module?.name ?? '',
    moduleAt: module?.entry.keyAt ?? map.at,
    args: module?.entry.value ?? map,
    moreArgs: moreArgsOf(get('args'), report),
    loop: loopOf(get('loop'), report),
    loopControl: loopControlOf(get('loop_control'), report),
    register: registerOf(get('register'), report),
    until: conditions('until') ?? [],
    retries: retries && asNumber(retries, '"retries"', { min: 0 }, report),
    delay: delay && asNumber(delay, '"delay" (seconds)', { min: 0, fraction: true }, report),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    notify: texts('notify'),
    listen: texts('listen'),
  };
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
