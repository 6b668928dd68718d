import type { Checked, Diagnostic } from '../diagnostics/diagnostic.ts';
import type { DataMap } from '../model/data.ts';
import type { Include, Included } from '../model/playbook.ts';
import { readIncluded } from './included.ts';
import { createRoleLibrary } from './role.ts';
import { rolePathsFor } from './role-library.ts';
import type { Report } from './shape.ts';
import type { Sources } from './sources.ts';
import { readTasks } from './task.ts';

/** What is read while a run is on: files and roles that only then have a name. */
export interface LateReader {
  /** What these arguments of an include name, with all its problems. */
  read(include: Include, args: DataMap): Promise<Checked<Included | undefined>>;
}

export interface LateOptions {
  readonly sources: Sources;
  readonly rolePaths: readonly string[];
  readonly moduleNames: ReadonlySet<string>;
  /** Opens what was found encrypted while reading; true: reading has to begin again. */
  readonly unlock: () => Promise<boolean>;
}

/** A reader that reads by the same rules as before the run. */
export function createLateReader(options: LateOptions): LateReader {
  return {
    read: async (include, args) => {
      let answer = readNow(include, args, options);
      while (await options.unlock()) answer = readNow(include, args, options);
      return answer;
    },
  };
}

function readNow(include: Include, args: DataMap, options: LateOptions): Checked<Included | undefined> {
  const problems: Diagnostic[] = [];
  const report: Report = (found) => problems.push(found);
  const { sources, moduleNames, rolePaths } = options;
  const { kind, at, where } = include;
  const { playbookDir, roleDir } = where;
  const roles = createRoleLibrary({
    paths: rolePathsFor([playbookDir], rolePaths),
    sources,
    report,
    moduleNames,
    playbookDir,
  });
  const reading = {
    sources,
    report,
    moduleNames,
    roles,
    playbookDir,
    ...(roleDir === undefined ? {} : { roleDir }),
  };
  const value = readIncluded({ kind, args, at, where, again: true }, reading, readTasks);
  return { value, problems };
}
