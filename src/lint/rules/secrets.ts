import { isSecretName } from '../../model/magic.ts';
import type { SourceScalar } from '../../model/source.ts';
import { argumentsOf } from '../../modules/schema.ts';
import type { LintProject, LintRule, LintValue } from '../rule.ts';
import { commandOf, isText, templateWords, valueOf } from '../tree.ts';

const PLACEHOLDER = /^(|change[-_]?me|replace[-_]?me|to_?do|x{3,}|\*+|<[^>]*>|\.{3}|…)$/i;

/** A password that anyone who reads the file knows. */
export const plainSecret: LintRule = {
  name: 'plain-secret',
  severity: 'warning',
  summary: 'secret in clear',
  why: 'A password in plain text is known to everyone who can read the file, its copies and its history.',
  fix: 'Encrypt the value with "oms-play vault encrypt-string", or the file with "oms-play vault encrypt".',
  bad: { kind: 'vars', text: 'db_user: oms\ndb_password: hunter2\n', at: '2:14' },
  good: { kind: 'vars', text: 'db_user: oms\ndb_password: "{{vault_db_password}}"\n' },
  value: (value, report, project) => {
    const { node } = value;
    if (isPlainText(node) && namesSecret(value, project)) {
      report({ at: node.at, detail: inClear(value.keys.at(-1) ?? '') });
    }
  },
  project: ({ files }, report) => {
    for (const file of files.filter(({ kind }) => kind === 'ini')) {
      file.lines.forEach((line, i) => {
        for (const { name, value, column } of settingsIn(line)) {
          const at = { file: file.shown, line: i + 1, column, length: value.length };
          const plain = {
            kind: 'scalar',
            value: value.replaceAll(/^["']|["']$/g, ''),
            quoted: false,
            at,
          } as const;
          if (isSecretName(name) && isPlainText(plain)) report({ at, detail: inClear(name) });
        }
      });
    }
  },
};

function inClear(name: string): string {
  return `"${name}" is written in plain text. Encrypt it: oms-play vault encrypt-string --name ${name}, or the whole file: oms-play vault encrypt.`;
}

const SETTING = /(?<=^|\s)([A-Za-z_]\w*)\s*=\s*("[^"]*"|'[^']*'|[^\s#;]+)/g;

/** `name=value` in a line of an INI file. */
function settingsIn(
  line: string,
): readonly { readonly name: string; readonly value: string; readonly column: number }[] {
  if (/^\s*[#;]/.test(line)) return [];
  return [...line.matchAll(SETTING)].map(({ 0: all, 1: name = '', 2: value = '', index }) => {
    return { name, value, column: index + all.length - value.length + 1 };
  });
}

/** What comes out of `!vault` was encrypted, and a template takes it from elsewhere. */
function isPlainText({ value, verbatim }: SourceScalar): boolean {
  if (verbatim === true || (typeof value !== 'string' && typeof value !== 'number')) return false;
  const text = String(value);
  return !text.includes('{{') && !PLACEHOLDER.test(text.trim());
}

function namesSecret({ keys, task, file }: LintValue, { modules }: LintProject): boolean {
  const name = keys.at(-1) ?? '';
  if (file.kind === 'template' || !isSecretName(name)) return false;
  const used = task?.module;
  if (used === undefined || keys[0] !== used.entry.key || keys.length !== 2) return true;
  const module = modules.get(used.name);
  const known = module && argumentsOf(module)?.find((argument) => argument.name === name);
  return known === undefined || known.secret;
}

/** A secret in a command line, which ends up in what is shown of the task. */
export const missingNoLog: LintRule = {
  name: 'missing-no-log',
  severity: 'warning',
  summary: 'secret in a command',
  why: 'A command line can be seen by every user of the node while it runs, and its output may repeat the secret in a form that cannot be recognised.',
  fix: 'Hand the secret over by stdin or environment, or use a module that takes it; and write no_log: true.',
  bad: {
    kind: 'tasks',
    text: '- name: Log in\n  command: login --token {{api_token}}\n  changed_when: false\n',
    at: '2:12',
  },
  good: {
    kind: 'tasks',
    text: '- name: Log in\n  command: login --token-from-stdin\n  args: { stdin: "{{api_token}}" }\n  no_log: true\n  changed_when: false\n',
  },
  task: (task, report) => {
    if (!['command', 'shell', 'raw', 'script', 'docker_exec'].includes(task.module?.name ?? '')) return;
    const command = commandOf(task) ?? textOf(valueOf(task.module?.entry.value, 'command'));
    const secret = command && templateWords(command.text).find(isSecretName);
    if (command === undefined || secret === undefined) return;
    const isQuiet = [...task.around, task.map].some((map) => {
      const says = valueOf(map, 'no_log');
      return says?.kind === 'scalar' && says.value === true;
    });
    if (isQuiet) return;
    const detail = `"${secret}" becomes part of a command line. Hand it over by stdin, or add no_log: true.`;
    report({ at: command.node.at, detail });
  },
};

function textOf(node: ReturnType<typeof valueOf>): ReturnType<typeof commandOf> {
  return isText(node) ? { text: node.value, node } : undefined;
}
