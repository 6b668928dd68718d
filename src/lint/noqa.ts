import type { Hit, LintFile } from './rule.ts';

const NOQA = /(?:^|\s)#\s*noqa(?::\s*(?<rules>[\w-]+(?:[\s,]+[\w-]+)*))?\s*$/i;

/** True where the line of the find, or the first line of its task, says `# noqa` or `# noqa: rule other-rule`. */
export function isQuiet(
  { lines }: Pick<LintFile, 'lines'>,
  hit: Pick<Hit, 'at' | 'taskLine'>,
  rule: string,
): boolean {
  return [hit.at.line, hit.taskLine].some(
    (line) => line !== undefined && allows(lines[line - 1] ?? '', rule),
  );
}

function allows(line: string, rule: string): boolean {
  if (!line.includes('noqa')) return false;
  const found = NOQA.exec(line);
  if (found === null) return false;
  const rules = found.groups?.['rules'];
  return rules === undefined || rules.split(/[\s,]+/).includes(rule);
}
