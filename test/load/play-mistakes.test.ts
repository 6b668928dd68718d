import { expect } from 'chai';
import { load, shortPlaces } from './playbooks.ts';

describe('loadPlaybook reports in plays', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    ['an unknown key', '  task: []\n', ['2:3 unknown-key'], /Did you mean "tasks"/],
    ['a keyword of tasks', '  register: x\n', ['2:3 unknown-key'], /not possible in a play/],
    ['gather_facts as a number', '  gather_facts: 1\n', ['2:17 wrong-type'], /true or false/],
    ['gather_facts: no', '  gather_facts: no\n', ['2:17 wrong-type'], /write false/],
    ['a missing vars_file', '  vars_files: [x.yml]\n', ['2:16 not-found'], /x.yml: there is no such file/],
    ['a broken vars_file', '  vars_files: [bad.yml]\n', ['bad.yml:1:4 yaml-syntax'], /@/],
    ['vars as a list', '  vars: [a]\n', ['2:9 wrong-type'], /a map/],
    ['serial of zero', '  serial: 0\n', ['2:11 bad-value'], /from 1/],
    ['serial of 0%', '  serial: ["0%", 1]\n', ['2:12 bad-value'], /"1%"/],
    ['serial above 100%', '  serial: "101%"\n', ['2:11 bad-value'], /"100%"/],
    ['an unknown order', '  order: sort\n', ['2:10 bad-value'], /inventory, default_first, reverse, sorted/],
    ['an order of what', '  order: { node: sorted }\n', ['2:12 unknown-key'], /Did you mean "nodes"/],
    [
      'a limit that is no number',
      '  limits: { db: one }\n',
      ['2:17 wrong-type'],
      /whole number of at least 1/,
    ],
    ['a limit on a play', '  limit: db\n', ['2:3 unknown-key'], /belongs to a role, a block, a task/],
    ['a misspelt strategy', '  strategy: liner\n', ['2:13 bad-value'], /Did you mean "linear"/],
    ['max_fail_percentage above 100', '  max_fail_percentage: 101\n', ['2:24 bad-value'], /0 to 100/],
    ['regions of zero', '  regions: 0\n', ['2:12 bad-value'], /at least 1/],
    ['parallel as text', '  parallel: many\n', ['2:13 wrong-type'], /whole number/],
    ['tasks that are a map', '  tasks: {command: x}\n', ['2:10 wrong-type'], /must be a list/],
    ['handlers without a name', '  handlers: [{command: x}]\n', ['2:14 missing-key'], /needs a name/],
    [
      'blocks in handlers',
      '  handlers: [{name: x, block: []}]\n',
      ['2:24 unknown-key'],
      /belongs to a block/,
    ],
    ['vars_prompt without a name', '  vars_prompt: [{ prompt: x }]\n', ['2:17 missing-key'], /needs "name"/],
    [
      'a hash of vars_prompt',
      '  vars_prompt: [{ name: x, salt_size: 8 }]\n',
      ['2:28 unknown-key'],
      /not hashed/,
    ],
    ['any_errors_fatal as text', '  any_errors_fatal: on\n', ['2:21 wrong-type'], /write true/],
  ];
  for (const [name, keys, expected, detail] of cases) {
    it(name, () => {
      const { problems } = load({ 'site.yml': `- hosts: all\n${keys}`, 'bad.yml': 'a: @x\n' });
      expect(shortPlaces(problems)).to.deep.equal(expected);
      expect(problems.map((found) => found.detail).join('\n')).to.match(detail);
    });
  }

  it('nothing where there is nothing to report', () => {
    expect(
      shortPlaces(
        load({ 'site.yml': '- hosts: all\n  tasks:\n  roles:\n  handlers: []\n  vars:\n' }).problems,
      ),
    ).to.deep.equal([]);
  });

  it('missing hosts', () => {
    const of = (text: string) => shortPlaces(load({ 'site.yml': text }).problems);
    expect(of('- tasks: []\n')).to.deep.equal(['1:3 missing-key']);
    expect(of('- hosts:\n')).to.deep.equal(['1:3 missing-key']);
    expect(of('- hosts: []\n')).to.deep.equal(['1:10 missing-key']);
    expect(of('- host: all\n')).to.deep.equal(['1:3 unknown-key', '1:3 missing-key']);
  });

  it('what is no playbook', () => {
    const of = (text: string) => {
      const { problems } = load({ 'site.yml': text });
      return [shortPlaces(problems), problems[0]?.detail];
    };
    expect(of('')[0]).to.deep.equal(['1:1 empty-file']);
    expect(of('[]\n')[0]).to.deep.equal(['1:1 empty-file']);
    expect(of('hosts: all\n')[0]).to.deep.equal(['1:1 wrong-type']);
    expect(of('- x\n')[0]).to.deep.equal(['1:3 wrong-type']);
    expect(of('- name: a\n  command: x\n- copy: {}\n')[0]).to.deep.equal(['1:1 missing-key']);
    expect(of('- name: a\n  command: x\n')[1]).to.contain('list of tasks');
    expect(of('- import_playbook: x.yml\n')[1]).to.contain('looks beside the playbook');
    const missing = load({}, 'none.yml').problems;
    expect(missing.map(({ detail }) => detail)).to.deep.equal(['none.yml: there is no such file.']);
  });
});
