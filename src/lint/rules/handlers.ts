import type { LintProject, LintRule, LintTask } from '../rule.ts';
import { isText, textsIn, valueOf } from '../tree.ts';
import { notifiedBy } from '../names.ts';

/** A handler that no task notifies. */
export const unusedHandler: LintRule = {
  name: 'unused-handler',
  severity: 'warning',
  summary: 'handler never notified',
  why: 'A handler runs only when a task notifies it by its name or by what it listens to: this one never does. Often its name was changed in one place only.',
  fix: 'Notify it, or remove it.',
  bad: {
    kind: 'playbook',
    text: '- hosts: all\n  tasks:\n    - name: Config\n      copy: { content: a, dest: /etc/a }\n      notify: restart b\n  handlers:\n    - name: restart b\n      command: echo\n    - name: restart a\n      command: echo\n',
    at: '9:13',
  },
  good: {
    kind: 'playbook',
    text: '- hosts: all\n  tasks:\n    - name: Config\n      copy: { content: a, dest: /etc/a }\n      notify: [restart b, all of it]\n  handlers:\n    - name: restart b\n      command: echo\n    - name: restart a\n      command: echo\n      listen: all of it\n',
  },
  project: (project, report) => {
    const isNotified = notifiedIn(project);
    for (const handler of handlersIn(project)) {
      const name = valueOf(handler.map, 'name');
      const names = [...(isText(name) ? [name] : []), ...textsIn(valueOf(handler.map, 'listen'))];
      const [first] = names;
      if (first === undefined || names.some(({ value }) => isNotified(value))) continue;
      const detail = `No task notifies "${first.value}". Add notify where it is needed, or remove the handler.`;
      report({ at: first.at, detail, taskLine: handler.map.at.line });
    }
  },
};

/** Two handlers of one name: only one of them ever runs. */
export const duplicateHandler: LintRule = {
  name: 'duplicate-handler',
  severity: 'warning',
  summary: 'two handlers of one name',
  why: 'A task notifies a handler by its name. Of two handlers with the same name one never runs.',
  fix: 'Give each a name of its own; handlers that belong together can listen to one word.',
  bad: {
    kind: 'handlers',
    text: '- name: restart\n  command: echo a\n- name: restart\n  command: echo b\n',
    at: '3:9',
  },
  good: {
    kind: 'handlers',
    text: '- name: restart a\n  command: echo a\n  listen: restart\n- name: restart b\n  command: echo b\n  listen: restart\n',
  },
  project: (project, report) => {
    const first = new Map<string, LintTask>();
    for (const handler of handlersIn(project)) {
      const name = valueOf(handler.map, 'name');
      if (!isText(name)) continue;
      const { file, around } = handler;
      // Plays have handlers of their own; a role has one list of them.
      const owner =
        around[0] === undefined ? (file.role ?? file.shown) : `${file.shown}:${around[0].at.line}`;
      const key = `${owner}\n${name.value}`;
      const twin = first.get(key);
      if (twin === undefined) first.set(key, handler);
      else {
        const detail = `A handler "${name.value}" stands at ${twin.file.shown}:${twin.map.at.line} already. Rename one of them.`;
        report({ at: name.at, detail, taskLine: handler.map.at.line });
      }
    }
  },
};

function handlersIn({ tasks }: LintProject): readonly LintTask[] {
  return tasks.filter(({ scope }) => scope === 'handler');
}

/** A name with a template in it may become any text in its place. */
function notifiedIn({ tasks }: LintProject): (name: string) => boolean {
  const names = new Set(tasks.flatMap(notifiedBy));
  const patterns = [...names]
    .filter((name) => name.includes('{{'))
    .map((name) => {
      const parts = name.split(/\{\{[^]*?\}\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      return new RegExp(`^${parts.join('.*')}$`);
    });
  return (name) => names.has(name) || patterns.some((pattern) => pattern.test(name)) || name.includes('{{');
}
