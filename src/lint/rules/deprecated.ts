import { foreignForm } from '../../load/foreign-forms.ts';
import type { SourceEntry, SourceNode } from '../../model/source.ts';
import type { Edit, LintFile, LintRule, LintTask } from '../rule.ts';
import { isText, mapsIn, rawText } from '../tree.ts';

/** `with_items` and its relatives: `loop` took their place. */
export const deprecatedLoop: LintRule = {
  name: 'deprecated-loop',
  severity: 'error',
  summary: 'with_ loop',
  why: 'There is one way to loop, with a list: loop. The lookups behind with_ are helpers of templates.',
  fix: 'Write loop with a list, or with a template that gives one.',
  restates: ['unknown-key'],
  bad: {
    kind: 'tasks',
    text: '- name: Data\n  file: { path: "{{item}}", state: directory }\n  with_items: [/a, /b] # both\n',
    at: '3:3',
    fixed: '- name: Data\n  file: { path: "{{item}}", state: directory }\n  loop: [/a, /b] # both\n',
  },
  good: {
    kind: 'tasks',
    text: '- name: Data\n  file: { path: "{{item}}", state: directory }\n  loop: [/a, /b]\n',
  },
  task: ({ map, file }, report) => {
    for (const entry of map.entries) {
      if (!entry.key.startsWith('with_')) continue;
      const others = map.entries.some(({ key }) => key !== entry.key && /^(loop$|with_)/.test(key));
      const edits = others ? [] : loopEdits(entry, file);
      const detail = foreignForm(entry) ?? 'Write loop with a list.';
      report({ at: entry.keyAt, detail, ...(edits.length === 0 ? {} : { edits }) });
    }
  },
};

/** The helper that makes a list of what the lookup took. */
const HELPERS: Readonly<Record<string, string>> = { with_dict: 'items', with_flattened: 'flatten' };

function loopEdits(entry: SourceEntry, file: LintFile): readonly Edit[] {
  const raw = rawText(file, entry.keyAt);
  if (isListLoop(entry)) return rename(entry, 'loop', raw);
  const { key, value } = entry;
  const name = isText(value) ? /^\{\{\s*([A-Za-z_][\w.]*)\s*\}\}$/.exec(value.value)?.[1] : undefined;
  const text = rawText(file, value.at);
  const isLine = isText(value) && (text === `"${value.value}"` || text === `'${value.value}'`);
  if (name === undefined || HELPERS[key] === undefined || !isLine || raw !== key) return [];
  return [
    { at: entry.keyAt, text: 'loop' },
    { at: value.at, text: `"{{${HELPERS[key]} ${name}}}"` },
  ];
}

/** with_items takes one level of lists apart: only where there is none it is the same as loop. */
function isListLoop({ key, value }: SourceEntry): boolean {
  const isFlat = (item: SourceNode): boolean =>
    item.kind === 'map' || !isText(item) || !item.value.includes('{{');
  if (value.kind === 'list') {
    return (
      key === 'with_list' ||
      (key === 'with_items' && value.items.every((item) => item.kind !== 'list' && isFlat(item)))
    );
  }
  return ['with_items', 'with_list'].includes(key) && isText(value) && value.value.includes('{{');
}

/** `include`: it is not clear when the file is read. */
export const deprecatedInclude: LintRule = {
  name: 'deprecated-include',
  severity: 'error',
  summary: 'include',
  why: 'include does not say when its file is read: import_tasks does before the run, include_tasks when the task is reached.',
  fix: 'Write import_tasks; include_tasks where the name has a template or the task a loop; import_playbook for a playbook.',
  restates: ['unknown-key'],
  bad: {
    kind: 'tasks',
    text: '- include: more.yml\n',
    at: '1:3',
    fixed: '- import_tasks: more.yml\n',
  },
  good: { kind: 'tasks', text: '- import_tasks: more.yml\n' },
  task: (task, report) => {
    const entry = task.map.entries.find(({ key }) => isInclude(key));
    if (entry === undefined) return;
    const name = isDynamic(task, entry) ? 'include_tasks' : 'import_tasks';
    const others = task.map.entries.some(
      ({ key }) => key !== entry.key && /(^|\.)(import|include)(_tasks)?$/.test(key),
    );
    const edits = isText(entry.value) && !others ? rename(entry, name, rawText(task.file, entry.keyAt)) : [];
    report({ at: entry.keyAt, detail: `Write ${name}.`, ...(edits.length === 0 ? {} : { edits }) });
  },
  project: ({ files }, report) => {
    for (const file of files.filter(({ kind }) => kind === 'playbook')) {
      for (const entry of mapsIn(file.tree).flatMap(({ entries }) => entries)) {
        if (!isInclude(entry.key)) continue;
        const edits = rename(entry, 'import_playbook', rawText(file, entry.keyAt));
        report({ at: entry.keyAt, detail: 'Write import_playbook.', edits });
      }
    }
  },
};

function isInclude(key: string): boolean {
  return /^(ansible\.(builtin|legacy)\.)?include$/.test(key);
}

function isDynamic({ map }: LintTask, { value }: SourceEntry): boolean {
  const loops = map.entries.some(({ key }) => key === 'loop' || key.startsWith('with_'));
  return loops || (isText(value) && value.value.includes('{{'));
}

const OLD_NAMES: Readonly<Record<string, string>> = {
  sudo: 'become',
  sudo_user: 'become_user',
  ansible_ssh_host: 'ansible_host',
  ansible_ssh_port: 'ansible_port',
  ansible_ssh_user: 'ansible_user',
  ansible_ssh_pass: 'ansible_password',
  ansible_sudo_pass: 'ansible_become_password',
  ansible_become_pass: 'ansible_become_password',
};

/** Names that Ansible gave up. */
export const deprecatedName: LintRule = {
  name: 'deprecated-name',
  severity: 'warning',
  summary: 'old name',
  why: 'Ansible renamed it years ago; the old name is kept, if at all, for old files.',
  fix: 'Write the new name.',
  restates: ['unknown-key', 'unknown-module'],
  bad: {
    kind: 'vars',
    text: 'ansible_ssh_user: oms # login\n',
    at: '1:1',
    fixed: 'ansible_user: oms # login\n',
  },
  good: { kind: 'vars', text: 'ansible_user: oms\n' },
  project: ({ files }, report) => {
    for (const file of files.filter(({ judged }) => judged)) {
      const walk = (node: SourceNode | undefined): void => {
        if (node?.kind === 'list') node.items.forEach(walk);
        if (node?.kind !== 'map') return;
        for (const entry of node.entries) {
          walk(entry.value);
          const now = Object.hasOwn(OLD_NAMES, entry.key) ? OLD_NAMES[entry.key] : undefined;
          if (now === undefined) continue;
          const twice = node.entries.some(
            ({ key }) => key !== entry.key && (key === now || OLD_NAMES[key] === now),
          );
          const edits = twice ? [] : rename(entry, now, rawText(file, entry.keyAt));
          const detail = `"${entry.key}" is called ${now} now.`;
          report({ at: entry.keyAt, detail, ...(edits.length === 0 ? {} : { edits }) });
        }
      };
      walk(file.tree);
    }
  },
};

/** Another key in the place of a key that is written plainly. */
function rename(entry: SourceEntry, name: string, raw: string): readonly Edit[] {
  return raw === entry.key ? [{ at: entry.keyAt, text: name }] : [];
}
