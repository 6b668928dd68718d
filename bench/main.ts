// Times of the main job on the lab, printed as a table: `npm run bench`. Nothing is asserted here.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const inventory = ['-i', 'inventory/lab'];

interface Row {
  readonly what: string;
  readonly seconds: readonly number[];
  readonly bar: string;
}

function run(...args: string[]): number {
  const started = performance.now();
  const done = spawnSync(process.execPath, ['dist/main.js', ...args], { cwd: root, encoding: 'utf8' });
  if (done.status !== 0)
    throw new Error(`oms-play ${args.join(' ')} ended with ${done.status}\n${done.stdout}${done.stderr}`);
  return (performance.now() - started) / 1000;
}

function repeat(times: number, work: () => number): number[] {
  return Array.from({ length: times }, work);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

function lab(...args: string[]): void {
  execFileSync('./scripts/lab', args, { cwd: root, stdio: 'ignore' });
}

function main(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
  lab('up');
  lab('reset');
  const rows: Row[] = [
    { what: 'oms-play --version', seconds: repeat(9, () => run('--version')), bar: '0.2' },
    {
      what: 'check run, bare nodes',
      seconds: repeat(3, () => run('deploy.yml', ...inventory, '--check')),
      bar: '8',
    },
    { what: 'deploy of four nodes', seconds: [run('deploy.yml', ...inventory)], bar: '150' },
    { what: 'second run', seconds: repeat(5, () => run('deploy.yml', ...inventory)), bar: '8' },
    {
      what: 'check run, deployed',
      seconds: repeat(5, () => run('deploy.yml', ...inventory, '--check')),
      bar: '8',
    },
  ];
  const memory = Math.round(totalmem() / 2 ** 30);
  process.stdout.write(
    `${cpus().length} cores, ${memory} GiB, Node ${process.version}; wall seconds of the whole process\n\n`,
  );
  process.stdout.write('| What | median | min | max | runs | bar |\n|---|---|---|---|---|---|\n');
  for (const { what, seconds, bar } of rows) {
    const cells = [median(seconds), Math.min(...seconds), Math.max(...seconds)].map((s) => s.toFixed(2));
    process.stdout.write(`| ${what} | ${cells.join(' | ')} | ${seconds.length} | ≤ ${bar} |\n`);
  }
}

main();
