import { expect } from 'chai';
import { findAll, lintProject, type Finding } from '../../src/lint/check.ts';
import { applyEdits } from '../../src/lint/edits.ts';
import { readLintFile } from '../../src/lint/files.ts';
import type { FileKind, RuleExample } from '../../src/lint/rule.ts';
import { lintRules } from '../../src/lint/rules.ts';
import { builtinModules } from '../../src/modules/index.ts';

const modules = new Map(builtinModules.map((module) => [module.name, module]));
const PATHS: Readonly<Record<FileKind, string>> = {
  playbook: 'site.yml',
  tasks: 'roles/r/tasks/main.yml',
  handlers: 'roles/r/handlers/main.yml',
  vars: 'vars/main.yml',
  inventory: 'inventory/group_vars/all.yml',
  ini: 'inventory/hosts.ini',
  template: 'roles/r/templates/a.conf',
};

function find(example: RuleExample): readonly Finding[] {
  const shown = PATHS[example.kind];
  const role = shown.startsWith('roles/') ? '/p/roles/r' : undefined;
  const file = readLintFile({ path: `/p/${shown}`, shown, text: example.text, role });
  if (file === undefined) throw new Error('no file of a kind that is looked at');
  expect(file.kind).to.equal(example.kind);
  return findAll(lintProject([file], modules), lintRules);
}

const of = (findings: readonly Finding[], rule: string): readonly Finding[] =>
  findings.filter((found) => found.rule.name === rule);
const placesOf = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ at }) => `${at.line}:${at.column}`);

describe('lint: rules', () => {
  it('plain-secret: finds them in INI inventories, too', () => {
    const text =
      '[web]\na ansible_user=x ansible_password=hunter2 # noqa: other\n[web:vars]\ndb_password = "{{ v }}"\n; b_password=x\napi_token = \'a b\'\n';
    expect(placesOf(of(find({ kind: 'ini', text }), 'plain-secret'))).to.deep.equal(['2:35', '6:13']);
  });

  it('have names in kebab-case, in order, each once', () => {
    const names = lintRules.map(({ name }) => name);
    expect(names).to.deep.equal([...new Set(names)].sort());
    for (const name of names) expect(name).to.match(/^[a-z]+(-[a-z]+)*$/);
  });

  for (const rule of lintRules) {
    it(`${rule.name}: finds the bad example where it is, and nothing in the good one`, () => {
      expect(placesOf(of(find(rule.bad), rule.name))).to.deep.include.members([rule.bad.at]);
      expect(of(find(rule.good), rule.name)).to.deep.equal([]);
    });

    it(`${rule.name}: is quiet where # noqa says so, and only then`, () => {
      const [line = 0] = (rule.bad.at ?? '').split(':').map(Number);
      const withComment = (comment: string): readonly Finding[] => {
        const lines = rule.bad.text.split('\n');
        lines[line - 1] = `${lines[line - 1]?.replace(/ #.*/, '')} # ${comment}`;
        const found = of(find({ ...rule.bad, text: lines.join('\n') }), rule.name);
        return found.filter(({ at }) => at.line === line);
      };
      expect(withComment('noqa')).to.deep.equal([]);
      expect(withComment(`noqa: other-rule ${rule.name}`)).to.deep.equal([]);
      expect(withComment('noqa: other-rule')).not.to.deep.equal([]);
    });

    if (rule.bad.fixed !== undefined) {
      it(`${rule.name}: mends the bad example, once and for all`, () => {
        const edits = of(find(rule.bad), rule.name).flatMap(({ edits: all = [] }) => all);
        const { text } = applyEdits(rule.bad.text, edits);
        expect(text).to.equal(rule.bad.fixed);
        expect(of(find({ ...rule.bad, text }), rule.name)).to.deep.equal([]);
      });
    }
  }
});
