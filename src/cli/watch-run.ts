import type { Reporter } from '../events/event.ts';
import { combineReporters } from '../report/combine.ts';
import { exitCode } from '../report/exit-code.ts';
import { createJsonReporter } from '../report/json.ts';
import { createPlainReporter } from '../report/plain.ts';
import type { RunOptions } from '../run/options.ts';
import { runPlan } from '../run/run-plan.ts';
import { createConnector } from '../transport/connect.ts';
import { wantsColor, widthOf, type Io } from './io.ts';
import type { Project } from './project.ts';
import type { RunCommandOptions } from './command-options.ts';

/** A run that is ready to go, and who looks at it. */
export interface WatchedRun {
  readonly project: Project;
  readonly runOptions: RunOptions;
  readonly abort: AbortController;
  readonly io: Io;
  readonly options: Pick<RunCommandOptions, 'output' | 'verbose' | 'exitCode'>;
}

/** Runs the plan with its reporter and with Ctrl-C heard; gives the exit code. */
export async function watchRun({ project, runOptions, abort, io, options }: WatchedRun): Promise<number> {
  const note = (text: string): void => io.stderr.write(`${project.masker.mask(text)}\n`);
  const reporter = combineReporters([reporterFor(io, options)], note);
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
    });
    await reporter.close?.();
    return exitCode(finished, { check: runOptions.check, changesMatter: options.exitCode });
  } finally {
    stopListening();
  }
}

function reporterFor(io: Io, options: WatchedRun['options']): Reporter {
  const write = (text: string): void => io.stdout.write(text);
  if (options.output === 'json') return createJsonReporter({ write });
  return createPlainReporter({
    write,
    color: wantsColor(io.stdout, io.env),
    width: widthOf(io.stdout),
    verbosity: options.verbose,
  });
}
