import { expect } from 'chai';
import fc from 'fast-check';
import { runProject } from '../run/support.ts';
import { patience, runs } from './runs.ts';

/** Low to high, as docs/inventory.md and ARCHITECTURE.md say: the one list of precedence. */
const LEVELS = [
  'role defaults',
  'inventory: all',
  'group_vars/all',
  'inventory: region',
  'group_vars/region',
  'inventory: group',
  'group_vars/group',
  'inventory: node',
  'host_vars/node',
  'play vars',
  'vars_files, first',
  'vars_files, second',
  'role vars',
  'role parameters',
  'block vars, outer',
  'block vars, inner',
  'task vars',
  'include_vars',
  'register',
  'set_fact',
  '-e',
] as const;
type Level = (typeof LEVELS)[number];

/** What only the tasks of the role, the block or the task itself see. */
const INSIDE: readonly Level[] = ['role parameters', 'block vars, outer', 'block vars, inner', 'task vars'];

/** Names of variables with the levels that define them; each gives it the level's name for a value. */
type Definitions = Readonly<Record<string, readonly Level[]>>;

function varsAt(level: Level, defined: Definitions): Record<string, string> {
  const names = Object.keys(defined).filter((name) => defined[name]?.includes(level));
  return Object.fromEntries(names.map((name) => [name, level]));
}

/** One text with all values; what was registered is a map. */
function reading(names: readonly string[], where: string): string {
  return `${where} ${names.map((name) => `${name}={{default ${name}.stdout ${name}}};`).join('')}`;
}

function projectOf(defined: Definitions) {
  const vars = (level: Level): Record<string, string> => varsAt(level, defined);
  const outside = Object.keys(defined).filter((name) =>
    defined[name]?.some((level) => !INSIDE.includes(level)),
  );
  const registers = Object.keys(vars('register')).map((name) => ({ run: 'register', register: name }));
  const facts = vars('set_fact');
  const inner = [
    { include_vars: 'included.yml' },
    ...registers,
    ...(Object.keys(facts).length === 0 ? [] : [{ set_fact: facts }]),
    { run: reading(Object.keys(defined), 'inside'), vars: vars('task vars') },
  ];
  const tasks = [
    { vars: vars('block vars, outer'), block: [{ vars: vars('block vars, inner'), block: inner }] },
  ];
  const play = {
    hosts: 'node',
    vars: vars('play vars'),
    vars_files: ['first.yml', 'second.yml'],
    roles: [{ role: 'r', vars: vars('role parameters') }],
    tasks: [{ run: reading(outside, 'outside') }],
  };
  const inventory = {
    vars: vars('inventory: all'),
    regions: {
      region: { vars: vars('inventory: region'), nodes: { node: { vars: vars('inventory: node') } } },
    },
    groups: { group: { vars: vars('inventory: group'), nodes: ['node'] } },
  };
  const files = {
    'first.yml': vars('vars_files, first'),
    'second.yml': vars('vars_files, second'),
    'group_vars/all.yml': vars('group_vars/all'),
    'group_vars/region.yml': vars('group_vars/region'),
    'group_vars/group.yml': vars('group_vars/group'),
    'host_vars/node.yml': vars('host_vars/node'),
    'roles/r/defaults/main.yml': vars('role defaults'),
    'roles/r/vars/main.yml': vars('role vars'),
    'roles/r/vars/included.yml': vars('include_vars'),
    'roles/r/tasks/main.yml': tasks,
  };
  return {
    inventory: JSON.stringify(inventory),
    playbook: JSON.stringify([play]),
    files: Object.fromEntries(Object.entries(files).map(([name, data]) => [name, JSON.stringify(data)])),
    extra: vars('-e'),
  };
}

type Seen = Readonly<Record<string, string>>;

/** What the tasks inside the role and behind it saw. */
async function seen(defined: Definitions, speculate = true): Promise<{ inside: Seen; outside: Seen }> {
  const { world } = await runProject({ ...projectOf(defined), options: { speculate } });
  const valuesOf = (where: string): Seen => {
    const line = world.log.find((one) => one.startsWith(`node run ${where} `)) ?? '';
    return Object.fromEntries(
      [...line.matchAll(/(\w+)=([^;]*);/g)].map(([, name = '', value = '']) => [name, value]),
    );
  };
  return { inside: valuesOf('inside'), outside: valuesOf('outside') };
}

/** The highest of the levels that can be seen there. */
function modelOf(defined: Definitions, hidden: readonly Level[]): Seen {
  const entries = Object.entries(defined).flatMap(([name, levels]) => {
    const highest = LEVELS.findLast((level) => levels.includes(level) && !hidden.includes(level));
    return highest === undefined ? [] : [[name, highest] as const];
  });
  return Object.fromEntries(entries);
}

describe('precedence: every pair of levels', () => {
  const pairs = LEVELS.flatMap((low, i) => LEVELS.slice(i + 1).map((high) => [low, high] as const));
  const nameOf = (pair: readonly [Level, Level]): string => `p${pairs.findIndex((one) => one === pair)}`;
  let both: { inside: Seen; outside: Seen };

  before(async () => {
    both = await seen(Object.fromEntries(pairs.map((pair) => [nameOf(pair), pair])));
  });

  for (const low of LEVELS.slice(0, -1)) {
    const above = pairs.filter(([one]) => one === low);
    it(`${low} is below all that come after it`, () => {
      for (const pair of above) expect(both.inside[nameOf(pair)], pair.join(' < ')).to.equal(pair[1]);
    });
  }

  it('behind the role its parameters and the vars of blocks and tasks are gone, all others stay', () => {
    const names = Object.fromEntries(pairs.map((pair) => [nameOf(pair), pair]));
    expect(both.outside).to.deep.equal(modelOf(names, INSIDE));
  });

  it('of set_fact and register the later one counts', async () => {
    const playbook = `
- hosts: node
  tasks:
    - set_fact: { x: fact }
    - { run: registered, register: x }
    - { run: "saw {{default x.stdout x}}" }
`;
    const { world } = await runProject({ inventory: 'regions: { r: { nodes: { node: {} } } }', playbook });
    expect(world.log).to.include('node run saw registered');
  });
});

describe('property: precedence', () => {
  const levels = fc.subarray([...LEVELS], { minLength: 1, maxLength: 6 });
  const definitions = fc
    .array(levels, { minLength: 1, maxLength: 12 })
    .map((list): Definitions => Object.fromEntries(list.map((some, i) => [`v${i}`, some])));

  it('is what the model says, with and without speculation', async function () {
    this.timeout(patience(20));
    await fc.assert(
      fc.asyncProperty(definitions, fc.boolean(), async (defined, speculate) => {
        const found = await seen(defined, speculate);
        expect(found.inside).to.deep.equal(modelOf(defined, []));
        expect(found.outside).to.deep.equal(modelOf(defined, INSIDE));
      }),
      runs(6),
    );
  });
});
