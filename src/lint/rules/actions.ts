import { foreignForm } from '../../load/foreign-forms.ts';
import type { SourceEntry } from '../../model/source.ts';
import type { Edit, LintProject, LintRule, LintTask } from '../rule.ts';
import { entryOf, isText, quoted, rawText } from '../tree.ts';

/** `action:` and `local_action:`: the module is a key of its own. */
export const deprecatedAction: LintRule = {
  name: 'deprecated-action',
  severity: 'error',
  summary: 'action in place of a module',
  why: 'The module is the key of the task, so that its arguments can be checked and completed.',
  fix: 'Write the module as the key; for local_action also delegate_to: localhost.',
  restates: ['unknown-key'],
  bad: {
    kind: 'tasks',
    text: '- name: Tell\n  local_action: command uptime # of this machine\n',
    at: '2:3',
    fixed: '- name: Tell\n  delegate_to: localhost\n  command: uptime # of this machine\n',
  },
  good: {
    kind: 'tasks',
    text: '- name: Tell\n  command: uptime\n  delegate_to: localhost\n  changed_when: false\n',
  },
  task: (task, report, project) => {
    for (const entry of task.map.entries) {
      if (entry.key !== 'action' && entry.key !== 'local_action') continue;
      const edit = moduleAsKey(entry, task, project);
      const detail = foreignForm(entry) ?? 'Write the module as the key.';
      report({ at: entry.keyAt, detail, ...(edit === undefined ? {} : { edits: [edit] }) });
    }
  },
};

/** For a text of one line, with a module that is known. */
function moduleAsKey(entry: SourceEntry, task: LintTask, { modules }: LintProject): Edit | undefined {
  const { key, keyAt, value } = entry;
  if (!isText(value) || value.at.line !== keyAt.line || rawText(task.file, value.at) !== value.value)
    return undefined;
  const [, module = '', rest = ''] = /^([\w.]+)\s*(.*)$/.exec(value.value) ?? [];
  const line = task.file.lines[keyAt.line - 1] ?? '';
  const isBlockMap = /^[\s-]*$/.test(line.slice(0, keyAt.column - 1));
  const taken = [module, 'delegate_to'].some((name) => entryOf(task.map, name) !== undefined);
  if (!modules.has(module) || !isBlockMap || taken || task.module !== undefined) return undefined;
  const end = line.endsWith('\r') ? '\r\n' : '\n';
  const before = key === 'action' ? '' : `delegate_to: localhost${end}${' '.repeat(keyAt.column - 1)}`;
  const length = value.at.column + value.at.length - keyAt.column;
  return { at: { ...keyAt, length }, text: `${before}${module}:${asValue(rest)}` };
}

function asValue(text: string): string {
  if (text === '') return '';
  const isPlain = /^[A-Za-z_/.]/.test(text) && !/^(true|false|null)$/i.test(text);
  return ` ${isPlain ? text : quoted(text)}`;
}
