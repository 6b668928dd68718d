import { expect } from 'chai';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder, LOCAL_INVENTORY } from './terminal.ts';

const root = join(import.meta.dirname, '..', '..');
const cache = join(root, '.cache');
let dist = '';

/** Starts the program as a process of its own; its stdin is no terminal. */
function start(cwd: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(dist, 'main.js'), ...args], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stderr }));
  });
  return { child, ended };
}

/** A dead process that nobody has asked about yet (Z) does not live. */
function lives(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The process sleeps and has used no processor for a while: it waits for us. */
async function untilIdle(pid: number): Promise<void> {
  let [seen, since] = ['', performance.now()];
  while (performance.now() - since < 300) {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const now = `${fields[0]} ${fields[11]} ${fields[12]}`;
    if (now !== seen || fields[0] !== 'S') [seen, since] = [now, performance.now()];
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('cli: the process', function () {
  this.timeout(30000);
  // The bundle, as users have it: below the project, where the libraries are found.
  before(() => {
    mkdirSync(cache, { recursive: true });
    dist = mkdtempSync(join(cache, 'unit-dist-'));
    execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', dist], { cwd: root });
  });
  after(() => rmSync(dist, { recursive: true, force: true }));

  const nodes = 'regions:\n  r:\n    nodes: { "n-[1:250]": { address: "10.0.0.[1:250]" } }\n';
  const cwd = projectFolder({
    'inventory/inventory.yml': LOCAL_INVENTORY,
    'many/inventory.yml': `vars: { text: ${'x'.repeat(800)} }\n${nodes}`,
    'large/inventory.yml': `vars: { text: ${'x'.repeat(8000)} }\n${nodes}`,
    'slow.yml': '- hosts: n-1\n  tasks: [{ shell: echo started $$; exec sleep 20 }]\n',
    'ask.yml': '- hosts: n-1\n  tasks: [{ ping: {} }]\n',
  });

  it('loses no output that is read slowly, and ends quietly when nobody reads on', async () => {
    const whole = start(cwd, 'inventory', '-i', 'many', '--list');
    let text = '';
    whole.child.stdout.pause();
    setTimeout(() => whole.child.stdout.resume(), 500);
    whole.child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    expect(await whole.ended).to.deep.equal({ code: 0, stderr: '' });
    expect(JSON.parse(text)).to.have.nested.property('r.hosts').with.length(250);

    const cut = start(cwd, 'inventory', '-i', 'many', '--list');
    cut.child.stdout.once('data', () => cut.child.stdout.destroy());
    expect(await cut.ended).to.deep.equal({ code: 0, stderr: '' });
  });

  it('stays for its reader on the first Ctrl-C behind the end, and leaves on the second', async () => {
    // More than the sockets between them hold.
    const { child, ended } = start(cwd, 'inventory', '-i', 'large', '--list');
    child.stdout.pause();
    const pid = child.pid ?? 0;
    await untilIdle(pid);
    child.kill('SIGINT');
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    expect(said.toString()).to.match(/^waiting for the reader of the output, \d+ MB to go/);
    await untilIdle(pid);
    expect(child.exitCode).to.equal(null);
    child.kill('SIGINT');
    await once(child, 'exit');
    // Else what nobody reads keeps it from being closed.
    child.stdout.resume();
    expect((await ended).code).to.equal(130);
  });

  it('ends a run in good order on SIGINT', async () => {
    const { child, ended } = start(cwd, 'slow.yml', '--output', 'json');
    let text = '';
    let sent = false;
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (!sent && text.includes('"started')) sent = child.kill('SIGINT');
    });
    const { code, stderr } = await ended;
    expect(code).to.equal(130);
    expect(stderr).to.include('interrupting');
    const pid = Number(/started (\d+)/.exec(text)?.[1]);
    expect(pid).to.be.greaterThan(0);
    expect(lives(pid)).to.equal(false);
    expect(text.trimEnd().split('\n').at(-1))
      .to.include('"run-finished"')
      .and.to.include('"interrupted":true');
  });

  it('says what to do when there is no terminal to ask for a password on', async () => {
    const { ended } = start(cwd, 'ask.yml', '-K');
    const { code, stderr } = await ended;
    expect(code).to.equal(1);
    expect(stderr).to.include('no terminal').and.to.include('ansible_become_password');
  });
});
