import type { LintRule, LintTask } from '../rule.ts';
import { argumentOf, commandOf, entryOf, valueOf } from '../tree.ts';
import { BUILTINS, INSTEAD } from './command-words.ts';

const RUNNERS = ['command', 'shell', 'raw', 'script'];

/** A command that a module does better. */
export const commandInsteadOfModule: LintRule = {
  name: 'command-instead-of-module',
  severity: 'warning',
  summary: 'command where a module exists',
  why: 'A module looks before it acts: a second run changes nothing, check mode tells the truth, and --diff shows what changes.',
  fix: 'Use the module.',
  bad: {
    kind: 'tasks',
    text: '- name: Data\n  command: mkdir -p /data\n  changed_when: true\n',
    at: '2:12',
  },
  good: { kind: 'tasks', text: '- name: Data\n  file: { path: /data, state: directory }\n' },
  task: (task, report, { modules }) => {
    if (!['command', 'shell'].includes(task.module?.name ?? '')) return;
    const command = commandOf(task);
    const found = command && INSTEAD.find(({ pattern }) => pattern.test(withoutPrefix(command.text)));
    const module = found?.modules.find((name) => modules.has(name));
    if (command === undefined || module === undefined) return;
    const detail = `The module ${module} does what this ${task.module?.name ?? 'command'} does, only where it is needed. "oms-play doc ${module}" shows how.`;
    report({ at: command.node.at, detail });
  },
};

/** Without paths, sudo and settings of the environment in front. */
function withoutPrefix(text: string): string {
  return text
    .trim()
    .replace(/^(sudo\s+(-\S+\s+)*)?(\w+=\S*\s+)*/, '')
    .replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
}

/** A command of which nobody can say whether it changed something. */
export const noChangedWhen: LintRule = {
  name: 'no-changed-when',
  severity: 'warning',
  summary: 'command without changed_when',
  why: 'What a command changes cannot be seen, so it always counts as changed, notifies its handlers on every run, and is unknown in check mode.',
  fix: 'Say when it changes something: changed_when (false for a look), or creates or removes with a path.',
  bad: { kind: 'tasks', text: '- name: Version\n  command: uname -r\n', at: '2:3' },
  good: {
    kind: 'tasks',
    text: '- name: Version\n  command: uname -r\n  changed_when: false\n- name: Unpack\n  command: ./setup.sh\n  args: { creates: /opt/app }\n',
  },
  task: (task, report, { modules }) => {
    const module = modules.get(task.module?.name ?? '');
    const always = module?.always !== undefined || RUNNERS.includes(task.module?.name ?? '');
    // A handler runs because something has changed already.
    if (task.scope === 'handler' || task.module === undefined || !always) return;
    const says = entryOf(task.map, 'changed_when') !== undefined;
    if (says || ['creates', 'removes'].some((name) => argumentOf(task, name) !== undefined)) return;
    const detail = `It counts as changed on every run. Add changed_when, creates or removes; changed_when: false where it only looks.`;
    report({ at: task.module.entry.keyAt, detail });
  },
};

/** A shell where nothing of a shell is used. */
export const shellWithoutNeed: LintRule = {
  name: 'shell-without-need',
  severity: 'warning',
  summary: 'shell where command would do',
  why: 'A shell reads its text once more: a space, a quote or a $ in a variable then means something else. command takes words as they are.',
  fix: 'Write command.',
  bad: { kind: 'tasks', text: '- name: Kernel\n  shell: uname -r\n  changed_when: false\n', at: '2:3' },
  good: {
    kind: 'tasks',
    text: '- name: Kernel\n  command: uname -r\n  changed_when: false\n- name: Count\n  shell: ls /data | wc -l\n  changed_when: false\n',
  },
  task: (task, report) => {
    if (task.module?.name !== 'shell' || argumentOf(task, 'executable') !== undefined) return;
    const text = commandOf(task)?.text;
    if (text === undefined || needsShell(text)) return;
    const detail =
      'No pipe, redirection, variable or pattern of a shell is in it. Write command in its place.';
    report({ at: task.module.entry.keyAt, detail });
  },
};

function needsShell(text: string): boolean {
  const plain = text.trim().replaceAll(/\{\{[^]*?\}\}/g, 'x');
  const first = plain.split(/\s+/)[0] ?? '';
  // A template in front may bring a whole line of shell.
  return /^\{\{/.test(text.trim()) || BUILTINS.has(first) || /[|&;<>()$`\\*?[\]#~{}!\n]|^\w+=/.test(plain);
}

/** A task that nobody can tell from another in what is shown. */
export const unnamedTask: LintRule = {
  name: 'unnamed-task',
  severity: 'warning',
  summary: 'task without a name',
  why: 'Its line in the output, in the recap and for --start-at-task is the name of its module, which tells nobody what it is for.',
  fix: 'Give it a name that says what is so afterwards.',
  bad: { kind: 'tasks', text: '- ping:\n', at: '1:3' },
  good: { kind: 'tasks', text: '- name: Reach the node\n  ping:\n- import_tasks: more.yml\n' },
  task: (task, report) => {
    if (valueOf(task.map, 'name') !== undefined || isFlow(task)) return;
    report({ at: { ...task.map.at, length: 1 }, detail: 'Begin the task with "name: …".' });
  },
};

/** Imports, includes and meta steer the run and are not shown as tasks. */
function isFlow({ module, scope, map }: LintTask): boolean {
  if (scope === 'handler' && entryOf(map, 'listen') !== undefined) return true;
  return /^(import|include)_|^include$|^meta$/.test(module?.name ?? '');
}
