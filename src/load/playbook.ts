import { dirname, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Play, Playbook } from '../model/playbook.ts';
import type { SourceMap, SourceNode } from '../model/source.ts';
import { laterKeyword } from './keywords.ts';
import { openYaml, startOf } from './open.ts';
import { readPlay } from './play.ts';
import type { PlayReading } from './play.ts';
import { createRoleLibrary } from './role.ts';
import { asMap, wrongType } from './shape.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { misplaced } from './task.ts';

/** What a playbook is read with. */
export interface PlaybookOptions {
  /** Folders of roles, after `roles` beside the playbook and `./roles`. */
  readonly rolePaths: readonly string[];
  readonly moduleNames: ReadonlySet<string>;
}

/**
 * Reads a playbook with its roles and vars_files. The value holds whatever could be read; use it only when
 * the problems are passable.
 */
export function loadPlaybook(file: string, sources: Sources, options: PlaybookOptions): Checked<Playbook> {
  const problems: Diagnostic[] = [];
  const report: Report = (found) => problems.push(found);
  const dir = dirname(resolve(file));
  const { moduleNames } = options;
  const paths = [...new Set([resolve(dir, 'roles'), resolve('roles'), ...options.rolePaths])];
  const roles = createRoleLibrary({ paths, sources, report, moduleNames });
  const node = openYaml(file, sources, report);
  const shown = sources.shown(file);
  if (node === undefined && problems.length === 0) report(emptyPlaybook(shown));
  const plays = node === undefined ? [] : playsOf(node, { dir, sources, moduleNames, roles, report });
  return { value: { file: shown, dir, plays }, problems };
}

function emptyPlaybook(shown: string): Diagnostic {
  const detail = `${shown} is empty. A playbook is a list of plays: "- hosts: all" with roles or tasks.`;
  return problem('empty-file', startOf(shown), 'empty playbook', detail);
}

function playsOf(node: SourceNode, reading: PlayReading): readonly Play[] {
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
  return maps.flatMap((map) => playOrImport(map, reading));
}

function looksLikeTask(map: SourceMap, { moduleNames }: PlayReading): boolean {
  const keys = map.entries.map(({ key }) => key.replace(/^ansible\.builtin\./, ''));
  return (
    !keys.some((key) => ['hosts', 'roles', 'tasks'].includes(key)) && keys.some((key) => moduleNames.has(key))
  );
}

function playOrImport(map: SourceMap, reading: PlayReading): readonly Play[] {
  const foreign = map.entries.find(({ key }) => /(^|\.)(import_playbook|include)$/.test(key));
  if (foreign === undefined || laterKeyword(foreign.key) === undefined) return [readPlay(map, reading)];
  reading.report(misplaced(foreign, 'play'));
  return [];
}
