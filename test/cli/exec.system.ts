import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { playText } from '../../src/cli/exec-play.ts';
import { builtinModules } from '../../src/modules/index.ts';
import { LOCAL_INVENTORY, oms, projectFolder, type Ran } from './terminal.ts';

const modules = new Map(builtinModules.map((module) => [module.name, module]));
const text = (module: string | undefined, args: string | undefined, ...command: string[]): string =>
  playText({ pattern: 'all', module, args, command }, modules).split('\n').slice(4).join('\n').trim();

describe('oms-play exec: the play it makes', () => {
  it('words behind -- are a program with its arguments', () => {
    expect(text(undefined, undefined, 'df', '-h', 'a b')).to.equal(
      'command:\n        "argv": ["df","-h","a b"]',
    );
  });

  it('free-form text, with the arguments that stand before it', () => {
    expect(text('shell', 'chdir=/tmp stdin="a b" X=1 ls | wc')).to.equal(
      'shell: "X=1 ls | wc"\n      args:\n        "chdir": "/tmp"\n        "stdin": "a b"',
    );
    expect(text(undefined, 'uptime -p')).to.equal('command: "uptime -p"');
    expect(text('debug', 'msg=hello')).to.equal('debug:\n        "msg": "hello"');
  });

  it('name=value words, typed ones, and JSON', () => {
    const file = 'file:\n        "path": "/tmp/x y"\n        "mode": "0755"';
    expect(text('file', `path='/tmp/x y' mode=0755`)).to.equal(file);
    expect(text('ansible.builtin.file', '{"path": "/tmp/x y", "mode": "0755"}')).to.equal(file);
    expect(text('file', 'path=/x recurse:=true')).to.equal(
      'file:\n        "path": "/x"\n        "recurse": true',
    );
    expect(text('ping', undefined)).to.equal('ping: {}');
  });

  it('-B and -P as async and poll', () => {
    const wanted = { pattern: 'all', module: undefined, args: 'x', command: [], background: 60, poll: 0 };
    expect(playText(wanted, modules)).to.contain('\n      async: 60\n      poll: 0\n');
    const { background: _, ...none } = wanted;
    expect(() => playText(none, modules)).to.throw('give -B SECONDS as well');
  });

  it('says what is wrong with a command line', () => {
    expect(() => text('sttat', 'path=/')).to.throw('no module is called "sttat". Did you mean "stat"?');
    expect(() => text(undefined, undefined)).to.throw('nothing to run');
    expect(() => text('file', 'path')).to.throw('"path" is no name=value');
    expect(() => text('file', 'path:=/x')).to.throw('no JSON');
    expect(() => text('file', '{"path"')).to.throw('-a is no JSON');
    expect(() => text('file', `path='x`)).to.throw('is not closed');
    expect(() => text('file', 'path=/x', 'ls')).to.throw('go to -a');
    expect(() => text('ping', undefined, 'ls')).to.throw('go to -a');
  });
});

describe('oms-play exec', () => {
  let dir = '';
  before(() => (dir = projectFolder({ 'inventory/inventory.yml': LOCAL_INVENTORY })));
  const exec = (...argv: string[]): Promise<Ran> => oms(['exec', ...argv], { cwd: dir });

  it('shows what the nodes say with their names, and what came of it', async () => {
    const { code, stdout } = await exec('north', '--', 'sh', '-c', 'echo "$0"; echo err >&2', '-h *');
    expect(code).to.equal(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, -1).toSorted()).to.deep.equal([
      '  changed      n-1   rc=0',
      '  changed      n-2   rc=0',
      '  |            n-1   -h *',
      '  |            n-1   err',
      '  |            n-2   -h *',
      '  |            n-2   err',
    ].toSorted()); // prettier-ignore
    expect(lines.at(-1)).to.match(/^Finished in .*: 2 changed$/);
  });

  it('one line for each node, failures too, with the exit code of run', async () => {
    const { code, stdout } = await exec(
      'n-1',
      '-o',
      '-m',
      'shell',
      '-a',
      'echo {{greeting}}; echo b; exit 3',
    );
    expect([code, stdout]).to.deep.equal([2, 'n-1 | FAILED | rc=3 | (stdout) hello n-1\\nb\n']);
    const pinged = await exec('all', '-o', '-m', 'ping', '-l', 'south');
    expect([pinged.code, pinged.stdout]).to.deep.equal([
      0,
      's-1 | OK => {"ping":"pong","changed":false,"failed":false,"skipped":false}\n',
    ]);
  });

  it('shows the result of what is no command', async () => {
    const { stdout } = await exec('s-1', '-m', 'ping');
    expect(stdout).to.equal('  ok           s-1\n      {\n        "ping": "pong"\n      }\n');
  });

  it('-C touches nothing', async () => {
    const path = join(dir, 'new');
    const args = ['s-1', '-m', 'file', '-a', `path=${path} state=directory mode=0755`];
    const checked = await exec(...args, '-C', '--exit-code');
    expect([checked.code, existsSync(path)]).to.deep.equal([3, false]);
    expect(checked.stdout).to.contain('absent → directory 0755');
    expect([(await exec(...args)).code, existsSync(path)]).to.deep.equal([0, true]);
  });

  it('--output json gives events, and masks secrets', async () => {
    const { stdout } = await exec('s-1', '--output', 'json', '--', 'echo', '{{db_password}}');
    const types = stdout.trim().split('\n').map((line) => (JSON.parse(line) as { type: string }).type); // prettier-ignore
    expect(types).to.include.members(['run-started', 'task-output', 'run-finished']);
    expect(stdout).to.contain('***').and.not.to.contain('S3cret_word');
  });

  it('a module of the user beside where one is', async () => {
    const module = `export default ({ z }) => ({ name: 'mine', summary: 'x',
  args: z.strictObject({ n: z.number().describe('n') }), returns: z.object({}),
  check: async (_, { n }) => ({ changes: [], result: { n } }), apply: async () => ({}) });\n`;
    const own = projectFolder({ 'inventory/inventory.yml': LOCAL_INVENTORY, 'modules/mine.mjs': module });
    const { code, stdout, stderr } = await oms(['exec', 's-1', '-o', '-m', 'mine', '-a', 'n=4'], {
      cwd: own,
    });
    expect([code, stdout, stderr]).to.deep.equal([
      0,
      's-1 | OK => {"n":4,"changed":false,"failed":false,"skipped":false}\n',
      '',
    ]);
  });

  it('refuses what is wrong before it does anything', async () => {
    const wrong = await exec('s-1', '-m', 'stat', '-a', 'pat=/x');
    expect([wrong.code, wrong.stdout]).to.deep.equal([1, '']);
    expect(wrong.stderr).to.contain('Did you mean "path"?');
    const nobody = await exec('nope', '--', 'ls');
    expect([nobody.code, nobody.stdout]).to.deep.equal([1, '']);
    expect(nobody.stderr).to.contain('Nothing in the inventory matches "nope"');
    const left = await exec('north', '-l', 'south', '--', 'ls');
    expect([left.code, left.stderr.includes('no node matches')]).to.deep.equal([1, true]);
  });
});
