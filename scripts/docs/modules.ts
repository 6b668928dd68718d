import type { AnyModule } from '../../src/modules/define.ts';
import type { DocRow } from '../../src/modules/documentation.ts';
import { argumentRows, notesOf, resultRows } from '../../src/modules/documentation.ts';

/** The page of one module. */
export function modulePage(module: AnyModule): string {
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

/** The page that lists the modules. */
export function moduleList(modules: readonly AnyModule[]): string {
  const rows = modules.map((module) => `| [${module.name}](${module.name}.md) | ${module.summary} |`);
  return [
    '<!-- made by npm run docs -->',
    '# Modules',
    `What a task can do. \`oms-play doc NAME\` prints a page on the terminal.`,
    ['| Module | |', '|---|---|', ...rows].join('\n'),
  ].join('\n\n');
}
