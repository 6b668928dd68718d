// Times oms-play against its peers and the floor: `npm run bench`, `npm run bench -- --help`.
import { build } from './built.ts';
import { Closing } from './closing.ts';
import type { Bench } from './interleaved.ts';
import { conditions, installMissing } from './machine.ts';
import { HELP, isWhole, readOptions, type BenchOptions } from './options.ts';
import { barsOf } from './bars.ts';
import { barTable, sectionText } from './report.ts';
import type { Measured, Results, SectionName, SectionResults } from './results.ts';
import { sectionsOf } from './sections.ts';
import { loadResults, OWN_FOLDER, render, saveResults } from './saved.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(HELP);
    return 0;
  }
  if (options.render) {
    await render(options.out ?? OWN_FOLDER, loadResults(options.out ?? OWN_FOLDER));
    return 0;
  }
  installMissing();
  const closing = new Closing();
  closing.onExit();
  return measureAll({ built: await build(closing, options.main), closing, say }, options);
}

/** Each section is kept as soon as it is there; one that fails does not take the others with it. */
async function measureAll(bench: Bench, options: BenchOptions): Promise<number> {
  const sections = sectionsOf(bench, options);
  const folder = options.out ?? (isWhole(options) ? OWN_FOLDER : undefined);
  let measured: Results = {};
  let failed = 0;
  for (const name of options.sections) {
    say(`== ${name}`);
    try {
      measured = { ...measured, [name]: await timed(sections[name]) };
      say(`\n${sectionText(name, measured)}`);
      if (folder !== undefined) await saveResults(folder, { ...loadResults(folder), ...measured });
    } catch (error) {
      failed += 1;
      process.stderr.write(`bench: ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  const bars = barsOf(measured).filter((bar) => bar.measured !== undefined);
  if (bars.length > 0) say(`== what is asked\n\n${barTable(bars)}`);
  if (folder !== undefined) await render(folder, loadResults(folder));
  return failed === 0 ? 0 : 1;
}

async function timed<Name extends SectionName>(
  section: () => Promise<SectionResults[Name]>,
): Promise<Measured<SectionResults[Name]>> {
  const before = conditions();
  const started = performance.now();
  const data = await section();
  return { conditions: before, seconds: Math.round((performance.now() - started) / 1000), data };
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
