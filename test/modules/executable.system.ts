import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createSources } from '../../src/load/sources.ts';
import { loadUserModules } from '../../src/cli/user-modules.ts';
import type { AnyModule } from '../../src/modules/define.ts';
import { ModuleError } from '../../src/modules/define.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { RealNode } from './real-node.ts';
import { kinds, openRealNode } from './real-node.ts';

const DESCRIPTION = 'summary: x\nargs: { name: { no_log: true }, count: { type: int, default: 1 } }\n';

/** Code of the guide, by the file that the line before it names. */
async function fromGuide(): Promise<ReadonlyMap<string, string>> {
  const guide = await readFile(join(import.meta.dirname, '..', '..', 'docs', 'writing-modules.md'), 'utf8');
  const blocks = [...guide.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, , text = '']) => text);
  const named = blocks.flatMap((text): [string, string][] => {
    const name = /^(?:#!.*\n)?# (modules\/\S+)\n/.exec(text)?.[1];
    return name === undefined ? [] : [[name, text]];
  });
  return new Map(named);
}

for (const kind of kinds) {
  describe(`a user's programs as modules, on a node with ${kind === 'busybox' ? 'busybox alone' : 'the usual tools'}`, function () {
    this.timeout(20_000);
    let real: RealNode;
    before(async () => {
      real = await openRealNode(kind);
    });
    after(() => real.close());

    async function load(files: Readonly<Record<string, string>>): Promise<{
      readonly modules: readonly AnyModule[];
      readonly problems: readonly Diagnostic[];
      readonly broken: readonly string[];
    }> {
      const folder = real.at(`p${Math.random()}`);
      await mkdir(join(folder, 'modules'), { recursive: true });
      for (const [name, text] of Object.entries(files)) {
        await writeFile(join(folder, name), text);
        if (!/\.ya?ml$/.test(name)) await chmod(join(folder, name), 0o755);
      }
      const sources = createSources({ cwd: folder });
      const { value, ...rest } = await loadUserModules([join(folder, 'p.yml')], new Set(['copy']), sources);
      return { modules: value, ...rest };
    }

    async function program(text: string, description = DESCRIPTION): Promise<AnyModule> {
      const { modules, problems } = await load({ 'modules/mine.yml': description, 'modules/mine': text });
      expect(problems).to.deep.equal([]);
      return modules[0] as AnyModule;
    }

    async function use(
      module: AnyModule,
      given: object,
    ): Promise<{ said: readonly unknown[]; result: unknown }> {
      const args = module.args.parse(given);
      const found = await module.check(real.node, args);
      const result = found.changes.length > 0 ? await module.apply(real.node, args, found) : found.result;
      return { said: found.changes, result };
    }

    async function failure(
      text: string,
      given: object = {},
      description = DESCRIPTION,
    ): Promise<ModuleError> {
      const error: unknown = await use(await program(text, description), given).catch((e: unknown) => e);
      if (error instanceof ModuleError) return error;
      throw error instanceof Error ? error : new Error('it did not fail');
    }

    for (const [file, given, twice] of [
      ['motd.sh', { text: 'a "b" \\ 水', path: 'motd 文' }, { text: 'a "b" \\ 水' }],
      ['json_file.py', { path: 'x.json', values: { a: [1, '水'] } }, { values: { a: [1, '水'] } }],
    ] as const) {
      // Python is none of busybox's tools.
      if (kind === 'busybox' && file.endsWith('.py')) continue;
      it(`the guide's ${file} changes, and then has nothing to do`, async () => {
        const guide = await fromGuide();
        const name = file.split('.')[0] ?? '';
        const { modules, problems } = await load({
          [`modules/${name}.yml`]: guide.get(`modules/${name}.yml`) ?? '',
          [`modules/${file}`]: guide.get(`modules/${file}`) ?? '',
        });
        expect(problems).to.deep.equal([]);
        const module = modules[0] as AnyModule;
        const args = { ...given, path: real.at(given.path) };
        const first = await use(module, args);
        expect(first.said).to.have.length(1);
        expect(first.said[0]).to.have.nested.property('diff.kind', 'text');
        expect(await use(module, args)).to.deep.equal({ said: [], result: twice });
        expect(await readFile(real.at(given.path), 'utf8')).to.include('水');
      });
    }

    it('is told action, arguments, node, and what its check has found', async () => {
      const module = await program(`#!/bin/sh
call=$(cat)
if [ $OMS_PLAY_ACTION = check ]; then echo '{"changes": [{"subject": "s", "summary": "t"}], "state": {"n": 1}}'
else printf '{"result": {"call": %s, "name": "%s", "count": "%s"}}' "$call" "$OMS_PLAY_ARG_NAME" "$OMS_PLAY_ARG_COUNT"; fi`);
      const { result } = await use(module, { name: `it's $HOME` });
      expect(result).to.deep.equal({
        call: {
          protocol: 1,
          action: 'apply',
          args: { name: `it's $HOME`, count: 1 },
          changes: [{ subject: 's', summary: 't' }],
          state: { n: 1 },
          node: { name: 'here', region: '' },
        },
        name: `it's $HOME`,
        count: '1',
      });
    });

    it('no argument is in an argument list, and nothing is left behind', async () => {
      const module = await program(`#!/bin/sh
seen=0
for f in /proc/[0-9]*/cmdline; do
  case $(tr '\\0' ' ' <"$f" 2>/dev/null) in *"$OMS_PLAY_ARG_NAME"*) seen=$f ;; esac
done
printf '{"result": {"at": "%s", "seen": "%s"}}' "$0" "$seen"`);
      const { result } = await use(module, { name: 's3cr-et-42' });
      expect(result).to.include({ seen: '0' });
      expect(await readdir(tmpdir())).to.not.include((result as { at: string }).at.split('/').at(-2));
    });

    if (kind === 'busybox') return;

    it('a large one travels packed', async () => {
      const module = await program(`#!/bin/sh\necho '{"result": {"a": 1}}'; exit 0\n${'#'.repeat(300_000)}`);
      expect(await use(module, {})).to.deep.equal({ said: [], result: { a: 1 } });
    });

    it('every bad answer is told for what it is', async () => {
      const told = async (text: string): Promise<string> =>
        (await failure(`#!/bin/sh\n${text}`)).failure.message;
      expect(await told('exit 0')).to.include('answered nothing');
      expect(await told('echo hello')).to.include('answered no JSON');
      expect(await told('echo no >&2; exit 3')).to.include('ended with exit code 3');
      expect(await told(`echo '{"result": {}}'; exit 3`)).to.include('ended with exit code 3');
      expect(await told(`echo '{"changed": true}'`)).to.include('protocol');
      expect(await told(`echo '{"changes": [{"subject": "x"}]}'`)).to.include('changes.0.summary');
      expect(await told(`yes aaaaaaaaaaaaaaaaaaaaaaaaaa`)).to.include('more than 1 MiB');
      const said = await failure(
        `#!/bin/sh\necho why >&2; echo '{"failed": true, "message": "m", "hint": "h"}'`,
      );
      expect(said.failure).to.deep.equal({ message: 'm', hint: 'h', stderr: 'why' });
      const missing = await failure('#!/no/such/interpreter\n');
      expect(missing.failure.hint).to.include('installed on the node');
      const other = await failure(
        `#!/bin/sh\necho '{"result": {"n": "text"}}'`,
        {},
        `${DESCRIPTION}returns: { n: { type: int } }\n`,
      );
      expect(other.failure.message).to.include('result.n');
    });

    it('one that does not end is ended', async () => {
      const module = await program('#!/bin/sh\nsleep 60', `${DESCRIPTION}timeout: 0.2\n`);
      const error: unknown = await use(module, {}).catch((e: unknown) => e);
      expect(String(error)).to.match(/timed out after 0.2 s/);
    });

    it('types, choices and secrets are those of the description', async () => {
      const module = await program(
        'x',
        `summary: x
args:
  mode: { choices: [a, b], required: true }
  hosts: { type: list, elements: dict, options: { port: { type: int, required: true } } }
  size: { type: str }
  token: { no_log: true, description: Of the service. }
`,
      );
      const wrong = (given: object): boolean => !module.args.safeParse(given).success;
      expect([{}, { mode: 'c' }, { mode: 'a', more: 1 }, { mode: 'a', hosts: [{}] }].map(wrong)).to.deep.equal([
        true, true, true, true,
      ]); // prettier-ignore
      expect(module.args.parse({ mode: 'b', size: 8, hosts: [{ port: 1 }] })).to.deep.equal({
        mode: 'b', size: '8', hosts: [{ port: 1 }],
      }); // prettier-ignore
    });

    it('mistakes in modules/ are told with their place', async () => {
      const told = async (files: Readonly<Record<string, string>>): Promise<string> => {
        const { problems, broken } = await load(files);
        return problems
          .map(({ at, detail }) => `${at?.file}:${at?.line} ${broken.join()} ${detail}`)
          .join('\n');
      };
      expect(await told({ 'modules/a.sh': 'x' })).to.match(/^modules\/a\.sh:1 a .*no description/);
      expect(await told({ 'modules/a.yml': DESCRIPTION })).to.match(/^modules\/a\.yml:1 a .*no program/);
      expect(await told({ 'modules/a.yml': 'args: {}\n', 'modules/a': 'x' })).to.match(
        /:1 a .*needs "summary"/,
      );
      expect(await told({ 'modules/a.yml': `${DESCRIPTION}arg: {}\n`, 'modules/a': '' })).to.match(
        /:3 a .*"arg"/,
      );
      expect(await told({ 'modules/a.yml': DESCRIPTION, 'modules/a': '', 'modules/a.py': '' })).to.match(
        /which one/,
      );
      expect(await told({ 'modules/copy.yml': DESCRIPTION, 'modules/copy': '' })).to.match(
        /comes with oms-play/,
      );
      expect(await told({ 'modules/A-b.yml': DESCRIPTION, 'modules/A-b': '' })).to.match(/a-z, 0-9 and _/);
    });
  });
}
