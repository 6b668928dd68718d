import type { Row } from './ansible-keywords.ts';

const same = (test: string, how?: string): Row => ({
  as: 'same',
  test,
  ...(how === undefined ? {} : { how }),
});
const different = (how: string): Row => ({ as: 'different', how });
const not = (how: string): Row => ({ as: 'not', how });

/** What Ansible's users do every day beside keywords. `word` of a row that says same: what its test mentions. */
export const featureRows: readonly (readonly [feature: string, row: Row, word?: string])[] = [
  [
    'YAML',
    different(
      'YAML 1.2: yes, no, on and off are text, 012 is 12; modes must be quoted. [lint](lint.md#ambiguous-scalar) finds and mends them',
    ),
  ],
  [
    'templates (Jinja2)',
    different(
      'Handlebars: {{name}}, {{#if}}, {{#each}}; strict: an unknown name is an error; see [templates.md](../templates.md)',
    ),
  ],
  ['filters (`x | default(y)`)', different('helpers, with the name in front: {{default x "y"}}')],
  ['tests (`x is defined`)', different('CEL: has(vars.x), x == null, size(x) > 0')],
  [
    'lookups',
    not('Put the value into the inventory, a file of variables or -e; an encrypted one into vault.'),
  ],
  ['handlers in a role', same('test/run/flow.test.ts'), 'handlers'],
  [
    'roles: tasks, handlers, defaults, vars, templates, files, meta',
    same('test/load/role.test.ts'),
    'defaults',
  ],
  ['dependencies of roles', same('test/load/role.test.ts'), 'dependencies'],
  [
    'meta/argument_specs.yml',
    same('test/load/role.test.ts', 'checked before the run too, with what is known then'),
    'argument_specs',
  ],
  [
    'library/ and plugins',
    different(
      'modules/ beside the playbook or in a role: a program in any language, JSON in and JSON out, with a check and an apply; see [writing-modules.md](../writing-modules.md)',
    ),
  ],
  [
    'everyday modules',
    different(
      'Ansible’s names, arguments and results; each [page](../modules/README.md) says what is left out, and why',
    ),
  ],
  ['collections, Galaxy', not('Put roles into roles/ of the project.')],
  ['group_vars, host_vars', same('test/load/inventory.test.ts', 'regions are groups, too'), 'group_vars'],
  ['inventories: INI and YAML', same('test/load/inventory-ansible.test.ts'), 'children'],
  ['dynamic inventories', same('test/load/inventory-script.system.ts'), '_meta'],
  ['patterns: a:b, a:&b, a:!b, ~regex, a[0]', same('test/plan/patterns.test.ts'), 'patterns'],
  ['--limit, @file', same('test/cli/ansible-inventory.system.ts'), 'limit'],
  [
    'precedence of variables',
    different(
      'one short list; `oms-play inventory --host NODE --explain NAME` says where a value comes from; see [the guide](../guide/variables.md)',
    ),
  ],
  [
    'facts',
    different(
      'gathered where they are used, by a shell script without Python, under Ansible’s names; see [facts.md](../facts.md)',
    ),
  ],
  ['local facts (facts.d)', same('test/modules/setup/facts.test.ts'), 'ansible_local'],
  ['cache of facts', different('--fact-cache AGE')],
  ['set_fact', same('test/run/variables.test.ts'), 'set_fact'],
  [
    'magic variables',
    different(
      'inventory_hostname, groups, group_names, ansible_play_hosts, ansible_check_mode … under their names; regions and region_nodes are new',
    ),
  ],
  [
    '--check',
    different(
      'tells the truth: a module cannot act in it, and what cannot be known is called unknown, with the reason',
    ),
  ],
  ['--diff', same('test/cli/vault-run.system.ts'), 'diff'],
  ['--tags, --skip-tags', same('test/plan/names.test.ts'), 'tags'],
  ['--syntax-check, --list-hosts, --list-tasks, --list-tags', same('test/cli/run.system.ts'), 'syntax-check'],
  ['-e name=value, @file', same('test/cli/extra-vars.test.ts', 'name:=JSON gives a typed value'), 'JSON'],
  ['--forks', different('caps the whole run; below it each region has a limit of its own')],
  [
    'ansible-vault',
    different(
      'oms-play vault, with age; files and values of ansible-vault are read; see [vault.md](../vault.md)',
    ),
  ],
  ['`!vault` values', same('test/load/vault.test.ts'), 'vault'],
  ['ansible (ad hoc)', different('oms-play exec PATTERN -- COMMAND, or -m MODULE -a ARGS')],
  ['ansible-doc', different('oms-play doc MODULE')],
  ['ansible-inventory', different('oms-play inventory --graph, --list, --host')],
  ['ansible-lint', different('oms-play lint; `# noqa`, --fix')],
  ['ansible-console, ansible-pull', not('Use oms-play exec; run oms-play where the connections start.')],
  ['ansible.cfg', not('Options of the command line, and OMS_PLAY_INVENTORY.')],
  ['Python on the nodes', not('Nothing is installed on a node: /bin/sh is enough.')],
  ['callbacks', different('--output json: one [event](events.md) per line')],
  ['--step', same('test/run/semantics/steering.test.ts', 'in each region'), 'step'],
  ['--start-at-task', same('test/cli/steering.system.ts'), 'start-at-task'],
  ['hostvars', same('test/run/hostvars.test.ts'), 'hostvars'],
  ['retry files', not('Run it again: what is right stays as it is.')],
];
