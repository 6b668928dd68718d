import { join } from 'node:path';
import type { Reporter } from '../events/event.ts';
import { combineReporters } from '../report/combine.ts';
import { exitCode } from '../report/exit-code.ts';
import { createJsonReporter } from '../report/json.ts';
import { createPlainReporter, type PlainOptions } from '../report/plain.ts';
import { createProfileReporter } from '../report/profile-reporter.ts';
import { createTraceReporter, type TraceSink } from '../report/profile-trace.ts';
import type { RunOptions } from '../run/options.ts';
import { runPlan } from '../run/run-plan.ts';
import type { Steersman } from '../run/steering.ts';
import { createConnector } from '../transport/connect.ts';
import { wantsColor, widthOf, type Io } from './io.ts';
import { createOutputFiles } from './output-files.ts';
import type { Project } from './project.ts';
import { createSteersman } from './steersman.ts';
import { stateFolder } from './state-folder.ts';
import type { RunCommandOptions } from './command-options.ts';

/** A run that is ready to go, and who looks at it. */
export interface WatchedRun {
  readonly project: Project;
  readonly runOptions: RunOptions;
  readonly abort: AbortController;
  readonly io: Io;
  readonly options: Pick<RunCommandOptions, 'output' | 'verbose' | 'exitCode' | 'profile' | 'step'>;
  /** Where a trace of the run goes. */
  readonly trace: TraceSink | undefined;
  /** Makes the reporter for people; undefined: the usual one. */
  readonly plain?: ((options: PlainOptions) => Reporter) | undefined;
}

/** Runs the plan with its reporter and with Ctrl-C heard; gives the exit code. */
export async function watchRun(watched: WatchedRun): Promise<number> {
  const { project, runOptions, abort, io, options } = watched;
  const note = (text: string): void => io.stderr.write(`${project.masker.mask(text)}\n`);
  const reporter = combineReporters(reportersFor(watched), note);
  const stopListening = io.onInterrupt((cause) => {
    if (cause === 'signal' && abort.signal.aborted) return io.exit(130);
    if (cause === 'signal') note('interrupting … (again to leave at once)');
    abort.abort();
  });
  try {
    const { modules, masker, plan } = project;
    const finished = await runPlan(plan, runOptions, {
      modules,
      masker,
      connector: createConnector(),
      report: (event) => reporter.handle(event),
      replan: project.replan,
      decrypted: project.decrypted,
      steersman: steersmanOf(watched),
      outputs: createOutputFiles({ folder: join(stateFolder(io.env), 'outputs') }),
    });
    await reporter.close?.();
    return exitCode(finished, { check: runOptions.check, changesMatter: options.exitCode });
  } finally {
    stopListening();
  }
}

function reportersFor({ io, options, trace, plain }: WatchedRun): readonly Reporter[] {
  const write = (text: string): void => io.stdout.write(text);
  const traces = trace === undefined ? [] : [createTraceReporter(trace)];
  if (options.output === 'json') return [createJsonReporter({ write }), ...traces];
  const screen = { write, color: wantsColor(io.stdout, io.env), width: widthOf(io.stdout) };
  const profiles = options.profile ? [createProfileReporter(screen)] : [];
  return [(plain ?? createPlainReporter)({ ...screen, verbosity: options.verbose }), ...profiles, ...traces];
}

function steersmanOf({ project, io, abort, options }: WatchedRun): Steersman | undefined {
  const { ask } = io;
  if (ask === undefined) return undefined;
  const print = (text: string): void => io.stderr.write(text);
  return createSteersman({
    ask,
    askSecret: (question) => io.askSecret(question),
    print,
    masker: project.masker,
    quit: () => abort.abort(),
    step: options.step,
  });
}
