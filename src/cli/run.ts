import { resolve } from 'node:path';
import { homedir } from 'node:os';
import type { Data } from '../model/data.ts';
import { Secret } from '../model/secret.ts';
import { passable, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Reporter } from '../events/event.ts';
import type { PlainOptions } from '../report/plain.ts';
import type { RunOptions } from '../run/options.ts';
import { askPrompts } from './ask-prompts.ts';
import { tasksOf } from '../plan/steps.ts';
import { UsageError } from './usage-error.ts';
import { chooseInventories, inventorySettings } from './inventory-choice.ts';
import { withFactCache } from './fact-cache.ts';
import { listPlan } from './listing.ts';
import { loadProject, type Project } from './project.ts';
import type { Io } from './io.ts';
import type { RunCommandOptions } from './command-options.ts';
import { showProblems } from './show-problems.ts';
import { vaultRequest } from './vault-request.ts';

/** `oms-play run`: checks everything, then carries it out; gives the exit code. */
export async function run(playbooks: readonly string[], options: RunCommandOptions, io: Io): Promise<number> {
  const inventories = chooseInventories(options.inventory, io.env, io.cwd);
  const answers = new Map<string, Data>();
  const project = await loadProject({
    inventories: inventories.value.length > 0 ? inventories.value : undefined,
    playbooks,
    cwd: io.cwd,
    extraVars: options.extraVars,
    limit: options.limit,
    tags: options.tags,
    skipTags: options.skipTags,
    startAtTask: options.startAtTask,
    regionsAtOnce: options.regions,
    answers,
    vault: vaultRequest(options, io),
    inventorySettings: inventorySettings(options, io.env),
  });
  const problems: readonly Diagnostic[] = [...inventories.problems, ...project.problems];
  showProblems({ ...project, problems }, io);
  if (!passable(problems)) return 1;
  const lists = options.listHosts || options.listTasks || options.listTags;
  if (lists) io.stdout.write(project.masker.mask(listPlan(project, options)));
  else if (options.syntaxCheck) io.stdout.write('no problems\n');
  if (lists || options.syntaxCheck) return 0;
  checkTerminal(project, options, io);
  await askPrompts({ ...project, answers, io });
  return execute(project, options, io);
}

/** Asks for passwords and carries the plan out; `plain` makes the reporter for people, where it is another one. */
export async function execute(
  project: Project,
  options: RunCommandOptions,
  io: Io,
  plain?: (options: PlainOptions) => Reporter,
): Promise<number> {
  const { profileTrace } = options;
  const trace =
    profileTrace === undefined
      ? undefined
      : (await import('./trace-file.ts')).openTraceFile(pathOf(profileTrace, io));
  const secrets = await askSecrets(project, options, io);
  const abort = new AbortController();
  const runOptions: RunOptions = {
    check: options.check,
    diff: options.diff,
    forceHandlers: options.forceHandlers,
    forks: options.forks,
    regionsAtOnce: options.regions,
    become: options.become,
    becomeUser: options.becomeUser,
    becomeMethod: options.becomeMethod,
    user: options.user,
    privateKeyFile: options.privateKey === undefined ? undefined : pathOf(options.privateKey, io),
    hostKeyChecking: options.hostKeyChecking,
    connectTimeoutMs: options.timeout * 1000,
    speculate: options.speculation,
    profile: options.profile || trace !== undefined,
    signal: abort.signal,
    ...secrets,
  };
  const { watchRun } = await import('./watch-run.ts');
  const { factCache } = options;
  const played = factCache === undefined ? project : withFactCache(project, factCache, io.env);
  return watchRun({ project: played, runOptions, abort, io, options, trace, plain });
}

/** Who cannot be asked must not be asked for. */
function checkTerminal({ plan }: Project, { step }: Pick<RunCommandOptions, 'step'>, io: Io): void {
  const tasks = plan.plays.flatMap((play) => [...play.steps.flatMap(tasksOf), ...play.handlers]);
  const stop = tasks.find((task) => task.debugger !== undefined && task.debugger !== 'never');
  if ((!step && stop === undefined) || io.ask !== undefined) return;
  if (step) throw new UsageError('--step asks before each task, and there is no terminal to ask on');
  throw new UsageError(
    `${stop?.at.file}:${stop?.at.line}: this task has a debugger, and there is no terminal to ask on. Leave "debugger" out, or write never`,
  );
}

async function askSecrets(
  { masker }: Project,
  options: RunCommandOptions,
  io: Io,
): Promise<Pick<RunOptions, 'password' | 'becomePassword'>> {
  const ask = async (question: string): Promise<Secret | undefined> => {
    const typed = await io.askSecret(question);
    masker.add(typed);
    return typed === '' ? undefined : new Secret(typed);
  };
  const password = options.askPass ? await ask('SSH password: ') : undefined;
  if (!options.askBecomePass) return { password, becomePassword: undefined };
  const becomePassword = await ask(
    options.askPass ? 'BECOME password [defaults to SSH password]: ' : 'BECOME password: ',
  );
  return { password, becomePassword: becomePassword ?? password };
}

function pathOf(path: string, io: Io): string {
  return resolve(io.cwd, path.replace(/^~(?=\/|$)/, io.env['HOME'] ?? homedir()));
}
