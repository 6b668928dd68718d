import { spawn } from 'node:child_process';
import type { Bench } from './interleaved.ts';
import type { LoopbackNodes } from './loopback.ts';
import { measure, assertWell, type Command } from './measure.ts';
import { commandOf } from './peers.ts';
import type { Start } from './results.ts';
import { writeWork } from './work.ts';

const NODES = 20;

/** Seconds until `--version` has ended, and until the first event of a run is on stdout. */
export async function benchStart(bench: Bench, site: LoopbackNodes, runs: number): Promise<Start> {
  const paths = Array.from({ length: 10 }, (_, i) => `/nowhere/d${i}`);
  const work = writeWork({ site, name: 'start', nodes: site.nodes(NODES), paths, raw: 'look' });
  const play = commandOf('oms-play', work, bench.built, ['--output', 'json', '--check']);
  const version: number[] = [];
  const firstEvent: number[] = [];
  for (let run = 0; run < runs; run++) {
    const argv = [process.execPath, bench.built.main, '--version'];
    const done = await measure({ ...play, argv }, work.folder, bench.closing);
    assertWell(done, '--version');
    version.push(done.wall);
    firstEvent.push(await untilFirstLine(play));
  }
  return { version, firstEvent };
}

function untilFirstLine({ argv, cwd, env }: Command): Promise<number> {
  const [program = '', ...args] = argv;
  const started = performance.now();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let seconds: number | undefined;
    child.stdout.once('data', (chunk: Buffer) => {
      seconds = (performance.now() - started) / 1000;
      if (!chunk.toString('utf8').startsWith('{"time":'))
        reject(new Error(`no event: ${chunk.toString('utf8')}`));
      child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () =>
      seconds === undefined ? reject(new Error('ended without an event')) : resolve(seconds),
    );
  });
}
