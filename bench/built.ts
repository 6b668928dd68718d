import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import esbuild from 'esbuild';
import { WITH_LIBRARIES } from '../scripts/bundle.mjs';
import { isAlive, type Closing } from './closing.ts';

/** The repository's folder. */
export const ROOT = resolve(import.meta.dirname, '..');

/** Programs as they are timed: bundled as the package is, so that start-up counts as it does for users. */
export interface Built {
  /** oms-play itself: its main.js. */
  readonly main: string;
  readonly raw: string;
  readonly simulated: string;
}

/**
 * Builds them into a folder of this process's own, so that nobody else's dist/ changes under their feet. `main`: a
 * build of oms-play that is there already.
 */
export async function build(closing: Closing, main?: string): Promise<Built> {
  const cache = join(ROOT, '.cache');
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    const pid = Number(/^bench-(\d+)$/.exec(name)?.[1]);
    if (pid > 0 && !isAlive(pid)) rmSync(join(cache, name), { recursive: true, force: true });
  }
  const folder = join(cache, `bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  closing.add(() => rmSync(folder, { recursive: true, force: true }));
  if (main === undefined) {
    const args = ['scripts/build.mjs', '--outdir', join(folder, 'dist')];
    execFileSync(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  }
  const entries = ['raw.ts', 'simulated-run.ts'].map((name) => join(import.meta.dirname, name));
  await esbuild.build({
    entryPoints: entries,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    // As oms-play itself is built, or the floor would pay for reading many small files.
    ...WITH_LIBRARIES,
    logLevel: 'warning',
  });
  return {
    main: main ?? join(folder, 'dist/main.js'),
    raw: join(folder, 'raw.mjs'),
    simulated: join(folder, 'simulated-run.mjs'),
  };
}
