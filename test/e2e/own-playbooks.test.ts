import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunEvent } from '../../src/events/event.ts';
import { expectCode, finished, recap } from './events.ts';
import { deploy, lab, labInventory, NODES, onNode, root } from './lab.ts';

const FOLDER = '/tmp/oms-own';

/** Contents that a careless hand would change on the way. */
const CONTENTS: Readonly<Record<string, Buffer>> = {
  'chinese.txt': Buffer.from('数据迁移服务：杭州与黑龙江\n第二行\n'),
  'crlf.txt': Buffer.from('one\r\ntwo\r\n\r\nthree'),
  'no-newline.txt': Buffer.from('the end'),
  'long-line.txt': Buffer.from(`${'行x'.repeat(350_000)}\n`),
  'binary.bin': Buffer.concat([Buffer.from([...Array(256).keys()]), randomBytes(300_000)]),
  'empty.txt': Buffer.alloc(0),
  "odd name '$(id)` \\ 文件.txt": Buffer.from('odd\n'),
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('playbooks of one’s own on real nodes', function () {
  this.timeout(90_000);
  let dir: string;

  const playbook = (name: string, text: string): string => {
    const file = join(dir, name);
    writeFileSync(file, text);
    return file;
  };

  before(async () => {
    await lab('up');
    dir = mkdtempSync(join(tmpdir(), 'oms-play-e2e-'));
    mkdirSync(join(dir, 'files'));
    mkdirSync(join(dir, 'modules'));
    for (const [name, bytes] of Object.entries(CONTENTS)) writeFileSync(join(dir, 'files', name), bytes);
  });
  after(async () => {
    await Promise.all(NODES.map((node) => onNode(node, `rm -rf ${FOLDER}; pkill -KILL -fx 'sleep 4711'`)));
    rmSync(dir, { recursive: true });
  });

  it('bring every byte there unchanged, and read it back the same', async () => {
    const names = JSON.stringify(Object.keys(CONTENTS));
    const file = playbook(
      'bytes.yml',
      `- hosts: all
  become: true
  vars: { names: ${names} }
  tasks:
    - file: { path: ${FOLDER}, state: directory, mode: "0755" }
    - copy: { src: "{{item}}", dest: "${FOLDER}/{{item}}", mode: "0644" }
      loop: "{{names}}"
    - slurp: { src: "${FOLDER}/{{item}}" }
      loop: "{{names}}"
      register: read
`,
    );
    const first = await deploy(file);
    expectCode(first, 0);
    for (const node of NODES) {
      const sums = await onNode(
        node,
        `cd ${FOLDER} && sha256sum -- *.txt *.bin | cut -d' ' -f1 | tr -d '\\\\' | sort`,
      );
      expect(sums.split('\n'), node).to.deep.equal(Object.values(CONTENTS).map(sha256).sort());
    }
    const slurps = first.events.filter(
      (e) => e.type === 'task-finished' && e.module === 'slurp' && e.item !== undefined,
    );
    const read = slurps.map((e) => (e as unknown as { result: { content: string } }).result.content);
    expect(new Set(read)).to.deep.equal(new Set(Object.values(CONTENTS).map((b) => b.toString('base64'))));
    const second = await deploy(file);
    expect(Object.values(recap(second.events)).map((row) => row.changed)).to.deep.equal([0, 0, 0, 0]);
  });

  it('stream what a command says, whatever it says, while it comes', async () => {
    const file = playbook(
      'output.yml',
      `- hosts: hz-1
  tasks:
    - shell: |
        printf '迁'; sleep 0.3; printf '移\\r\\n'; printf '\\377\\000end'
      register: said
`,
    );
    const { events } = await deploy(file);
    const streamed = events.filter((e) => e.type === 'task-output').map((e) => e.text);
    expect(streamed.length).to.be.at.least(2);
    expect(streamed.join('')).to.equal('迁移\r\n\ufffd\u0000end');
    const pieces = events.filter((e) => e.type === 'task-output').map((e) => e.time);
    expect((pieces.at(-1) ?? 0) - (pieces[0] ?? 0)).to.be.at.least(200);
  });

  it('never evaluate what a node says', async () => {
    await onNode(
      'hz-1',
      `mkdir -p ${FOLDER} && printf '%s' '{{oms_meta_password}} {{#each regions}} 1 == 1' > ${FOLDER}/hostile`,
    );
    const file = playbook(
      'hostile.yml',
      `- hosts: hz-1
  tasks:
    - slurp: { src: ${FOLDER}/hostile }
      register: read
    - set_fact: { words: "{{read.text}}" }
    - copy: { content: "{{words}}", dest: ${FOLDER}/copied }
    - shell: printf %s {{sh words}} > ${FOLDER}/printed
      when: words != "" && read.text == words
`,
    );
    const played = await deploy(file);
    expectCode(played, 0);
    const hostile = '{{oms_meta_password}} {{#each regions}} 1 == 1';
    expect(await onNode('hz-1', `cat ${FOLDER}/copied`)).to.equal(hostile);
    expect(await onNode('hz-1', `cat ${FOLDER}/printed`)).to.equal(hostile);
  });

  it('use a module that lies beside them', async () => {
    writeFileSync(
      join(dir, 'modules', 'motd.mjs'),
      `export default ({ defineModule, z }) => defineModule({
  name: 'motd',
  summary: 'Keep a text in a file',
  args: z.strictObject({ text: z.string().describe('The text.') }),
  returns: z.strictObject({ text: z.string() }),
  async check(node, { text }) {
    const before = (await node.readFile('${FOLDER}/motd'))?.toString();
    return { changes: before === text ? [] : [{ subject: 'motd', summary: 'other → ' + text }], result: { text } };
  },
  async apply(node, { text }) {
    await node.writeFile('${FOLDER}/motd', text);
    return { text };
  },
});
`,
    );
    const file = playbook('own.yml', `- hosts: hz-2\n  tasks:\n    - motd: { text: 欢迎 }\n`);
    await onNode('hz-2', `mkdir -p ${FOLDER} && chmod 777 ${FOLDER}`);
    const first = await deploy(file);
    expectCode(first, 0);
    expect(recap(first.events)['hz-2']?.changed).to.equal(1);
    expect(await onNode('hz-2', `cat ${FOLDER}/motd`)).to.equal('欢迎');
    expect(recap((await deploy(file)).events)['hz-2']?.changed).to.equal(0);
  });

  for (const strategy of ['linear', 'host_pinned']) {
    it(`work on no more nodes at once than allowed, strategy ${strategy}`, async () => {
      const tasks = '    - command: sleep 0.3\n'.repeat(2);
      const file = playbook(
        'limits.yml',
        `- hosts: all\n  strategy: ${strategy}\n  parallel: 1\n  tasks:\n${tasks}`,
      );
      const wide = await deploy(file);
      expect(mostAtOnce(wide.events)).to.deep.equal({ 'cn-hangzhou': 1, 'cn-heilongjiang': 1, all: 2 });
      const narrow = await deploy(file, '--forks', '1');
      expect(mostAtOnce(narrow.events)['all']).to.equal(1);
    });
  }

  it('end on Ctrl-C: nothing is left running on the nodes, the recap is shown, exit 130', async () => {
    const file = playbook(
      'long.yml',
      '- hosts: all\n  become: true\n  tasks:\n    - command: sleep 4711\n    - command: touch /tmp/oms-never\n',
    );
    const main = process.env['OMS_PLAY_MAIN'] ?? join(root, 'dist', 'main.js');
    const child = spawn(process.execPath, [main, 'run', file, '-i', labInventory], { cwd: root });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const sleeping = async (): Promise<number> => {
      const found = await Promise.all(NODES.map((node) => onNode(node, 'pgrep -fx "sleep 4711"')));
      return found.filter((pids) => pids !== '').length;
    };
    for (let i = 0; i < 100 && (await sleeping()) < NODES.length; i++)
      await new Promise((r) => setTimeout(r, 100));
    const started = Date.now();
    child.kill('SIGINT');
    expect(await ended).to.equal(130);
    expect(Date.now() - started).to.be.below(8000);
    expect(await sleeping()).to.equal(0);
    expect(out).to.match(/RECAP/);
    expect(await onNode('hz-1', 'ls /tmp/oms-never 2>/dev/null')).to.equal('');
  });

  it('show where and how a task failed', async () => {
    const file = playbook(
      'fails.yml',
      '- hosts: hlj-2\n  tasks:\n    - name: look\n      command: ls /nowhere\n',
    );
    const played = await deploy(file);
    expect(played.code).to.equal(2);
    const [failed] = finished(played.events, 'failed');
    expect(failed?.failure?.exitCode).to.equal(2);
    expect(failed?.failure?.stderr).to.match(/No such file/);
    expect(`${failed?.at.line}:${failed?.at.column}`).to.match(/^[34]:\d+$/);
  });
});

/** The most node tasks that were open at once, by region and in all, from the events alone. */
function mostAtOnce(events: readonly RunEvent[]): Readonly<Record<string, number>> {
  const open: Record<string, number> = {};
  const most: Record<string, number> = {};
  for (const event of events) {
    const step = event.type === 'node-task-started' ? 1 : event.type === 'task-finished' ? -1 : 0;
    if (step === 0 || !('region' in event)) continue;
    for (const name of [event.region, 'all']) {
      open[name] = (open[name] ?? 0) + step;
      most[name] = Math.max(most[name] ?? 0, open[name] ?? 0);
    }
  }
  return most;
}
