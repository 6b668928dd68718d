import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import prettier from 'prettier';
import { schemaKinds, schemaOf, schemaText } from '../src/cli/schema.ts';
import { builtinModules } from '../src/modules/index.ts';
import { moduleList, modulePage } from './docs/modules.ts';
import { referencePages } from './docs/reference.ts';

/**
 * Writes everything that is made from the code: docs/modules from the modules' schemas, docs/reference from the tables
 * of keywords, rules, events and exit codes, schemas/ for editors. `--check` only compares.
 */
const root = join(import.meta.dirname, '..');
const byName = [...builtinModules].sort((a, b) => (a.name < b.name ? -1 : 1));
/** Folders of which every file is made; in docs/reference others stand beside. */
const whole = ['docs/modules', 'schemas'];

const checkOnly = process.argv.includes('--check');
const stale: string[] = [];
const files = new Map<string, string>([
  ...builtinModules.map((module) => [`docs/modules/${module.name}.md`, modulePage(module)] as const),
  ['docs/modules/README.md', moduleList(builtinModules)],
  ...referencePages(),
  ...schemaKinds.map((kind) => [`schemas/${kind}.json`, schemaText(schemaOf(kind, byName))] as const),
]);

for (const folder of whole) {
  await mkdir(join(root, folder), { recursive: true });
  for (const name of await readdir(join(root, folder))) {
    const file = `${folder}/${name}`;
    if (files.has(file)) continue;
    if (checkOnly) stale.push(file);
    else await rm(join(root, file));
  }
}
for (const [file, text] of files) {
  const path = join(root, file);
  const wanted = file.endsWith('.md') ? await formatted(path, text) : text;
  const now = await readFile(path, 'utf8').catch(() => undefined);
  if (now === wanted) continue;
  if (checkOnly) stale.push(file);
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, wanted);
  }
}
if (stale.length > 0) {
  process.stderr.write(`stale: ${stale.join(', ')}: npm run docs\n`);
  process.exitCode = 1;
}

async function formatted(path: string, text: string): Promise<string> {
  const options = await prettier.resolveConfig(path);
  // In docs/reference places in the examples count.
  const asIs = path.includes('/reference/') ? ({ embeddedLanguageFormatting: 'off' } as const) : {};
  return prettier.format(text, { ...options, ...asIs, parser: 'markdown' });
}
