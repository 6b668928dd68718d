import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import prettier from 'prettier';
import type { AnyModule } from '../src/modules/define.ts';
import type { DocRow } from '../src/modules/documentation.ts';
import { argumentRows, notesOf, resultRows } from '../src/modules/documentation.ts';
import { builtinModules } from '../src/modules/index.ts';

/** Writes docs/modules: a page for each module and a list of them, all from their schemas. `--check` only compares. */
const folder = join(import.meta.dirname, '..', 'docs', 'modules');

const checkOnly = process.argv.includes('--check');
const stale: string[] = [];
await mkdir(folder, { recursive: true });
const pages = new Map(builtinModules.map((module) => [`${module.name}.md`, page(module)]));
pages.set('README.md', list(builtinModules));
for (const old of await readdir(folder)) {
  if (pages.has(old)) continue;
  if (checkOnly) stale.push(old);
  else await rm(join(folder, old));
}
for (const [name, text] of pages) {
  const path = join(folder, name);
  const options = await prettier.resolveConfig(path);
  const wanted = await prettier.format(text, { ...options, parser: 'markdown' });
  const now = await readFile(path, 'utf8').catch(() => undefined);
  if (now === wanted) continue;
  if (checkOnly) stale.push(name);
  else await writeFile(path, wanted);
}
if (stale.length > 0) {
  process.stderr.write(`docs/modules is stale (${stale.join(', ')}): npm run docs\n`);
  process.exitCode = 1;
}

function page(module: AnyModule): string {
  return [
    '<!-- made by npm run docs: change the schema in src/modules, not this file -->',
    `# ${module.name}`,
    `${module.summary}.`,
    ...notesOf(module),
    '## Arguments',
    table(argumentRows(module), true),
    '## Result',
    'What `register` keeps, beside `changed`, `failed` and `skipped`.',
    table(resultRows(module), false),
    ...(module.examples === undefined
      ? []
      : ['## Examples', `\`\`\`yaml\n${module.examples.trimEnd()}\n\`\`\``]),
  ].join('\n\n');
}

function table(rows: readonly DocRow[], isInput: boolean): string {
  if (rows.length === 0) return 'None.';
  const head = isInput ? '| Argument | Type | Default | |' : '| Field | Type | |';
  const line = isInput ? '|---|---|---|---|' : '|---|---|---|';
  return [head, line, ...rows.map((row) => tableRow(row, isInput))].join('\n');
}

function tableRow(row: DocRow, isInput: boolean): string {
  const fallback = row.required ? 'required' : row.fallback === undefined ? '' : `\`${row.fallback}\``;
  const description = `${row.description}${row.secret ? ' Secret: never shown.' : ''}`;
  const cells = [`\`${row.name}\``, row.type, ...(isInput ? [fallback] : []), description];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function list(modules: readonly AnyModule[]): string {
  const rows = modules.map((module) => `| [${module.name}](${module.name}.md) | ${module.summary} |`);
  return [
    '<!-- made by npm run docs -->',
    '# Modules',
    `What a task can do. \`oms-play doc NAME\` prints a page on the terminal.`,
    ['| Module | |', '|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}
