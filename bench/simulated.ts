import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from './interleaved.ts';
import { median, type Simulated } from './results.ts';
import type { SimulatedRun } from './simulated-run.ts';

const TASKS = 10;
const REGIONS = 10;
const REPORTERS = ['none', 'plain', 'json'] as const;

/** How the controller's own cost grows: nodes in memory, in ten regions, each reporter writing into nothing. */
export function benchSimulated(
  bench: Bench,
  { nodes, runs }: { readonly nodes: readonly number[]; readonly runs: number },
): readonly Simulated[] {
  const folder = mkdtempSync(join(tmpdir(), 'oms-bench-simulated-'));
  const remove = bench.closing.add(() => rmSync(folder, { recursive: true, force: true }));
  const rows = nodes.flatMap((count) => {
    const project = join(folder, String(count));
    writeProject(project, count);
    return REPORTERS.map((reporter) => {
      const row = medianOf(Array.from({ length: runs }, () => runOnce(bench, project, reporter)), { nodes: count, reporter }); // prettier-ignore
      const rate = Math.round((count * TASKS) / row.seconds);
      bench.say(`  ${count} nodes in memory, reporter ${reporter}: ${row.seconds.toFixed(2)} s, ${rate} results a second, ${row.peakMb.toFixed(0)} MB`); // prettier-ignore
      return row;
    });
  });
  remove();
  return rows;
}

function runOnce({ built }: Bench, project: string, reporter: string): SimulatedRun {
  const said = execFileSync(process.execPath, [built.simulated, project, reporter], { encoding: 'utf8' });
  return JSON.parse(said) as SimulatedRun;
}

function medianOf(
  runs: readonly SimulatedRun[],
  { nodes, reporter }: { readonly nodes: number; readonly reporter: string },
): Simulated {
  for (const { results, notOk } of runs) {
    if (results !== nodes * TASKS || notOk > 0)
      throw new Error(`${results} results, ${notOk} of them not ok`);
  }
  const of = (pick: (run: SimulatedRun) => number): number => median(runs.map(pick));
  return {
    nodes,
    tasks: TASKS,
    reporter,
    seconds: of((run) => run.seconds),
    cpu: of((run) => run.cpu),
    peakMb: of((run) => run.peakMb),
    grownMb: of((run) => run.grownMb),
  };
}

function writeProject(folder: string, nodes: number): void {
  mkdirSync(join(folder, 'inventory'), { recursive: true });
  const each = Math.ceil(nodes / REGIONS);
  const regions = Array.from({ length: REGIONS }, (_, r) => {
    const lines = Array.from({ length: each }, (_, n) => `      n-${r}-${n}: { address: 10.${r}.${n >> 8}.${n & 255} }\n`); // prettier-ignore
    return `  region-${r}:\n    parallel: ${each}\n    nodes:\n${lines.join('')}`;
  });
  writeFileSync(join(folder, 'inventory/inventory.yml'), `regions:\n${regions.join('')}`);
  const tasks = Array.from(
    { length: TASKS },
    (_, i) => `    - file: { path: "/srv/{{inventory_hostname}}/d${i}", state: directory, mode: "0755" }\n`,
  );
  writeFileSync(join(folder, 'site.yml'), `- hosts: all\n  tasks:\n${tasks.join('')}`);
}
