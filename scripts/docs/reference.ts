import { lintRules } from '../../src/lint/rules.ts';
import { loadRules } from '../../src/lint/load-rules.ts';
import type { LintRule } from '../../src/lint/rule.ts';
import { keywordsOf, type Scope } from '../../src/load/keywords.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { actionDocs } from '../../src/schema/actions.ts';
import type { JsonSchema } from '../../src/schema/json-schema.ts';
import { keywordDocs } from '../../src/schema/keywords.ts';
import { ansiblePage } from './ansible-page.ts';
import { eventDocs } from './events.ts';
import { table } from './table.ts';

const MADE = '<!-- made by npm run docs -->';

/** The pages of docs/reference that are made, by path. */
export function referencePages(): readonly (readonly [path: string, text: string])[] {
  return [
    ['docs/reference/README.md', indexPage()],
    ['docs/reference/keywords.md', keywordsPage()],
    ['docs/reference/lint.md', lintPage()],
    ['docs/reference/events.md', eventsPage()],
    ['docs/reference/exit-codes.md', exitCodesPage()],
    ['docs/reference/ansible.md', ansiblePage()],
  ];
}

function indexPage(): string {
  return [
    MADE,
    '# Reference',
    [
      '- [Keywords](keywords.md) of plays, roles, blocks, tasks and handlers',
      '- [Modules](../modules/README.md)',
      '- [Ansible](ansible.md): what is the same, what differs, what to write instead',
      '- [Rules of lint](lint.md)',
      '- [Events](events.md) of `--output json`',
      '- [Exit codes](exit-codes.md)',
      '- [Commands](../commands.md), [inventories](../inventory.md), [templates and conditions](../templates.md), [facts](../facts.md), [vault](../vault.md)',
    ].join('\n'),
  ].join('\n\n');
}

function keywordsPage(): string {
  const sections: readonly (readonly [Scope, string])[] = [
    ['play', 'Plays'],
    ['role', 'Roles, in `roles:` of a play'],
    ['block', 'Blocks'],
    ['task', 'Tasks'],
    ['handler', 'Handlers'],
  ];
  const modules = new Set(builtinModules.map(({ name }) => name));
  const actions = Object.entries(actionDocs)
    .filter(([name]) => !modules.has(name))
    .map(([name, { text }]) => [`\`${name}\``, text]);
  return [
    MADE,
    '# Keywords',
    'The keys of plays, roles, blocks, tasks and handlers. What a play, role or block says holds for all tasks in it. How each compares with Ansible: [ansible.md](ansible.md).',
    ...sections.flatMap(([scope, title]) => [
      `## ${title}`,
      table(['Keyword', 'Value', ''], keywordsOf(scope).toSorted().map(keywordRow)),
    ]),
    '## In the place of a module',
    table(['Key', ''], actions),
  ].join('\n\n');
}

function keywordRow(name: string): readonly string[] {
  const doc = keywordDocs[name];
  return [`\`${name}\``, doc === undefined ? '' : valueInWords(doc.schema), doc?.text ?? ''];
}

function valueInWords(schema: JsonSchema): string {
  const { anyOf, enum: choices, type, items, $ref } = schema;
  if (anyOf !== undefined) {
    const [first, second] = anyOf;
    const isOneOrMore = anyOf.length === 2 && second?.type === 'array' && second.items === first;
    if (first !== undefined && isOneOrMore) return `${valueInWords(first)}; or a list`;
    const parts = anyOf.map(valueInWords).filter((part) => part !== '');
    return [...new Set(parts)].join(', ');
  }
  if (choices !== undefined) return choices.map((choice) => `\`${String(choice)}\``).join(', ');
  if ($ref !== undefined)
    return (
      { vars: 'map', role: 'role', tasks: 'tasks', handlers: 'handlers' }[$ref.split('/').at(-1) ?? ''] ?? ''
    );
  if (type === 'array') return items === undefined ? 'list' : `list of ${valueInWords(items)}`;
  if (Array.isArray(type)) return type.includes('boolean') ? 'text, true, false' : 'text';
  const { pattern = '' } = schema;
  if (pattern.includes('{')) return pattern.startsWith('\\{') ? 'template' : 'share';
  const names: Readonly<Record<string, string>> = {
    boolean: 'true, false',
    integer: 'whole number',
    number: 'number',
    object: 'map',
    string: 'text',
  };
  return typeof type === 'string' ? (names[type] ?? '') : '';
}

function lintPage(): string {
  const rows = lintRules.map(({ name, severity, summary, bad }) => [
    `[${name}](#${name})`,
    severity,
    bad.fixed === undefined ? '' : 'yes',
    summary,
  ]);
  return [
    MADE,
    '# Rules of lint',
    '`oms-play lint` checks playbooks, roles and inventories. A line that ends in `# noqa` is left alone, one that ends in `# noqa: rule other-rule` by these rules; at the first line of a task it holds for the whole task. `.oms-play-lint.yml` in the working folder may say `skip: [rule]` and `warn: [rule]`, the command line `--rules` and `--skip`. What cannot run stays an error, whatever they say.',
    table(['Rule', 'Severity', '`--fix`', 'Finds'], rows),
    ...lintRules.map(ruleSection),
    '## Errors of loading',
    'What cannot run, by the names it has in the output. These cannot be skipped.',
    table(
      ['Name', ''],
      Object.entries(loadRules).map(([name, text]) => [`\`${name}\``, text]),
    ),
  ].join('\n\n');
}

function ruleSection({ name, why, fix, bad, good }: LintRule): string {
  const example = (text: string): string => `\`\`\`yaml fragment\n${text.trimEnd()}\n\`\`\``;
  const mended = bad.fixed === undefined ? [] : ['`--fix` makes of it:', example(bad.fixed)];
  return [
    `## ${name}`,
    why,
    `${fix}`,
    `Found at ${bad.at ?? ''}:`,
    example(bad.text),
    ...(mended.length === 0 ? ['Not found:', example(good.text)] : mended),
  ].join('\n\n');
}

function eventsPage(): string {
  return [
    MADE,
    '# Events',
    '`oms-play run --output json` prints one event per line, as JSON. `type` and fields are a promise; new ones may come. Every event has `time`: milliseconds since 1970. Secrets are `***`.',
    ...eventDocs().map(({ type, text, fields }) =>
      [
        `## ${type}`,
        text,
        table(
          ['Field', 'Type', ''],
          fields.map((field) => [
            `\`${field.name}\`${field.optional ? ' (not always)' : ''}`,
            `\`${field.type}\``,
            field.text,
          ]),
        ),
      ]
        .filter((part) => part !== '')
        .join('\n\n'),
    ),
  ].join('\n\n');
}

/** The exit codes of all commands; test/report/exit-codes.test.ts holds it against the code. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'All is well: the run went through, the check found no errors.'],
  [
    1,
    'Wrong input: a problem in playbooks, roles, inventory or on the command line. Nothing was connected. For `lint`: errors, with `--strict` warnings too.',
  ],
  [2, 'A task failed on a node.'],
  [3, 'Changes are pending: only with `--check --exit-code`.'],
  [4, 'A node was unreachable.'],
  [130, 'Interrupted: Ctrl-C, SIGTERM, or the reader of the output is gone.'],
];

function exitCodesPage(): string {
  return [
    MADE,
    '# Exit codes',
    table(
      ['Code', 'Meaning'],
      exitCodes.map(([code, meaning]) => [String(code), meaning]),
    ),
    'Of several the first of 130, 4, 2, 3 counts. What `ignore_errors` and `rescue` caught is no failure.',
  ].join('\n\n');
}
