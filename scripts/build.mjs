// Bundles src/ and the libraries it uses into dist/ (or --outdir DIR): a few files, so that the command starts quickly.
import { rm, chmod, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import esbuild from 'esbuild';
import { WITH_LIBRARIES } from './bundle.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const option = process.argv.indexOf('--outdir');
const outdir = option < 0 ? 'dist' : process.argv[option + 1];
await rm(outdir, { recursive: true, force: true });
const { metafile } = await esbuild.build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir,
  ...WITH_LIBRARIES,
  splitting: true,
  define: { __VERSION__: JSON.stringify(version) },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
await writeFile(`${outdir}/THIRD-PARTY-LICENSES.txt`, licenses(metafile));
await chmod(`${outdir}/main.js`, 0o755);
if (process.argv.includes('--types')) {
  execFileSync('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' });
}

/** The licences of all libraries that are in the bundle, which ask to go with it. */
function licenses({ inputs }) {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  return [...new Set(folders)].sort().map(licenseOf).join('\n');
}

function licenseOf(folder) {
  const { name, version: of, license } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  const text =
    file !== undefined && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, 'utf8') : '';
  return `== ${name} ${of} (${license ?? 'no licence named'})\n\n${text.trim()}\n`;
}
