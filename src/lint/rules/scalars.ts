import { argumentsOf } from '../../modules/schema.ts';
import type { LintProject, LintRule, LintTask, LintValue } from '../rule.ts';
import { entriesOf, quoted, rawText, valueOf } from '../tree.ts';

const YAML_1_1: readonly (readonly [pattern: RegExp, meant: string])[] = [
  [/^(yes|on|no|off)$/i, 'a boolean'],
  [/^[-+]?0\d[\d_]*$/, 'an octal number'],
  [/^[-+]?\d[\d_]*_[\d_]*(\.[\d_]*)?$/, 'a number'],
  [/^[-+]?[1-9]\d*(:[0-5]?\d)+(\.\d*)?$/, 'a number in base 60'],
];
const BOOLEANS = new Set([
  ...['become', 'ignore_errors', 'ignore_unreachable', 'no_log', 'run_once', 'check_mode', 'diff'],
  ...['any_errors_fatal', 'force_handlers', 'gather_facts', 'delegate_facts', 'extended'],
]);

/** Values that YAML 1.1, so Ansible, reads as something else than YAML 1.2. */
export const ambiguousScalar: LintRule = {
  name: 'ambiguous-scalar',
  severity: 'warning',
  summary: 'ambiguous value',
  why: 'YAML 1.1, which Ansible reads, takes yes, no, on and off for booleans, 012 for an octal number, 1_000 for a number and 12:34:56 for a number in base 60. oms-play reads YAML 1.2, where they are something else.',
  fix: 'Write true or false for a boolean, the plain number for a number, and quotes around text.',
  restates: ['wrong-type', 'bad-argument'],
  bad: {
    kind: 'vars',
    text: 'country: no\nopens: 12:30\n',
    at: '1:10',
    fixed: 'country: "no"\nopens: "12:30"\n',
  },
  good: { kind: 'vars', text: 'country: "no"\nenabled: true\nsize: 1000\n' },
  value: (value, report, project) => {
    const { node, file } = value;
    if (node.quoted || typeof node.value === 'boolean' || node.value === null || isMode(value)) return;
    const raw = rawText(file, node.at);
    const meant = YAML_1_1.find(([pattern]) => pattern.test(raw))?.[1];
    if (meant === undefined) return;
    const now = typeof node.value === 'number' ? `the number ${node.value}` : 'text';
    const better = replacement(value, raw, project);
    const how =
      better === undefined ? 'Write the number that is meant, or quotes around text.' : `Write ${better}.`;
    report({
      at: node.at,
      detail: `YAML 1.1 reads ${raw} as ${meant}; here it is ${now}. ${how}`,
      ...(better === undefined ? {} : { edits: [{ at: node.at, text: better }] }),
    });
  },
};

/** What it is now stays what it is; undefined: it is a number now, and nobody knows which was meant. */
function replacement({ node, keys, task }: LintValue, raw: string, project: LintProject): string | undefined {
  const isWord = /^[a-z]+$/i.test(raw);
  if (isWord && isBoolean(keys, task, project)) return /^(yes|on)$/i.test(raw) ? 'true' : 'false';
  return typeof node.value === 'string' ? quoted(node.value) : undefined;
}

function isBoolean(keys: readonly string[], task: LintTask | undefined, project: LintProject): boolean {
  const key = keys.at(-1) ?? '';
  if (keys.length === 1) return BOOLEANS.has(key);
  const isArgument = keys.length === 2 && keys[0] === task?.module?.entry.key;
  return isArgument && takesBoolean(task?.module?.name ?? '', key, project);
}

/** Whether true is an argument of the module and any text is none. */
export function takesBoolean(name: string, key: string, { modules }: LintProject): boolean {
  const module = modules.get(name);
  if (module === undefined) return false;
  const argument = argumentsOf(module)?.find(({ name }) => name === key);
  return (
    argument !== undefined && argument.check(true).length === 0 && argument.check('some text').length > 0
  );
}

function isMode({ keys, task }: LintValue): boolean {
  return task !== undefined && MODE.test(keys.at(-1) ?? '');
}

const MODE = /^(mode|directory_mode)$/;

/** `mode: 0755` is the number 755 in YAML 1.2. */
export const unquotedMode: LintRule = {
  name: 'unquoted-mode',
  severity: 'error',
  summary: 'unquoted file mode',
  why: 'A file mode without quotes is a number, and not the one that was meant: 0755 is 755 in YAML 1.2 and 493 in YAML 1.1.',
  fix: 'Put the mode in quotes, with its leading 0.',
  restates: ['bad-argument'],
  bad: {
    kind: 'tasks',
    text: '- name: Data\n  file: { path: /data, state: directory, mode: 0755 }\n',
    at: '2:48',
    fixed: '- name: Data\n  file: { path: /data, state: directory, mode: "0755" }\n',
  },
  good: { kind: 'tasks', text: '- name: Data\n  file: { path: /data, state: directory, mode: "0755" }\n' },
  task: (task, report) => {
    for (const node of [task.module?.entry.value, valueOf(task.map, 'args')]) {
      for (const { key, value } of entriesOf(node)) {
        if (!MODE.test(key) || value.kind !== 'scalar' || typeof value.value !== 'number') continue;
        const raw = rawText(task.file, value.at);
        const digits = /^(?:0o?)?([0-7]{3,4})$/.exec(raw)?.[1];
        const text = digits === undefined ? undefined : quoted(digits.padStart(4, '0'));
        const how = text === undefined ? 'Write it as octal text, e.g. "0644".' : `Write ${text}.`;
        report({
          at: value.at,
          detail: `A file mode must be quoted, or YAML reads it as a plain number. ${how}`,
          ...(text === undefined ? {} : { edits: [{ at: value.at, text }] }),
        });
      }
    }
  },
};
