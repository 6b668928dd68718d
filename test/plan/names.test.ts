import { expect } from 'chai';
import { planProject } from '../run/support.ts';

const inventory = 'regions: { r: { nodes: { n1: { address: 10.0.0.1 } } } }\n';
const playbook = `- hosts: all
  tasks:
    - command: echo a
      register: first
      tags: [one]
    - debug: { msg: "{{first.stdout}}" }
      tags: [two]
    - debug: { msg: hi }
      notify: after
      changed_when: true
      tags: [three]
  handlers:
    - name: after
      vars: { words: "{{first.stdout}}" }
      debug: { msg: "{{words}}" }
`;
const found = (tags: readonly string[], skipTags: readonly string[] = []) =>
  planProject({ inventory, playbook, tags, skipTags }).problems;

describe('plan: names, where tags leave tasks out', () => {
  it('tells which task would have set a name, and how to mend it', () => {
    const [problem, ...others] = found(['two']);
    expect(others).to.deep.equal([]);
    expect(problem?.at).to.include({ line: 6, column: 24 });
    expect(problem?.detail).to.match(/"first" is set by the task at .*play\.yml:3, which --tags/);
  });

  it('lets a handler be: what it needs may be left out as long as nobody notifies it', () => {
    expect(found(['three'])).to.deep.equal([]);
    expect(found([], ['one', 'two'])).to.deep.equal([]);
  });

  it('still finds a name in a handler that nothing at all sets', () => {
    const wrong = playbook.replace('"{{words}}"', '"{{words}} {{nobody}}"');
    const { problems } = planProject({ inventory, playbook: wrong, tags: ['three'] });
    expect(problems.map(({ detail }) => detail).join()).to.include('Nothing defines "nobody"');
  });

  it('warns of a tag that no task has', () => {
    for (const problems of [found(['on', 'one', 'two']), found([], ['on'])]) {
      expect(problems.map(({ severity, summary }) => `${severity} ${summary}`)).to.deep.equal([
        'warning unknown tag',
      ]);
      expect(problems[0]?.detail).to.include('Did you mean "one"? Tags: one, three, two.');
    }
    expect(found(['all', 'untagged', 'never'])).to.deep.equal([]);
  });
});

describe('plan: names in a loop of an old form', () => {
  it('its item is not told too', () => {
    const old = '- hosts: all\n  tasks: [{ debug: { msg: "{{item}} {{nobody}}" }, with_items: [1] }]\n';
    const { problems } = planProject({ inventory, playbook: old });
    expect(problems.map(({ detail }) => detail.split('.')[0])).to.have.members([
      'Nothing defines "nobody"',
      '"with_items" is Ansible\'s old form',
    ]);
  });
});
