// Bundles src/ into dist/ (or --outdir DIR): few files, so that the command starts quickly; libraries stay packages.
import { rm, chmod } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import esbuild from 'esbuild';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const option = process.argv.indexOf('--outdir');
const outdir = option < 0 ? 'dist' : process.argv[option + 1];
await rm(outdir, { recursive: true, force: true });
await esbuild.build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  define: { __VERSION__: JSON.stringify(version) },
  logLevel: 'warning',
});
await chmod(`${outdir}/main.js`, 0o755);
if (process.argv.includes('--types')) {
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}
