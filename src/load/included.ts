import { isDataMap, type DataMap } from '../model/data.ts';
import type { Include, Included, IncludeWhere } from '../model/playbook.ts';
import type { SourceRange } from '../model/source.ts';
import { readIncludedVars } from './include-vars.ts';
import { NOTHING_INHERITED } from './inherited.ts';
import type { TaskReader, TaskReading } from './reading.ts';
import { roleKey } from './role-library.ts';
import { partsOf } from './role-request.ts';
import { findTaskFile, openTasks } from './task-file.ts';

/** What an include names, by arguments without templates. */
export interface IncludeRequest {
  readonly kind: Include['kind'];
  readonly args: DataMap;
  readonly at: SourceRange;
  readonly where: IncludeWhere;
  /** Read it also where it leads back to itself. */
  readonly again: boolean;
}

/** Reads what an include names; undefined: it cannot be read, which is reported, or leads back to itself. */
export function readIncluded(
  request: IncludeRequest,
  reading: TaskReading,
  read: TaskReader,
): Included | undefined {
  if (!isDataMap(request.args)) return undefined;
  if (request.kind === 'vars') return readIncludedVars(request.args, request.at, request.where, reading);
  return request.kind === 'tasks' ? readTasksOf(request, reading, read) : readRoleOf(request, reading);
}

function readTasksOf(
  { args, at, where, again }: IncludeRequest,
  reading: TaskReading,
  read: TaskReader,
): Included | undefined {
  const { file: name } = args;
  if (typeof name !== 'string' || name === '') return undefined;
  const { sources } = reading;
  const file = findTaskFile({ name, at, by: 'include_tasks' }, where, reading);
  if (file === undefined || (!again && where.importing.includes(file))) return undefined;
  const node = openTasks(file, reading);
  const within = { ...reading, importing: [...where.importing, file], users: where.users };
  const shown = sources.shown(file);
  const items = node === undefined ? [] : read(node, `The tasks in ${shown}`, within);
  return { kind: 'tasks', file: shown, items };
}

function readRoleOf(
  { args, at, where, again }: IncludeRequest,
  { roles }: TaskReading,
): Included | undefined {
  const name = args['name'] ?? args['role'];
  if (typeof name !== 'string') return undefined;
  const parts = partsOf((key) => (typeof args[key] === 'string' ? args[key] : undefined));
  const leadsBack = where.users.includes(roleKey(name, parts));
  if (leadsBack && !again) return undefined;
  const users = leadsBack ? where.users.slice(0, where.users.indexOf(roleKey(name, parts))) : where.users;
  const role = roles.role({ text: name, at }, users, parts);
  return role && { kind: 'role', use: { role, at, keywords: NOTHING_INHERITED, parameters: undefined } };
}
