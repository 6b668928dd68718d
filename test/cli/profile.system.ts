import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openTraceFile } from '../../src/cli/trace-file.ts';
import { oms, projectFolder, LOCAL_INVENTORY } from './terminal.ts';

const PLAYBOOK = `- name: make files
  hosts: n-*
  tasks:
    - name: folder of {{db_password}}
      file: { path: "{{out}}/{{inventory_hostname}}", state: directory }
    - name: greet
      copy: { content: "{{db_password}}{{item}}", dest: "{{out}}/{{inventory_hostname}}/{{item}}" }
      loop: [a, b]
`;

interface TraceRecord {
  readonly ph: string;
  readonly name: string;
  readonly cat?: string;
}

describe('cli: profile', () => {
  const cwd = projectFolder({ 'inventory/inventory.yml': LOCAL_INVENTORY, 'files.yml': PLAYBOOK });
  const newOut = () => projectFolder({});
  const run = (out: string, ...args: string[]) => oms(['files.yml', '-e', `out=${out}`, ...args], { cwd });
  const traceIn = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as TraceRecord[];

  it('is printed behind the recap, and only when it is asked for', async () => {
    const { code, stdout } = await run(newOut(), '--profile');
    expect(code).to.equal(0);
    const after = stdout.slice(stdout.indexOf('Finished in'));
    expect(after).to.match(/PROFILE .*; 2 nodes together: busy .*, idle /);
    expect(after).to.contain('SLOWEST NODES\n  node').and.contain('ROUND TRIPS PER NODE  least ');
    expect(after).to.contain('  folder of ***').and.not.contain('S3cret_word');
    expect(stdout).not.to.contain('\x1b');
    expect((await run(newOut())).stdout).not.to.contain('PROFILE');
  });

  it('is in the JSON events, and stdout has nothing else', async () => {
    const { stdout } = await run(newOut(), '--profile', '--output', 'json');
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; node?: string; profile?: { phases: object } });
    const finished = events.filter((e) => e.type === 'task-finished');
    expect(finished).to.have.length(8);
    for (const event of finished) expect(event.profile?.phases).to.have.property('checkMs');
    const nodes = events.filter((e) => e.type === 'node-profile').map((e) => e.node);
    expect(nodes).to.have.members(['n-1', 'n-2']);
  });

  it('is written as a trace, which the next run replaces; secrets are not in it', async () => {
    const path = join(newOut(), 'trace.json');
    const { code, stdout, stderr } = await run(newOut(), '--profile-trace', path);
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).not.to.contain('PROFILE');
    const tasks = traceIn(path).filter((r) => r.cat === 'task');
    expect(tasks.map((r) => r.name)).to.include.members(['folder of ***', 'greet', 'item a', 'item b']);
    expect(readFileSync(path, 'utf8')).not.to.contain('S3cret_word');
    writeFileSync(path, `${readFileSync(path, 'utf8')}\n and more`);
    expect((await run(newOut(), '--profile-trace', path, '--check')).code).to.equal(0);
    expect(traceIn(path).filter((r) => r.cat === 'task')).to.have.length(tasks.length);
  });

  it('takes a path from where the program is called', async () => {
    await run(newOut(), '--profile-trace', 'here.json');
    expect(traceIn(join(cwd, 'here.json'))).to.be.an('array').that.is.not.empty;
  });

  describe('a file that cannot take the trace is an error before anything is done:', () => {
    const place = projectFolder({ 'a-file': '', 'playbook.yml': PLAYBOOK });
    mkdirSync(join(place, 'folder'));
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['its folder is not there', 'no/such/trace.json', /: its folder is not there\n$/],
      ['its folder is a file', 'a-file/trace.json', /: its folder is a file\n$/],
      ['it is a folder', 'folder', /: it is a folder\n$/],
      [
        'it holds something else',
        'playbook.yml',
        /is there and is no trace; it was not touched\. Give another/,
      ],
    ];
    for (const [what, name, message] of cases) {
      it(what, async () => {
        const out = newOut();
        const { code, stdout, stderr } = await run(out, '--profile-trace', join(place, name), '-k');
        expect({ code, stdout }).to.deep.equal({ code: 1, stdout: '' });
        expect(stderr)
          .to.match(message)
          .and.match(/^error: --profile-trace: .*/);
        expect(readdirSync(out)).to.deep.equal([]);
        expect(readFileSync(join(place, 'playbook.yml'), 'utf8')).to.equal(PLAYBOOK);
      });
    }

    it('nobody is asked for a password first', async () => {
      const { asked } = await run(newOut(), '--profile-trace', join(place, 'folder'), '-k');
      expect(asked).to.deep.equal([]);
    });

    it('it may not be written', async function () {
      // Root may write everything but what is no file.
      const path = process.getuid?.() === 0 ? '/proc/version' : join(newOut(), 'read-only');
      if (path.endsWith('read-only')) {
        writeFileSync(path, '');
        chmodSync(path, 0o444);
      }
      const { code, stderr } = await run(newOut(), '--profile-trace', path);
      expect(code).to.equal(1);
      expect(stderr).to.match(/^error: --profile-trace: /);
    });
  });

  it('a disk that is full ends the trace, not the run', async () => {
    const out = newOut();
    const path = join(newOut(), 'trace.json');
    symlinkSync('/dev/full', path);
    const { code, stderr } = await run(out, '--profile-trace', path, '--profile');
    expect(code).to.equal(0);
    expect(stderr).to.match(/the "trace" output failed and was dropped: .*ENOSPC/);
    expect(existsSync(join(out, 'n-1/b'))).to.equal(true);
  });

  it('is in the file soon, for the case that the program is killed', async () => {
    const path = join(newOut(), 'trace.json');
    const trace = openTraceFile(path, 20);
    trace.write('[');
    while (readFileSync(path, 'utf8') === '') await sleep(5);
    trace.write(']');
    trace.close();
    expect(readFileSync(path, 'utf8')).to.equal('[]');
  });

  it('fails at the next record when the disk was full in between', async () => {
    const path = join(newOut(), 'trace.json');
    symlinkSync('/dev/full', path);
    const trace = openTraceFile(path, 20);
    trace.write('x');
    await sleep(60);
    expect(() => trace.close()).to.throw(/ENOSPC/);
  });

  it('is not written by what does not run', async () => {
    const path = join(newOut(), 'trace.json');
    expect((await run(newOut(), '--profile-trace', path, '--list-tasks')).code).to.equal(0);
    expect((await oms(['files.yml', '--profile-trace', path], { cwd })).code).to.equal(1);
    expect(existsSync(path)).to.equal(false);
  });
});
