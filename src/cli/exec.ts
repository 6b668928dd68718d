import { passable, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { createAdHocReporter, createOneLineReporter } from '../report/ad-hoc.ts';
import type { ExecCommandOptions, RunCommandOptions } from './command-options.ts';
import { playText } from './exec-play.ts';
import { chooseInventories, inventorySettings } from './inventory-choice.ts';
import type { Io } from './io.ts';
import { loadProject, type Project } from './project.ts';
import { execute } from './run.ts';
import { showProblems } from './show-problems.ts';
import { UsageError } from './usage-error.ts';
import { vaultRequest } from './vault-request.ts';

/** What stands before the options. */
export interface ExecWords {
  readonly pattern: string;
  /** Behind `--`. */
  readonly words: readonly string[];
}

/** `oms-play exec`: makes a playbook of the command line and carries it out; gives the exit code. */
export async function exec(given: ExecWords, options: ExecCommandOptions, io: Io): Promise<number> {
  const inventories = chooseInventories(options.inventory, io.env, io.cwd);
  const wanted = {
    pattern: given.pattern,
    module: options.moduleName,
    args: options.args,
    command: given.words,
    background: options.background,
    poll: options.poll,
  };
  const project = await loadProject({
    inventories: inventories.value.length > 0 ? inventories.value : undefined,
    playbooks: [],
    adHoc: (modules) => playText(wanted, modules),
    cwd: io.cwd,
    extraVars: options.extraVars,
    limit: options.limit,
    vault: vaultRequest(options, io),
    inventorySettings: inventorySettings(options, io.env),
  });
  const problems: readonly Diagnostic[] = [...inventories.problems, ...project.problems];
  showProblems({ ...project, problems }, io);
  if (!passable(problems)) return 1;
  if (!hasNodes(project)) throw new UsageError(`no node matches ${given.pattern}`);
  const whole: RunCommandOptions = { ...options, ...NOT_ASKED };
  return execute(project, whole, io, options.oneLine ? createOneLineReporter : createAdHocReporter);
}

const NOT_ASKED = {
  tags: [],
  skipTags: [],
  profile: false,
  listHosts: false,
  listTasks: false,
  listTags: false,
  syntaxCheck: false,
} as const;

function hasNodes({ plan }: Project): boolean {
  return plan.plays.some((play) => play.regions.some((region) => region.batches.flat().length > 0));
}
