import { chmodSync } from 'node:fs';
import { expect } from 'chai';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { askScripts } from '../../src/load/inventory-scripts.ts';
import type { Inventory } from '../../src/model/inventory.ts';
import { project } from './project.ts';

interface Loaded {
  readonly inventory: Inventory;
  readonly problems: readonly Diagnostic[];
  readonly text: string;
}

/** Runs a script as a dynamic inventory. */
async function dynamic(script: string, options: { mode?: number; timeoutMs?: number } = {}): Promise<Loaded> {
  const made = project({ 'dyn.sh': script, 'group_vars/web.yml': 'from_file: 1\n' });
  try {
    const path = made.path('dyn.sh');
    chmodSync(path, options.mode ?? 0o755);
    const scripts = await askScripts([path], made.sources, { timeoutMs: options.timeoutMs ?? 30_000 });
    const { value, problems } = loadInventory([path], made.sources, { scripts });
    return {
      inventory: value,
      problems,
      text: problems.map(({ summary, detail }) => `${summary}: ${detail}`).join('\n'),
    };
  } finally {
    made.remove();
  }
}

const printing = (text: string): string => `#!/bin/sh\ncat <<'END'\n${text}\nEND\n`;

describe('dynamic inventories', () => {
  it('give groups, hosts and variables, each with its place in what was printed', async () => {
    const { inventory, problems } = await dynamic(
      printing(
        '{"web": {"hosts": ["a", "b"],\n  "vars": {"v": [1, true]}},\n "_meta": {"hostvars": {"a": {"x": 1}}}}',
      ),
    );
    expect(problems).to.deep.equal([]);
    expect([...inventory.nodes.keys()]).to.deep.equal(['a', 'b']);
    const layers = inventory.nodes.get('a')?.layers ?? [];
    expect(layers.map(({ label }) => label)).to.deep.equal([
      'dyn.sh: web.vars',
      'group_vars/web.yml',
      'dyn.sh: a',
    ]);
    expect(layers[0]?.vars.get('v')?.value.at).to.deep.equal({
      file: 'dyn.sh --list',
      line: 2,
      column: 17,
      length: 9,
    });
    expect(layers[2]?.vars.get('x')?.at).to.deep.equal({
      file: 'dyn.sh --list',
      line: 3,
      column: 31,
      length: 3,
    });
  });

  it('are asked for each host where they print no _meta, and never with a name that is an option', async () => {
    const { inventory, text } = await dynamic(
      '#!/bin/sh\nif [ "$1" = --list ]; then echo \'{"web": ["a", "b", "-x"]}\'; else echo "{\\"me\\": \\"$2\\"}"; fi\n',
    );
    expect(text).to.match(/"-x" cannot name a node/);
    const me = (name: string) => inventory.nodes.get(name)?.layers.at(-1)?.vars.get('me')?.value;
    expect(me('a')).to.deep.include({ value: 'a' });
    expect(me('b')).to.deep.include({ value: 'b' });
  });

  it('are run without a shell: the name of a host is one argument', async () => {
    const { text } = await dynamic(
      '#!/bin/sh\nif [ "$1" = --list ]; then echo \'{"web": ["a;echo", "b"]}\'; else echo "{\\"n\\": $#}"; fi\n',
    );
    expect(text).to.match(/"a;echo" cannot name a node/);
  });

  const failures: readonly (readonly [string, string, RegExp, { mode?: number; timeoutMs?: number }?])[] = [
    ['not executable', '#!/bin/sh\necho {}\n', /begins with "#!"[^]*chmod \+x dyn\.sh/, { mode: 0o644 }],
    ['exit code, with stderr', '#!/bin/sh\necho no token >&2\nexit 3\n', /exit code 3\.\nno token/],
    ['a signal', '#!/bin/sh\nkill -9 $$\n', /ended by SIGKILL/],
    ['no interpreter', '#!/no/such/thing\n', /interpreter in its first line/],
    ['too slow', '#!/bin/sh\nsleep 60\n', /did not end within 0\.3 s/, { timeoutMs: 300 }],
    [
      'a child that stays',
      '#!/bin/sh\nsleep 60 &\necho "{}"\nwait\n',
      /did not end within/,
      { timeoutMs: 300 },
    ],
    [
      'not JSON',
      '#!/bin/sh\necho oops; echo why >&2\n',
      /not JSON: Here it is no JSON\. dyn\.sh --list must print JSON[^]*why/,
    ],
    ['JSON that ends early', printing('{"a": ['), /ends before it is whole/],
    ['nothing', '#!/bin/sh\n', /printed nothing/],
    ['a list', printing('["a"]'), /must print a map of groups[^]*not a list/],
    [
      'hosts that are no list',
      printing('{"web": {"hosts": "a"}}'),
      /"hosts" of group "web" must be a list of names, not text/,
    ],
    ['a group that is a number', printing('{"web": 5}'), /Group "web" must be a list of hosts or a map/],
    [
      'hostvars that are no map',
      printing('{"_meta": {"hostvars": []}, "web": ["a"]}'),
      /"hostvars" must be a map/,
    ],
    ['too much', '#!/bin/sh\nexec head -c 30000000 /dev/zero\n', /more than 20 MB/],
    [
      '--host that fails',
      '#!/bin/sh\n[ "$1" = --list ] || exit 4\necho \'{"web": ["a"]}\'\n',
      /dyn\.sh --host a: it ended with exit code 4/,
    ],
  ];
  for (const [name, script, expected, options] of failures) {
    it(`say clearly what is wrong: ${name}`, async function () {
      this.timeout(20_000);
      const { text, problems } = await dynamic(script, options);
      expect(text).to.match(expected);
      expect(problems.some(({ severity }) => severity === 'error')).to.equal(true);
    });
  }

  it('what they say on stderr is a warning', async () => {
    const { problems, inventory } = await dynamic(`${printing('{"web": ["a"], "_meta": {}}')}echo old >&2\n`);
    expect(problems.map(({ severity, detail }) => `${severity} ${detail}`)).to.deep.equal([
      'warning dyn.sh --list ended well, but says:\nold',
    ]);
    expect(inventory.nodes.size).to.equal(1);
  });

  it('variables that cannot be are left out with a warning: the script is often not theirs who use it', async () => {
    const { problems, inventory } = await dynamic(
      printing('{"web": {"hosts": ["a"], "vars": {"tag-name": 1, "ok": 2}}, "_meta": {"hostvars": {}}}'),
    );
    expect(problems.map(({ severity }) => severity)).to.deep.equal(['warning']);
    expect([...(inventory.nodes.get('a')?.layers[0]?.vars.keys() ?? [])]).to.deep.equal(['ok']);
  });

  it('are not run where nobody asked for it', () => {
    const made = project({ 'dyn.sh': printing('{"web": ["a"]}') });
    chmodSync(made.path('dyn.sh'), 0o755);
    const { problems } = loadInventory([made.path('dyn.sh')], made.sources);
    made.remove();
    expect(problems[0]?.summary).to.equal('dynamic inventory not run');
  });

  it('an executable text without #! is read, not run', async () => {
    const { inventory } = await dynamic('[web]\na\n');
    expect([...inventory.nodes.keys()]).to.deep.equal(['a']);
  });
});
