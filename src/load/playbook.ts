import { dirname, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { SourceEntry, SourceMap, SourceNode } from '../model/source.ts';
import { importedPlays } from './import-playbook.ts';
import { withoutCollection } from './keywords.ts';
import { openYaml, startOf } from './open.ts';
import { readPlay } from './play.ts';
import type { TaskReading } from './reading.ts';
import { MOST_FILES, withinBudget } from './task-file.ts';
import { createRoleLibrary } from './role.ts';
import { rolePathsFor } from './role-library.ts';
import { asMap, wrongType } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';

/** What a playbook is read with. */
export interface PlaybookOptions {
  /** Folders of roles, after `roles` beside the playbook and `./roles`. */
  readonly rolePaths: readonly string[];
  readonly moduleNames: ReadonlySet<string>;
}

interface FileReading extends Omit<TaskReading, 'roles' | 'playbookDir'> {
  readonly budget: { left: number };
  readonly rolePaths: readonly string[];
}

/**
 * Reads a playbook with its roles, vars_files and the playbooks that it imports. The value holds whatever could be
 * read; use it only when the problems are passable.
 */
export function loadPlaybook(file: string, sources: Sources, options: PlaybookOptions): Checked<Playbook> {
  const problems: Diagnostic[] = [];
  const report: Report = (found) => problems.push(found);
  const budget = { left: MOST_FILES };
  const plays = playsOfFile(resolve(file), [], { sources, report, budget, ...options });
  return { value: { file: sources.shown(file), dir: dirname(resolve(file)), plays }, problems };
}

/** `chain`: the playbooks that import this one, outermost first. */
function playsOfFile(file: string, chain: readonly string[], reading: FileReading): readonly Play[] {
  const { sources, report, moduleNames, rolePaths, budget } = reading;
  if (!withinBudget(startOf(sources.shown(file)), budget, report)) return [];
  let broken = false;
  const note: Report = (found) => {
    broken = true;
    report(found);
  };
  const node = openYaml(file, sources, note);
  if (node === undefined) {
    if (!broken) report(emptyPlaybook(sources.shown(file)));
    return [];
  }
  const playbookDir = dirname(file);
  const paths = rolePathsFor([file, ...chain].map(dirname), rolePaths);
  const roles = createRoleLibrary({ paths, sources, report, moduleNames, playbookDir, budget });
  const readFurther = (further: string): readonly Play[] => playsOfFile(further, [...chain, file], reading);
  const tasks: TaskReading = { sources, report, moduleNames, roles, playbookDir, budget };
  return playsOf(node, tasks, (map, entry) =>
    importedPlays(map, entry, { file, chain, sources, report, read: readFurther }),
  );
}

function emptyPlaybook(shown: string): Diagnostic {
  const detail = `${shown} is empty. A playbook is a list of plays: "- hosts: all" with roles or tasks.`;
  return problem('empty-file', startOf(shown), 'empty playbook', detail);
}

function playsOf(
  node: SourceNode,
  reading: TaskReading,
  imported: (map: SourceMap, entry: SourceEntry) => readonly Play[],
): readonly Play[] {
  if (node.kind !== 'list') {
    wrongType(node, 'A playbook', 'a list of plays, each beginning with "- hosts: …"', reading.report);
    return [];
  }
  if (node.items.length === 0) reading.report(emptyPlaybook(node.at.file));
  const maps = node.items.flatMap((item) => {
    const map = asMap(item, 'A play', reading.report);
    return map === undefined ? [] : [map];
  });
  if (maps.length > 0 && maps.every((map) => looksLikeTask(map, reading))) {
    const detail =
      'This is a list of tasks. A playbook is a list of plays: "- hosts: all" with the tasks below "tasks:".';
    reading.report(problem('missing-key', node.at, 'tasks without a play', detail));
    return [];
  }
  return maps.flatMap((map) => {
    const entry = map.entries.find(({ key }) => withoutCollection(key) === 'import_playbook');
    return entry === undefined ? [readPlay(map, reading)] : imported(map, entry);
  });
}

function looksLikeTask(map: SourceMap, { moduleNames }: TaskReading): boolean {
  const keys = map.entries.map(({ key }) => key.replace(/^ansible\.builtin\./, ''));
  return (
    !keys.some((key) => ['hosts', 'roles', 'tasks'].includes(key)) && keys.some((key) => moduleNames.has(key))
  );
}
