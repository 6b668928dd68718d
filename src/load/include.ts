import { problem } from '../diagnostics/diagnostic.ts';
import type { Include } from '../model/playbook.ts';
import { plainMap } from '../model/plain.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { readIncluded, type IncludeRequest } from './included.ts';
import { NOTHING_INHERITED, readInherited } from './inherited.ts';
import { isKeyword, keywordsOf } from './keywords.ts';
import { isFixed } from './fixed.ts';
import { refuseParallel } from './loop.ts';
import { candidates, mayDefine } from './may-define.ts';
import type { TaskReader, TaskReading } from './reading.ts';
import { roleOptionsOf } from './role-request.ts';
import { asMap, fieldsOf, isNull, unknownKey } from './shape.ts';
import type { Report } from './shape.ts';
import { whereOf } from './task-file.ts';

const KINDS: Readonly<Record<string, Include['kind']>> = {
  include_tasks: 'tasks',
  include_role: 'role',
  include_vars: 'vars',
};

/** What counts for the include itself; everything else belongs to the tasks inside. */
const BESIDE = [
  ...['name', 'when', 'tags', 'vars', 'loop', 'loop_control', 'register', 'run_once', 'args'],
  ...['ignore_errors', 'no_log', 'listen', 'any_errors_fatal'],
];

/** What an include brings in, and the arguments that say which. */
export interface ReadInclude {
  readonly include: Include;
  /** Without `apply`, which is for the tasks inside. */
  readonly args: SourceNode;
}

/** Reads an include's content where no template names it; undefined: the module is no include. */
export function readInclude(
  map: SourceMap,
  module: { readonly name: string; readonly entry: SourceEntry },
  reading: TaskReading,
  read: TaskReader,
): ReadInclude | undefined {
  const kind = Object.hasOwn(KINDS, module.name) ? KINDS[module.name] : undefined;
  if (kind === undefined) return undefined;
  const { report } = reading;
  if (kind !== 'vars') {
    checkBeside(map, module, report);
    refuseParallel(fieldsOf(map), module.name, report);
  }
  const given = withName(argsOf(module.entry.value, kind));
  const more = fieldsOf(map).get('args')?.value;
  const entries = [...given.entries, ...(more?.kind === 'map' ? more.entries : [])];
  const apply = kind === 'vars' ? undefined : entries.find(({ key }) => key === 'apply');
  const rest: SourceMap = { ...given, entries: given.entries.filter((entry) => entry !== apply) };
  const all: SourceMap = { ...given, entries: entries.filter((entry) => entry !== apply) };
  const where = whereOf(map, reading);
  const named = all.entries.find(({ key }) => ['file', 'name', 'dir'].includes(key));
  const at = named?.value.at ?? module.entry.value.at;
  const request = { kind, args: plainMap(all), at, where, again: false };
  const include: Include = {
    kind,
    at,
    apply: apply === undefined ? NOTHING_INHERITED : applyOf(apply.value, module.name, report),
    options: kind === 'role' ? roleOptionsOf(fieldsOf(all), false, report) : EXPOSED,
    where,
    ...(isFixed(all)
      ? { content: readIncluded(request, reading, read), mayDefine: new Set<string>() }
      : { content: undefined, ...guess(request, reading, read) }),
  };
  return { include, args: isFreeText(module.entry.value, kind) ? module.entry.value : rest };
}

/** What can be told before the run of an include that a template names. */
function guess(
  request: IncludeRequest,
  reading: TaskReading,
  read: TaskReader,
): Pick<Include, 'mayDefine' | 'maybe'> {
  const { kind, args, where } = request;
  // Nobody says that all of them are meant.
  const report: Report = (found) => reading.report({ ...found, severity: 'warning' });
  const maybe = (kind === 'tasks' ? candidates(args, where) : []).flatMap((file) => {
    const content = readIncluded({ ...request, args: { file } }, { ...reading, report }, read);
    return content?.kind === 'tasks' ? [content] : [];
  });
  return { mayDefine: mayDefine(kind, args, where, reading.sources), maybe };
}

const EXPOSED = { public: false, allowDuplicates: true, validate: true };

function isFreeText(node: SourceNode, kind: Include['kind']): boolean {
  return node.kind !== 'map' && !(kind === 'role' && isNull(node));
}

/** Ansible takes `role` for the name of a role too. */
function withName(map: SourceMap): SourceMap {
  if (map.entries.some(({ key }) => key === 'name')) return map;
  return { ...map, entries: map.entries.map((e) => (e.key === 'role' ? { ...e, key: 'name' } : e)) };
}

/** `include_tasks: FILE` is `include_tasks: {file: FILE}`. */
function argsOf(node: SourceNode, kind: Include['kind']): SourceMap {
  if (node.kind === 'map') return node;
  const empty: SourceMap = { kind: 'map', entries: [], at: node.at };
  if (kind === 'role' || node.kind !== 'scalar' || node.value === null) return empty;
  return { ...empty, entries: [{ key: 'file', keyAt: node.at, value: node }] };
}

function applyOf(node: SourceNode, name: string, report: Report): Include['apply'] {
  const map = isNull(node) ? undefined : asMap(node, '"apply"', report);
  if (map === undefined) return NOTHING_INHERITED;
  const possible = keywordsOf('block').filter(
    (key) => !['block', 'rescue', 'always', 'name', 'loop', 'loop_control'].includes(key),
  );
  for (const entry of map.entries) {
    if (!possible.includes(entry.key)) report(unknownKey(entry, possible, 'apply'));
  }
  return readInherited(fieldsOf(map), `vars of ${name}`, report);
}

function checkBeside(
  map: SourceMap,
  { name, entry: own }: { name: string; entry: SourceEntry },
  report: Report,
) {
  for (const entry of map.entries) {
    if (entry === own || BESIDE.includes(entry.key)) continue;
    if (!isKeyword(entry.key, 'task') && !isKeyword(entry.key, 'handler')) continue;
    const inside = isKeyword(entry.key, 'block')
      ? `Write it below "apply", for the tasks inside:\n${name}:\n  ${name === 'include_tasks' ? 'file' : 'name'}: …\n  apply:\n    ${entry.key}: …`
      : 'Write it at the tasks inside.';
    const detail = `"${entry.key}" is not possible beside ${name}: what stands there counts for the include itself. ${inside}`;
    report(problem('unknown-key', entry.keyAt, 'keyword in the wrong place', detail));
  }
}
