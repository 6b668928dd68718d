import type { LintRule, LintTask } from '../rule.ts';
import { isText, quoted, rawText, type TextNode } from '../tree.ts';
import { takesBoolean } from './scalars.ts';

// A word with "=" in it; its value plain, or in one pair of quotes, with templates in one piece.
const PAIR = /\s*([A-Za-z_]\w*)=((?:\{\{[^]*?\}\}|[^\s'"{]|\{(?!\{))+|"[^"\\]*"|'[^']*')(?=\s|$)/y;
/** A value that is the same text with and without quotes, in a flow map too. */
const PLAIN = /^(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z_/.][\w./-]*$/i;

/** `file: path=/a state=directory`: arguments in one text. */
export const keyValueArguments: LintRule = {
  name: 'key-value-arguments',
  severity: 'error',
  summary: 'arguments in one text',
  why: 'Arguments are a map, so that each has a type and a place, and an editor can complete it.',
  fix: 'Write a map: { path: /a, state: directory }.',
  restates: ['bad-argument', 'wrong-type'],
  bad: {
    kind: 'tasks',
    text: '- name: Data\n  file: path=/data/{{ id }} state=directory mode=0755 # all of it\n',
    at: '2:9',
    fixed: '- name: Data\n  file: { path: "/data/{{ id }}", state: directory, mode: "0755" } # all of it\n',
  },
  good: {
    kind: 'tasks',
    text: '- name: Data\n  file: { path: "/data/{{ id }}", state: directory, mode: "0755" }\n',
  },
  task: (task, report, project) => {
    const { entry, name } = task.module ?? {};
    const node = entry?.value;
    const module = project.modules.get(name ?? '');
    if (name === undefined || module === undefined || module.freeForm !== undefined || !isText(node)) return;
    const pairs = pairsOf(node.value);
    if (pairs === undefined) return;
    const written = pairs.map(([key, value]) => {
      return `${key}: ${asYaml(value, takesBoolean(name, key, project))}`;
    });
    const map = `{ ${written.join(', ')} }`;
    const edits = isOneLine(node, task) ? [{ at: node.at, text: map }] : [];
    const detail = `Arguments are a map: ${name}: { ${pairs[0]?.[0] ?? ''}: … }.`;
    report({ at: node.at, detail, ...(edits.length === 0 ? {} : { edits }) });
  },
};

/** Nothing where there is anything but pairs. */
function pairsOf(text: string): readonly (readonly [key: string, value: string])[] | undefined {
  const pairs: (readonly [string, string])[] = [];
  const rest = text.trimEnd();
  for (let at = 0; at < rest.length; at = PAIR.lastIndex) {
    PAIR.lastIndex = at;
    const found = PAIR.exec(rest);
    if (found === null) return undefined;
    const [, key = '', value = ''] = found;
    pairs.push([key, /^["']/.test(value) ? value.slice(1, -1) : value]);
  }
  const keys = new Set(pairs.map(([key]) => key));
  return pairs.length > 0 && keys.size === pairs.length ? pairs : undefined;
}

function asYaml(value: string, isBoolean: boolean): string {
  if (isBoolean && /^(yes|on|true)$/i.test(value)) return 'true';
  if (isBoolean && /^(no|off|false)$/i.test(value)) return 'false';
  return PLAIN.test(value) ? value : quoted(value);
}

function isOneLine(node: TextNode, task: LintTask): boolean {
  const raw = rawText(task.file, node.at);
  return node.quoted ? raw === quoted(node.value) || raw === `'${node.value}'` : raw === node.value;
}
