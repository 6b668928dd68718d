import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { featureRows } from '../../scripts/docs/ansible-features.ts';
import { actionRows, ansibleKeywords, keywordRows } from '../../scripts/docs/ansible-keywords.ts';
import { allAnsibleKeywords, rowOf } from '../../scripts/docs/ansible-page.ts';
import { eventDocs } from '../../scripts/docs/events.ts';
import { exitCodes } from '../../scripts/docs/reference.ts';
import { keywordsOf, scopesOf, type Scope } from '../../src/load/keywords.ts';
import { fallbackNames, magicNames } from '../../src/model/magic.ts';
import { exitCode } from '../../src/report/exit-code.ts';
import { recap } from './recap.ts';

const root = resolve(import.meta.dirname, '../..');
const scopes: readonly Scope[] = ['play', 'role', 'block', 'task', 'handler'];
/** Ours alone. */
const BEYOND = ['regions', 'parallel', 'limits', 'limit', 'sync', 'role'];

describe('reference: Ansible', () => {
  it('has a row for every keyword that Ansible documents, and for no other', () => {
    expect(Object.keys(keywordRows).sort()).to.deep.equal(allAnsibleKeywords);
  });

  it('knows every keyword of ours', () => {
    const ours = [...new Set(scopes.flatMap(keywordsOf))];
    const unknown = ours.filter((name) => !allAnsibleKeywords.includes(name) && !BEYOND.includes(name));
    expect(unknown).to.deep.equal([]);
    expect(BEYOND.filter((name) => !ours.includes(name))).to.deep.equal([]);
  });

  it('calls nothing "not" that is there, and says what to write in its place', () => {
    for (const name of allAnsibleKeywords) {
      const row = rowOf(name);
      if (row.as !== 'not') continue;
      expect(scopesOf(name), name).to.equal(undefined);
      expect(row.how, name).to.match(/\.$/);
    }
  });

  it('calls "same" only what may stand wherever it may in Ansible', () => {
    const narrower = allAnsibleKeywords.flatMap((name) => {
      if (rowOf(name).as !== 'same') return [];
      return scopes.flatMap((scope) => {
        const inAnsible = ansibleKeywords[scope].includes(name);
        // A role in a list of roles is named by either key.
        if (!inAnsible || (scope === 'role' && name === 'name') || keywordsOf(scope).includes(name))
          return [];
        return [`${name} in a ${scope}`];
      });
    });
    expect(narrower).to.deep.equal([]);
  });

  it('names for everything that is the same a test that uses it', () => {
    const keywords = allAnsibleKeywords.map((name) => [name, rowOf(name), name] as const);
    const actions = Object.entries(actionRows).map(
      ([name, row]) => [name, row, name.replace('meta: ', '')] as const,
    );
    const wrong = [...keywords, ...actions, ...featureRows].flatMap(([name, row, word]) => {
      if (row.as !== 'same') return [];
      const path = join(root, row.test);
      if (!existsSync(path)) return [`${name}: there is no ${row.test}`];
      const text = readFileSync(path, 'utf8');
      return word !== undefined && new RegExp(`(?<!\\w)${word}(?!\\w)`).test(text)
        ? []
        : [`${name}: ${row.test} does not mention ${word ?? 'it'}`];
    });
    expect(wrong).to.deep.equal([]);
  });
});

describe('guide: variables', () => {
  it('names all that are always there', () => {
    const page = readFileSync(join(root, 'docs/guide/variables.md'), 'utf8');
    const names = [...magicNames, ...fallbackNames];
    expect(names.filter((name) => !page.includes(`\`${name}\``))).to.deep.equal([]);
  });
});

describe('reference: events', () => {
  it('says of every event what it is', () => {
    const events = eventDocs();
    expect(events.filter(({ text }) => !/\w.*\.$/.test(text)).map(({ type }) => type)).to.deep.equal([]);
    const types = events.map(({ type }) => type);
    expect(types).to.include.members(['run-started', 'task-finished', 'run-finished']);
    expect(new Set(types).size).to.equal(types.length);
  });
});

describe('reference: exit codes', () => {
  it('has every code that a run can end with', () => {
    const given = [
      exitCode(recap({}), { check: false, changesMatter: false }),
      exitCode(recap({ failed: 1 }), { check: false, changesMatter: false }),
      exitCode(recap({ changed: 1 }), { check: true, changesMatter: true }),
      exitCode(recap({ unreachable: 1 }), { check: false, changesMatter: false }),
      exitCode({ ...recap({}), interrupted: true }, { check: false, changesMatter: false }),
    ];
    expect(exitCodes.map(([code]) => code)).to.have.members([...given, 1]);
  });
});
