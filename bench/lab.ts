import { execFileSync, spawnSync } from 'node:child_process';
import { ROOT } from './built.ts';
import type { Bench } from './interleaved.ts';
import type { LabRow } from './results.ts';

const inventory = ['-i', 'inventory/lab'];

/** The main job on the lab's four nodes. The lab is brought up, and stays up. */
export function benchLab({ built, say }: Bench): readonly LabRow[] {
  const play = (...args: string[]): number => {
    const started = performance.now();
    const done = spawnSync(process.execPath, [built.main, ...args], { cwd: ROOT, encoding: 'utf8' });
    if (done.status !== 0)
      throw new Error(`oms-play ${args.join(' ')} ended with ${done.status}\n${done.stdout}${done.stderr}`);
    const seconds = (performance.now() - started) / 1000;
    say(`  oms-play ${args.join(' ')}: ${seconds.toFixed(2)} s`);
    return seconds;
  };
  execFileSync('lab/image/build', { cwd: ROOT, stdio: 'ignore' });
  lab('up');
  lab('reset');
  const check = ['deploy.yml', ...inventory, '--check'];
  return [
    { what: 'check run, bare nodes', seconds: repeat(3, () => play(...check)), barSeconds: 8 },
    { what: 'deploy of four nodes', seconds: [play('deploy.yml', ...inventory)], barSeconds: 150 },
    { what: 'second run', seconds: repeat(5, () => play('deploy.yml', ...inventory)), barSeconds: 8 },
    { what: 'check run, deployed', seconds: repeat(5, () => play(...check)), barSeconds: 8 },
  ];
}

function repeat(times: number, work: () => number): number[] {
  return Array.from({ length: times }, work);
}

function lab(...args: string[]): void {
  execFileSync('./scripts/lab', args, { cwd: ROOT, stdio: 'ignore' });
}
