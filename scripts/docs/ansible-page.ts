import { laterKeyword, scopesOf } from '../../src/load/keywords.ts';
import { featureRows } from './ansible-features.ts';
import { actionRows, ansibleKeywords, keywordRows, type Row } from './ansible-keywords.ts';
import { table } from './table.ts';

/** Every keyword that Ansible documents, by name. */
export const allAnsibleKeywords: readonly string[] = [
  ...new Set<string>(Object.values(ansibleKeywords).flat()),
].sort();

/** docs/reference/ansible.md. */
export function ansiblePage(): string {
  return [
    '<!-- made by npm run docs from scripts/docs/ansible-*.ts -->',
    '# Coming from Ansible: what is the same',
    'Same means: the meaning that Ansible documents; the test that fails without it is named. How to move a project: [the guide](../guide/coming-from-ansible.md).',
    '## Keywords',
    table(
      ['Keyword', 'Stands in', '', ''],
      allAnsibleKeywords.map((name) => [
        `\`${name === 'with_items' ? 'with_…' : name}\``,
        placesOf(name).join(', '),
        ...wordsOf(rowOf(name)),
      ]),
    ),
    '## In the place of a module',
    table(
      ['Key', '', ''],
      Object.entries(actionRows).map(([name, row]) => [`\`${name}\``, ...wordsOf(row)]),
    ),
    '## Everyday features',
    table(
      ['Feature', '', ''],
      featureRows.map(([feature, row]) => [feature, ...wordsOf(row)]),
    ),
    'Beyond Ansible: `regions`, `parallel`, `limits` and `limit`, `sync`, `run_once: region`, a loop over a block, `loop_control: { parallel: N }`; see [keywords.md](keywords.md).',
  ].join('\n\n');
}

/** The row of a keyword, as it is now: one that loading does not know says what to write. */
export function rowOf(name: string): Row {
  const row = keywordRows[name];
  if (row === undefined) throw new Error(`no row for the keyword "${name}"`);
  if (row.as === 'not' || scopesOf(name) !== undefined) return row;
  return { as: 'not', how: laterKeyword(name) ?? '' };
}

function placesOf(name: string): readonly string[] {
  return Object.entries(ansibleKeywords).flatMap(([place, names]) => (names.includes(name) ? [place] : []));
}

function wordsOf(row: Row): readonly [string, string] {
  if (row.as !== 'same') return [row.as, row.how];
  return ['same', [row.how, `\`${row.test}\``].filter((part) => part !== undefined).join('; ')];
}
