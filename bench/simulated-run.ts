// The controller alone: plan and run of a project whose nodes are answered in memory, at once. A process of its own
// (arguments: project folder, reporter), so that its memory is its own. Prints one line of JSON.
import type { Reporter } from '../src/events/event.ts';
import { loadProject } from '../src/cli/project.ts';
import { createJsonReporter } from '../src/report/json.ts';
import { createPlainReporter } from '../src/report/plain.ts';
import { runPlan } from '../src/run/run-plan.ts';
import { createFakeLink } from '../src/transport/fake.ts';

/** What it prints. */
export interface SimulatedRun {
  readonly results: number;
  readonly notOk: number;
  readonly seconds: number;
  readonly cpu: number;
  readonly peakMb: number;
  readonly grownMb: number;
  readonly printedBytes: number;
}

const FOLDER = '41ed 0 0 4096 1700000000 root root\n';
const MEGABYTE = 2 ** 20;

let printedBytes = 0;
const write = (text: string): void => void (printedBytes += text.length);

function reporterNamed(name: string): Reporter {
  if (name === 'plain') return createPlainReporter({ write, color: false, width: 0, verbosity: 0 });
  if (name === 'json') return createJsonReporter({ write });
  return { name: 'none', handle: () => undefined };
}

async function main(cwd: string, reporterName: string): Promise<SimulatedRun> {
  const { plan, modules, masker, problems } = await loadProject({ inventories: ['inventory'], playbooks: ['site.yml'], cwd }); // prettier-ignore
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.summary).join('\n'));
  const reporter = reporterNamed(reporterName);
  let [results, notOk] = [0, 0];
  const memoryBefore = process.memoryUsage().rss;
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  await runPlan(plan, OPTIONS, {
    modules,
    masker,
    connector: {
      connect: async () => createFakeLink([{ match: /stat /, stdout: FOLDER }]),
      close: async () => undefined,
    },
    report: (event) => {
      reporter.handle(event);
      if (event.type !== 'task-finished') return;
      results += 1;
      if (event.status !== 'ok') notOk += 1;
    },
  });
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peak = process.resourceUsage().maxRSS * 1024;
  return {
    results,
    notOk,
    seconds,
    cpu: (user + system) / 1e6,
    peakMb: peak / MEGABYTE,
    grownMb: Math.max(0, peak - memoryBefore) / MEGABYTE,
    printedBytes,
  };
}

const OPTIONS = {
  check: false,
  diff: false,
  forks: 100_000,
  regionsAtOnce: undefined,
  become: false,
  becomeUser: undefined,
  becomePassword: undefined,
  user: undefined,
  password: undefined,
  privateKeyFile: undefined,
  hostKeyChecking: undefined,
  connectTimeoutMs: 10_000,
  speculate: true,
  signal: new AbortController().signal,
} as const;

process.stdout.write(`${JSON.stringify(await main(process.argv[2] ?? '.', process.argv[3] ?? 'none'))}\n`);
process.exit(0);
