import { expect } from 'chai';
import fc from 'fast-check';
import { findAll, lintProject } from '../../src/lint/check.ts';
import { applyEdits } from '../../src/lint/edits.ts';
import { readLintFile } from '../../src/lint/files.ts';
import type { Edit } from '../../src/lint/rule.ts';
import { lintRules } from '../../src/lint/rules.ts';
import { parseYaml } from '../../src/load/yaml.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { runs } from '../properties/runs.ts';

const modules = new Map(builtinModules.map((module) => [module.name, module]));

function editsFor(text: string): readonly Edit[] {
  const path = '/p/site.yml';
  const file = readLintFile({ path, shown: 'site.yml', text, role: undefined });
  if (file === undefined) return [];
  return findAll(lintProject([file], modules), lintRules).flatMap(({ edits = [] }) => edits);
}

const mistakes = (text: string): number => parseYaml(text, 'site.yml').problems.length;

/** Values as people write them: plain, quoted, long, with what the rules look for in them. */
const scalar = fc.oneof(
  fc.constantFrom(
    'yes',
    'no',
    'On',
    'off',
    '012',
    '0755',
    '1_000',
    '12:30',
    '12:34:56',
    'a',
    'true',
    '~',
    '""',
  ),
  fc.constantFrom(
    '"yes"',
    "'no'",
    "'it''s'",
    '"a \\" b"',
    '{{ x }}',
    '"{{ x }}"',
    '0644  # mode',
    '|\n        yes',
  ),
);
const condition = fc.constantFrom(
  'a and b',
  '"a and not b"',
  '\'a == "x" or b\'',
  'a is defined and b | length > 0',
  '[a and b, "not c"]',
  '"{{ ready }}"',
  'not a == b',
  "x == 'a and b'",
  '>\n        a and\n        b',
);
const comment = fc.constantFrom('', '', ' # why', '   # noqa', ' # noqa: other-rule', ' # é 世界');
const line = fc.oneof(
  fc.tuple(fc.constantFrom('become', 'mode', 'vars: { v', 'tags', 'sudo', 'ignore_errors'), scalar),
  fc.tuple(fc.constantFrom('when', 'until', 'changed_when', 'failed_when'), condition),
  fc.tuple(
    fc.constantFrom('with_items', 'with_list', 'with_dict'),
    fc.constantFrom('[a, b]', '"{{ l }}"', '[[a], b]'),
  ),
  fc.tuple(
    fc.constantFrom('include', 'local_action', 'file'),
    fc.constantFrom(
      'x.yml',
      'command uptime',
      'copy src=a dest={{ b }}',
      'shell "a b" | c',
      'ping',
      '{ path: /a, mode: 0755 }',
      'path=/a mode=0755 recurse=yes',
      `path="/a b" owner='{{ x }}'`,
      '"path=/{{ x }} state=directory"',
    ),
  ),
);
const task = fc.tuple(fc.array(fc.tuple(line, comment), { minLength: 1, maxLength: 5 })).map(([lines]) => {
  const rows = lines.map(([[key, value], after]) => {
    const whole = key.startsWith('vars') ? `${key}: ${value} }` : `${key}: ${value}`;
    return `      ${whole}${value.includes('\n') || value.includes('#') ? '' : after}\n`;
  });
  return `    - name: one\n${rows.join('')}`;
});
const playbook = fc
  .tuple(fc.array(task, { minLength: 1, maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([tasks, end]) => `- hosts: all\n  tasks:\n${tasks.join('')}`.replaceAll('\n', end));

describe('lint: --fix', () => {
  const mended = (line: string): string => {
    const text = `- hosts: all\n  tasks:\n    - name: one\n      ping:\n      ${line}\n`;
    return applyEdits(text, editsFor(text)).text.split('\n')[4]?.trim() ?? '';
  };
  const cases: readonly (readonly [string, string])[] = [
    ['with_dict: "{{ users }}"  # all', 'loop: "{{items users}}"  # all'],
    ["with_flattened: '{{ a.b }}'", 'loop: "{{flatten a.b}}"'],
    ['with_list: [[1], [2]]', 'loop: [[1], [2]]'],
    ['with_items: "{{ l }}"', 'loop: "{{ l }}"'],
    ["when: 'not a'", "when: '!a'"],
    ['when: not a', 'when: "!a"'],
    ['when: x is defined and y', 'when: has(vars.x) && y'],
    ["when: x == 'and'  and y", `when: x == 'and' && y`],
    ['when: "{{ a and b }}"', 'when: "a and b"'],
    ['ignore_errors: no', 'ignore_errors: false'],
    // What nobody can be sure of stays.
    ['with_items: [[1], [2]]', 'with_items: [[1], [2]]'],
    ['with_items: ["{{ a }}", b]', 'with_items: ["{{ a }}", b]'],
    ['with_dict: { a: 1 }', 'with_dict: { a: 1 }'],
    ['when: not a == b', 'when: not a == b'],
    ['when: "{{eq a b}}"', 'when: "{{eq a b}}"'],
    ['retries: 012', 'retries: 012'],
    ['local_action: nothing a', 'local_action: nothing a'],
  ];
  for (const [before, afterwards] of cases) {
    it(`${before} → ${before === afterwards ? 'as it is' : afterwards}`, () => {
      expect(mended(before)).to.equal(afterwards);
    });
  }

  it('breaks no text, leaves the rest as it is, and has nothing to do when it is done', () => {
    fc.assert(
      fc.property(playbook, (text) => {
        let now = text;
        for (let round = 0; round < 5; round++) {
          const edits = editsFor(now);
          const { text: next, applied } = applyEdits(now, edits);
          expect(mistakes(next)).to.be.at.most(mistakes(now));
          // Whoever takes the edits back has the text that was there.
          expect(next.length - now.length).to.equal(
            applied.reduce((sum, edit) => sum + edit.text.length - edit.at.length, 0),
          );
          const lines = (of: string): number => of.split('\n').length - 1;
          const added = applied.reduce((sum, edit) => sum + lines(edit.text), 0);
          expect(lines(next)).to.equal(lines(now) + added);
          if (next === now) return;
          now = next;
        }
        throw new Error('it is never done');
      }),
      runs(15),
    );
  });

  it('takes any text', () => {
    const piece = fc.constantFrom(
      '- ',
      ': ',
      '\n',
      '  ',
      'hosts',
      'tasks',
      'when',
      '{{',
      '}}',
      '"',
      '[',
      ']',
      '&a',
      '*a',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (parts) => {
        applyEdits(parts.join(''), editsFor(parts.join('')));
      }),
      runs(40),
    );
  });
});
