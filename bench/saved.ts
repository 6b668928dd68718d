import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import prettier from 'prettier';
import { barsOf } from './bars.ts';
import { ROOT } from './built.ts';
import { SECTION_NAMES } from './options.ts';
import { barTable, sectionText, titleOf } from './report.ts';
import type { Conditions, Results, SectionName } from './results.ts';
import { picture } from './picture.ts';

const NOTES: Readonly<Partial<Record<SectionName, string>>> = {
  fleet:
    'Each row is a whole process, from its start to its end; runs of all programs are interleaved. The task is ' +
    '`file: path=… state=directory mode=0755`. The raw rows are loops of a few lines over ssh2 without an engine, ' +
    'with one `stat` per task: the floor. CPU is that of all processes that the program starts on the controller; ' +
    'what sshd and the nodes\' side take comes on top for everyone. Memory is the peak, for programs of many processes of all together.', // prettier-ignore
  first: 'The floor makes each folder with `mkdir -p && chmod`, one request per task, in step.',
  distance:
    'One node behind a small proxy that holds every chunk back half a round trip each way, and a new connection a whole one.',
  thousand: 'Interleaved with the floor; oms-play writes every event as JSON, and all of them are looked at.',
  killed:
    'Ten folders on each node, with three waits in between; connections are killed on the nodes\' side at random moments in a wait. Then the same playbook once more.', // prettier-ignore
  simulated:
    'Plan and run in one process whose nodes are answered in memory at once (src/transport/fake.ts), in ten regions. ' +
    'Reporters write into nothing.',
  folder:
    'Files of 2 KB in twenty folders, over a real sshd. Above: each is looked at and sent as a single file is, all looks at once.',
  distribution:
    "On the lab, each link limited to 100 Mbit/s by tbf; the MB are what the controller's end of the region's link has counted. " +
    "The nodes share one machine's processors, and unpack at the same time: where an image unpacks to three times its size, that is what is waited for.",
  plan: 'Roles with 500 tasks each, of five kinds, ten regions.',
};

/** Where results are kept when nothing else is said. */
export const OWN_FOLDER = join(ROOT, 'bench');

export function loadResults(folder: string): Results {
  const path = join(folder, 'results.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Results) : {};
}

/** Keeps raw figures, so that text and picture can be made again without measuring. */
export async function saveResults(folder: string, results: Results): Promise<void> {
  const sorted = SECTION_NAMES.filter((name) => results[name] !== undefined).map((name) => [
    name,
    results[name],
  ]);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'results.json');
  writeFileSync(path, await pretty(path, JSON.stringify(Object.fromEntries(sorted), rounded)));
}

/** Writes RESULTS.md and results.svg. */
export async function render(folder: string, results: Results): Promise<void> {
  const path = join(folder, 'RESULTS.md');
  writeFileSync(path, await pretty(path, textOf(results)));
  writeFileSync(join(folder, 'results.svg'), picture(results));
}

/** As the repository's style check wants it. */
async function pretty(path: string, text: string): Promise<string> {
  const options = await prettier.resolveConfig(join(OWN_FOLDER, 'RESULTS.md'));
  return prettier.format(text, { ...options, filepath: path });
}

function textOf(results: Results): string {
  const measured = SECTION_NAMES.filter((name) => results[name] !== undefined);
  const parts = measured.map((name) => {
    const { conditions, seconds } = results[name] ?? { conditions: undefined, seconds: 0 };
    const when =
      conditions && `Measured ${conditions.date}, in ${seconds} s; load before: ${conditions.load}.`;
    return `## ${titleOf(name)}\n\n${NOTES[name] ?? ''}\n\n${sectionText(name, results)}\n${when}\n`;
  });
  return `# Results of \`npm run bench\`

Made by the bench; \`npm run bench -- --render\` makes this page and the picture again from results.json.

${conditionsText(results)}

Nodes and controller share the machine, so absolute times say little about another one: compare ratios of one run. The
nodes of the first sections are addresses of 127.0.0.0/8 answered by one sshd, with a clean user.

![Wall seconds of oms-play and its peers](results.svg)

## What is asked of oms-play

${barTable(barsOf(results))}
${parts.join('\n')}`;
}

function conditionsText(results: Results): string {
  const all = SECTION_NAMES.flatMap((name) => results[name]?.conditions ?? []);
  const lines = [...new Set(all.map(machineWords))];
  return lines.map((line) => `- ${line}`).join('\n');
}

function machineWords({ processor, cores, memoryGib, versions }: Conditions): string {
  return `${cores} cores (${processor}), ${memoryGib} GiB; ${versions.join(', ')}`;
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toFixed(4)) : value;
}
