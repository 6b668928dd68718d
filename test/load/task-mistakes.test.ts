import { expect } from 'chai';
import { load, shortPlaces } from './playbooks.ts';

/** The problems of one play's tasks; the first line is line 3. */
function inTasks(tasks: string) {
  const { problems } = load({ 'site.yml': `- hosts: all\n  tasks:\n${tasks}` });
  return {
    places: shortPlaces(problems),
    details: problems.map(({ detail }) => detail).join('\n'),
    problems,
  };
}

describe('loadPlaybook reports in tasks', () => {
  const cases: readonly (readonly [string, string, readonly string[], RegExp])[] = [
    [
      'an unknown module',
      '    - direktory: {}\n',
      ['3:7 unknown-module'],
      /No module is called "direktory". Did you mean "directory"/,
    ],
    ['a module nothing is like', '    - zzzzzzzzz: {}\n', ['3:7 unknown-module'], /oms-play doc/],
    [
      'a module of a collection',
      '    - amazon.aws.docker_image: {}\n',
      ['3:7 unknown-module'],
      /Did you mean "docker_image"/,
    ],
    [
      'a misspelt keyword beside a module',
      '    - command: x\n      whne: y\n',
      ['4:7 unknown-key'],
      /Did you mean "when"/,
    ],
    [
      'a misspelt keyword and a misspelt module',
      '    - comand: x\n      whne: y\n',
      ['3:7 unknown-module', '4:7 unknown-key'],
      /"command"[^]*"when"/,
    ],
    [
      'a misspelt keyword without a module',
      '    - name: x\n      regster: y\n',
      ['4:7 unknown-key'],
      /Did you mean "register"/,
    ],
    ['two modules', '    - command: x\n      copy: {}\n', ['4:7 unknown-key'], /has "command" already/],
    ['no module', '    - name: x\n', ['3:7 missing-key'], /needs a module/],
    ['an unquoted mode', '    - file: { path: x, mode: 0755 }\n', ['3:30 bad-argument'], /write "0755"/],
    ['an octal mode', '    - file: { path: x, mode: 0o644 }\n', ['3:30 bad-argument'], /write "0644"/],
    ['a three digit mode', '    - file: { path: x, mode: 755 }\n', ['3:30 bad-argument'], /write "0755"/],
    ['a keyword of plays', '    - command: x\n      hosts: y\n', ['4:7 unknown-key'], /belongs to a play/],
    [
      'listen outside handlers',
      '    - command: x\n      listen: y\n',
      ['4:7 unknown-key'],
      /belongs to a handler/,
    ],
    ['until on a block', '    - block: []\n      until: x\n', ['4:7 unknown-key'], /not possible in a block/],
    [
      'an unknown key on a block',
      '    - block: []\n      rescu: []\n',
      ['4:7 unknown-key'],
      /Did you mean "rescue"/,
    ],
    ['rescue without block', '    - rescue: []\n', ['3:7 missing-key'], /belong to a "block"/],
    ['yes for a boolean', '    - command: x\n      become: yes\n', ['4:15 wrong-type'], /write true/],
    [
      'a quoted boolean',
      '    - command: x\n      become: "true"\n',
      ['4:15 wrong-type'],
      /quoted words are text: write true/,
    ],
    [
      'a template for a boolean',
      '    - command: x\n      delegate_facts: "{{b}}"\n',
      ['4:23 wrong-type'],
      /Templates are not possible/,
    ],
    [
      'a name that is no variable',
      '    - command: x\n      register: a-b\n',
      ['4:17 bad-value'],
      /Write a_b/,
    ],
    ['a reserved variable', '    - command: x\n      register: loop\n', ['4:17 bad-value'], /reserved word/],
    ['a loop over a map', '    - command: x\n      loop: { a: 1 }\n', ['4:13 wrong-type'], /a list/],
    ['a number as a condition', '    - command: x\n      when: 3\n', ['4:13 wrong-type'], /condition/],
    ['an empty condition', '    - command: x\n      when:\n', ['4:7 wrong-type'], /not nothing/],
    ['negative retries', '    - command: x\n      retries: -1\n', ['4:16 bad-value'], /at least 0/],
    ['a fraction of retries', '    - command: x\n      retries: 1.5\n', ['4:16 bad-value'], /whole number/],
    ['retries as text', '    - command: x\n      retries: "3"\n', ['4:16 wrong-type'], /Remove the quotes/],
    [
      'run_once with another word',
      '    - command: x\n      run_once: group\n',
      ['4:17 wrong-type'],
      /region/,
    ],
    ['environment as text', '    - command: x\n      environment: A=b\n', ['4:20 wrong-type'], /a map/],
    ['a task that is text', '    - command x\n', ['3:7 wrong-type'], /must be a map/],
    ['an unquoted template', '    - command: {{ x }}\n', ['3:16 yaml-syntax'], /must be quoted/],
    ['a duplicate key', '    - command: x\n      command: y\n', ['4:7 duplicate'], /line 3/],
    [
      'another connection',
      '    - command: x\n      connection: sssh\n',
      ['4:19 bad-value'],
      /Did you mean "ssh"/,
    ],
    ['a port that is none', '    - command: x\n      port: 70000\n', ['4:13 bad-value'], /65535/],
    [
      'another way to become a user',
      '    - command: x\n      become_method: pbrun\n',
      ['4:22 bad-value'],
      /sudo, su or doas/,
    ],
    ['args that are text', '    - command: x\n      args: chdir\n', ['4:13 wrong-type'], /must be a map/],
    ['variables with bad names', '    - command: x\n      vars: {a.b: 1}\n', ['4:14 bad-value'], /a_b/],
  ];
  for (const [name, tasks, expected, detail] of cases) {
    it(name, () => {
      const found = inTasks(tasks);
      expect(found.places).to.deep.equal(expected);
      expect(found.details).to.match(detail);
    });
  }

  const later = ['collections'];
  for (const keyword of later) {
    it(`"${keyword}" as not supported yet, and nothing else`, () => {
      const { problems } = inTasks(`    - ${keyword}: x\n`);
      expect(problems.map(({ summary }) => summary)).to.deep.equal(['not supported yet']);
      expect(problems[0]?.detail).to.match(/not supported yet\. \S+/);
    });
  }

  const forms = [
    ['with_items: [a, b]', 'loop: [a, b]'],
    ["with_items: '{{ users }}'", 'loop: "{{users}}"'],
    ["with_items: ['{{ a }}', '{{ b }}']", 'loop: "{{flatten (array a b)}}"'],
    ["with_dict: '{{ users }}'", 'loop: "{{items users}}"'],
    ['with_dict: {a: 1, b: x}', 'loop: "{{items (object a=1 b=\'x\')}}"'],
    ["with_nested: ['{{ a }}', [x, 1]]", 'loop: "{{product a (array \'x\' 1)}}"'],
    ["with_together: ['{{ a }}', '{{ b }}']", 'loop: "{{zip a b}}"'],
    ["with_subelements: ['{{ users }}', keys]", 'loop: "{{subelements users \'keys\'}}"'],
    ["with_indexed_items: '{{ a }}'", 'loop: "{{a}}"\n  loop_control: { index_var: index }'],
    ['with_sequence: start=2 end=8 stride=2', 'loop: "{{range 2 9 2}}"'],
    ["with_sequence: 'count={{ n }}'", 'loop: "{{range 1 (add (int n) 1)}}"'],
    ['with_sequence: 1-5', 'loop: "{{range 1 6}}"'],
    ['with_fileglob: conf/*.cfg', '- find: { paths: conf, patterns: "*.cfg" }'],
    ['ansible.builtin.with_list: [1]', 'loop: [1]'],
    ['local_action: copy src=a dest=/b', 'copy: { src: a, dest: /b }\n  delegate_to: localhost'],
    ['local_action: {module: file, path: /x}', 'file: { path: /x }\n  delegate_to: localhost'],
    ['action: command ls -l', 'command: ls -l'],
  ] as const;
  for (const [written, form] of forms) {
    it(`${written}, with the form to write`, () => {
      const { problems } = inTasks(`    - ${written}\n`);
      expect(problems.map(({ summary }) => summary)).to.deep.equal(['another form']);
      expect(problems[0]?.detail).to.contain(form);
    });
  }

  it('all mistakes of a file at once', () => {
    const found = inTasks(
      '    - direktory: {}\n    - command: x\n      become: yes\n    - file: {mode: 0644}\n    - name: none\n',
    );
    expect(found.places).to.deep.equal([
      '3:7 unknown-module',
      '5:15 wrong-type',
      '6:20 bad-argument',
      '7:7 missing-key',
    ]);
  });
});
