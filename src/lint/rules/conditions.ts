import { compileCondition } from '../../template/condition.ts';
import { translateAnsible } from '../../template/cel/ansible.ts';
import type { Edit, LintFile, LintProject, LintRule, LintValue } from '../rule.ts';
import { isText, quoted, rawText, type TextNode } from '../tree.ts';

const FOREIGN = /\b(and|or|not|is|True|False|None)\b|\|\s*\w/;
const LONE_TEMPLATE = /^\s*\{\{\s*([^{}]+?)\s*\}\}\s*$/;

/** `and`, `or`, `not`, `is defined` and filters: conditions are CEL. */
export const conditionLanguage: LintRule = {
  name: 'condition-language',
  severity: 'error',
  summary: 'not CEL',
  why: 'Conditions are CEL: a small language that is checked before the run. Words of Ansible’s conditions mean nothing in it.',
  fix: 'Write &&, || and ! for and, or and not; has(vars.x) for "x is defined"; size(x) for "x | length".',
  restates: ['bad-condition'],
  bad: {
    kind: 'tasks',
    text: '- name: Start\n  debug: { msg: go }\n  when: ready and not seen.failed\n',
    at: '3:15',
    fixed: '- name: Start\n  debug: { msg: go }\n  when: ready && !seen.failed\n',
  },
  good: { kind: 'tasks', text: '- name: Start\n  debug: { msg: go }\n  when: ready && !seen.failed\n' },
  value: (value, report, project) => {
    const { node, file } = value;
    if (!isText(node) || !FOREIGN.test(node.value) || LONE_TEMPLATE.test(node.value)) return;
    if (!isCondition(value, project)) return;
    const { problems } = compileCondition({ text: node.value, at: node.at });
    const found = problems.find(({ summary }) => summary === 'not CEL');
    if (found?.at === undefined) return;
    const cel = translateAnsible(node.value)?.cel;
    const works = cel !== undefined && compileCondition({ text: cel, at: node.at }).problems.length === 0;
    const edits = works ? replaceText(node, cel, file) : [];
    report({ at: found.at, detail: found.detail, ...(edits.length === 0 ? {} : { edits }) });
  },
};

/** `when: "{{ x }}"`: the braces have no meaning there. */
export const templateInCondition: LintRule = {
  name: 'template-in-condition',
  severity: 'error',
  summary: 'template in a condition',
  why: 'A condition is an expression already: names stand in it without braces.',
  fix: 'Leave out {{ and }}.',
  restates: ['bad-condition'],
  bad: {
    kind: 'tasks',
    text: '- name: Start\n  debug: { msg: go }\n  when: "{{ ready }}"\n',
    at: '3:10',
    fixed: '- name: Start\n  debug: { msg: go }\n  when: "ready"\n',
  },
  good: { kind: 'tasks', text: '- name: Start\n  debug: { msg: go }\n  when: ready\n' },
  value: (value, report, project) => {
    const { node, file } = value;
    if (!isText(node) || !isCondition(value, project)) return;
    const inside = LONE_TEMPLATE.exec(node.value)?.[1];
    if (inside === undefined) return;
    const { textAt = node.at } = node;
    const offset = node.value.indexOf('{{');
    const at = { ...node.at, line: textAt.line, column: textAt.column + offset, length: 2 };
    const detail = `Conditions are not templates: write ${inside}, without {{ and }}.`;
    // A helper of templates is no condition without its braces.
    const { problems } = compileCondition({ text: inside, at: node.at });
    const isCel = problems.length === 0 || translateAnsible(inside)?.cel !== undefined;
    const edits = isCel ? replaceText(node, inside, file) : [];
    report({ at, detail, ...(edits.length === 0 ? {} : { edits }) });
  },
};

const KEYWORDS = new Set(['when', 'until', 'changed_when', 'failed_when', 'break_when']);
/** What may lead to a condition: of a play, a role, a block, a task. */
const LEADING = new Set([
  ...['pre_tasks', 'tasks', 'post_tasks', 'handlers', 'roles', 'dependencies', 'block', 'rescue', 'always'],
  'loop_control',
]);

/** A keyword that is a condition, or an argument that its module takes as one. */
function isCondition({ keys, task, file }: LintValue, { modules }: LintProject): boolean {
  const key = keys.at(-1) ?? '';
  if (!['playbook', 'tasks', 'handlers'].includes(file.kind)) return false;
  if (KEYWORDS.has(key)) return keys.slice(0, -1).every((before) => LEADING.has(before));
  const module = modules.get(task?.module?.name ?? '');
  const isArgument = keys.length === 2 && keys[0] === task?.module?.entry.key;
  return isArgument && module?.inputs?.[key] === 'conditions';
}

/** Another text in the place of a value of one line; none where its layout does not allow it. */
function replaceText(node: TextNode, text: string, file: LintFile): readonly Edit[] {
  const raw = rawText(file, node.at);
  if (!node.quoted) {
    if (raw !== node.value) return [];
    const needsQuotes = /^[!&*[\]{}|>%@`"'#,?-]|: |:$| #|^(true|false|null|~)$/.test(text);
    const flow = /[,[\]{}]/.test(text);
    return [{ at: node.at, text: needsQuotes || flow ? quoted(text) : text }];
  }
  if (raw === quoted(node.value) || raw === `"${node.value}"`) return [{ at: node.at, text: quoted(text) }];
  const single = `'${node.value.replaceAll("'", "''")}'`;
  return raw === single ? [{ at: node.at, text: `'${text.replaceAll("'", "''")}'` }] : [];
}
