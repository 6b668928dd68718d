import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import { fourNodes, runProject } from './support.ts';

const playbook = `
- hosts: e1
  gather_facts: false
  tags: [play]
  roles:
    - { role: r, tags: [role] }
  tasks:
    - run: always
      tags: [always]
    - run: never
      tags: [never, rare]
    - block:
        - run: inner
          tags: [inner]
      tags: [outer]
    - import_tasks: part.yml
      tags: [imported]
    - include_tasks: part.yml
      tags: [included]
    - include_tasks: { file: part.yml, apply: { tags: [applied] } }
      tags: [applied]
    - import_role: { name: r }
      tags: [import_role]
    - include_role: { name: r, apply: { tags: [x] } }
      tags: [x]
- hosts: e1
  gather_facts: false
  tasks:
    - run: untagged
    - include_tasks: part.yml
`;

const files = {
  'part.yml': '- run: "part"\n- run: "own"\n  tags: [own]\n',
  'roles/r/tasks/main.yml': '- run: role\n',
};

describeBothWays('tags', () => {
  const cases: readonly [tags: string[], skipTags: string[], expected: string][] = [
    [['imported'], [], 'always part own'],
    [['included'], [], 'always'],
    [['included', 'own'], [], 'always own own'],
    [['applied'], [], 'always part own'],
    [['role'], [], 'role always'],
    [['import_role'], [], 'always role'],
    [['x'], [], 'always role'],
    [['rare'], [], 'always never'],
    [['never'], [], 'always never'],
    [['inner'], [], 'always inner'],
    [['outer'], [], 'always inner'],
    [['untagged'], [], 'always untagged part'],
    [['tagged'], [], 'role always inner part own part own part own role role'],
    [['all'], [], 'role always inner part own part own part own role role untagged part own'],
    [['all', 'never'], [], 'role always never inner part own part own part own role role untagged part own'],
    [['outer'], ['inner'], 'always'],
    [['outer'], ['always'], 'inner'],
    [[], ['play'], 'untagged part own'],
    [[], ['tagged'], 'untagged part'],
    [[], ['untagged'], 'role always inner part own part own part own role role'],
    [[], ['all'], 'always'],
    [['own'], [], 'always own'],
  ];
  for (const [tags, skipTags, expected] of cases) {
    it(`--tags ${tags.join()} --skip-tags ${skipTags.join()}`, async () => {
      const { world } = await runProject({ inventory: fourNodes, playbook, files, tags, skipTags });
      expect(world.log.map((line) => line.replace('e1 run ', '')).join(' ')).to.equal(expected);
    });
  }
});
