import { dirname, join, resolve } from 'node:path';
import { problem } from '../diagnostics/diagnostic.ts';
import type { IncludeWhere } from '../model/playbook.ts';
import type { SourceMap, SourceNode, SourceRange } from '../model/source.ts';
import { openYaml } from './open.ts';
import type { TaskReading } from './reading.ts';
import type { Report } from './shape.ts';

/** Where something stands that names files or roles. */
export function whereOf(map: SourceMap, reading: TaskReading): IncludeWhere {
  return {
    dir: dirname(reading.sources.located(map.at.file)),
    roleDir: reading.roleDir,
    playbookDir: reading.playbookDir,
    importing: reading.importing ?? [],
    users: reading.users ?? [],
  };
}

/** The file of tasks of that name: beside the file that names it, in the role's tasks, beside the playbook. */
export function findTaskFile(
  named: { readonly name: string; readonly at: SourceRange; readonly by: string },
  where: IncludeWhere,
  { sources, report, budget }: Pick<TaskReading, 'sources' | 'report' | 'budget'>,
): string | undefined {
  const { dir, roleDir, playbookDir } = where;
  const dirs = [dir, ...(roleDir === undefined ? [] : [join(roleDir, 'tasks')]), playbookDir];
  const files = [...new Set(dirs.map((folder) => resolve(folder, named.name)))];
  const found = files.find((file) => sources.read(file) !== undefined);
  if (found !== undefined) return withinBudget(named.at, budget, report) ? found : undefined;
  const why = sources.why(files[0] ?? '')?.detail ?? '';
  const looked = files.map((file) => `\n  ${sources.shown(file)}`).join('');
  const detail = `${why} ${named.by} looks beside the file that it stands in${roleDir === undefined ? '' : ', in the role'}, and beside the playbook:${looked}`;
  report(problem('not-found', named.at, 'cannot read the file of tasks', detail));
  return undefined;
}

/** What the file holds; read once, however often it is taken in. */
export function openTasks(
  file: string,
  { sources, report }: Pick<TaskReading, 'sources' | 'report'>,
): SourceNode | undefined {
  return sources.trees.get(sources.shown(file)) ?? openYaml(file, sources, report);
}

/** So many files of tasks are taken in by one playbook. */
export const MOST_FILES = 5000;

/** Counts a file that is taken in; the one that is too many is told. */
export function withinBudget(at: SourceRange, budget: TaskReading['budget'], report: Report): boolean {
  if (budget === undefined) return true;
  budget.left -= 1;
  if (budget.left === -1) {
    const detail = `More than ${MOST_FILES} files of tasks are taken in, one by another. Use loops, or roles.`;
    report(problem('bad-value', at, 'too many includes', detail));
  }
  return budget.left >= 0;
}
