import { expect } from 'chai';
import type { TaskFinished } from '../../src/events/event.ts';
import type { OutputStore } from '../../src/run/output-store.ts';
import type { Connector } from '../../src/transport/contract.ts';
import { createFakeLink, type FakeAnswer } from '../../src/transport/fake.ts';
import { finishedTasks, runProject } from './support.ts';

const inventory = `
regions:
  r:
    vars: { oms_password: "S3cret-value" }
    nodes: { n1: { address: 10.0.0.1 } }
`;
const KEEP = 1000;

interface Files extends OutputStore {
  readonly texts: Map<string, string>;
  readonly closed: Set<string>;
}

function filesInMemory(write?: () => void): Files {
  const texts = new Map<string, string>();
  const closed = new Set<string>();
  return {
    keepBytes: KEEP,
    texts,
    closed,
    open({ node, task, stream }) {
      const path = `/outputs/${node}-${task}-${texts.size}.${stream}`;
      texts.set(path, '');
      return {
        path,
        write: (text) => {
          write?.();
          texts.set(path, (texts.get(path) ?? '') + text);
        },
        close: () => void closed.add(path),
        discard: () => void texts.delete(path),
      };
    },
  };
}

function printing(...answers: readonly FakeAnswer[]): Connector {
  return { connect: async () => createFakeLink(answers), close: async () => undefined };
}

const play = (tasks: string): string => `- hosts: all\n  tasks:\n${tasks}`;
const long = Array.from({ length: 500 }, (_, i) => `line ${i}\n`).join('');

type Fields = { readonly [Name in 'stdout' | 'stdout_file' | 'stdout_lines' | 'stdout_truncated']?: unknown };
const resultOf = (event: TaskFinished | undefined): Fields => event?.result as Fields;

describe('outputs that are too large for memory', () => {
  it('are in a file from the first byte, named by an event and the result, which holds both ends', async () => {
    const files = filesInMemory();
    const { events } = await runProject({
      inventory,
      playbook: play(`    - command: long
      register: r
    - debug: { msg: "{{r.stdout_file}} {{r.stdout_truncated}} {{length r.stdout_lines}}" }
`),
      connector: printing({ match: 'long', stdout: long }),
      outputs: files,
    });
    const [command, debug] = finishedTasks(events);
    const { stdout, stdout_file: file, ...result } = resultOf(command);
    expect(files.texts).to.deep.equal(new Map([[file, long]]));
    expect([...files.closed]).to.deep.equal([file]);
    expect(events.filter((e) => e.type === 'task-output-file')).to.deep.include.members([
      { ...events.find((e) => e.type === 'task-output-file'), node: 'n1', stream: 'stdout', file },
    ]);
    const [head = '', tail = ''] = String(stdout).split(/\n\[… \d+ bytes left out; all of it is in .*\]\n/);
    expect(long.startsWith(`${head}\n`)).to.equal(true);
    expect(long.trimEnd().endsWith(`\n${tail}`)).to.equal(true);
    const missing = Number(/\[… (\d+) bytes/.exec(String(stdout))?.[1]);
    expect(missing).to.equal(long.length - head.length - 1 - tail.length - 1);
    expect(result).to.include({ stdout_truncated: true });
    expect(debug?.message).to.match(/^\/outputs\/n1-\d+-0\.stdout true \d+$/);
  });

  it('leave results as they were when they are not too large', async () => {
    const files = filesInMemory();
    const { events } = await runProject({
      inventory,
      playbook: play('    - command: short\n'),
      connector: printing({ match: 'short', stdout: 'x'.repeat(KEEP), stderr: 'y'.repeat(KEEP) }),
      outputs: files,
    });
    const [command] = finishedTasks(events);
    expect(command?.result).to.include({ stdout: 'x'.repeat(KEEP), stderr: 'y'.repeat(KEEP) });
    expect(command?.result).to.not.have.any.keys('stdout_file', 'stdout_truncated', 'stderr_truncated');
    expect(files.texts.size).to.equal(0);
  });

  it('show no secret, neither in the file nor by its halves at the cut', async () => {
    const secret = 'S3cret-value';
    for (let before = KEEP / 2 - secret.length; before <= KEEP / 2; before++) {
      const files = filesInMemory();
      const text = `${'x'.repeat(before)}${secret.repeat(200)}${'y'.repeat(before)}`;
      const { events } = await runProject({
        inventory,
        playbook: play('    - command: "tell {{oms_password}}"\n'),
        connector: printing({ match: /tell/, stdout: text }),
        outputs: files,
      });
      const shown = JSON.stringify(finishedTasks(events)[0]?.result);
      for (const part of ['S3c', 'lue']) {
        expect(shown, `${before}`).to.not.include(part);
        expect([...files.texts.values()].join(''), `${before}`).to.not.include(part);
      }
    }
  });

  it('are in no file with no_log, and are cut all the same', async () => {
    const files = filesInMemory();
    const { events } = await runProject({
      inventory,
      playbook: play(`    - command: long
      no_log: true
      register: r
    - debug: { msg: "{{r.stdout_truncated}} {{length r.stdout_lines}}" }
`),
      connector: printing({ match: 'long', stdout: long }),
      outputs: files,
    });
    expect(files.texts.size).to.equal(0);
    const lines = Number(finishedTasks(events)[1]?.message?.split(' ')[1]);
    expect(lines).to.be.within(50, 200);
  });

  it('of a command that failed or ran too long are cut too', async () => {
    const files = filesInMemory();
    const { events } = await runProject({
      inventory,
      playbook: play('    - command: long\n      ignore_errors: true\n'),
      connector: printing({ match: 'long', stdout: long, exitCode: 3 }),
      outputs: files,
    });
    const [command] = finishedTasks(events);
    expect(command?.failure?.stdout).to.match(/line 499$/);
    expect(command?.result).to.include({
      rc: 3,
      stdout_truncated: true,
      stdout_file: [...files.texts.keys()][0],
    });
  });

  it('that cannot be written are warned of once, and the task goes on', async () => {
    const files = filesInMemory(() => {
      throw new Error('ENOSPC: no space left');
    });
    const { events } = await runProject({
      inventory,
      playbook: play('    - command: long\n'),
      connector: printing({ match: 'long', stdout: long }),
      outputs: files,
    });
    const [command] = finishedTasks(events);
    expect(command).to.include({ status: 'changed' });
    expect(resultOf(command)).to.include({ stdout_truncated: true }).and.not.have.property('stdout_file');
    expect(String(resultOf(command).stdout)).to.match(/\[… \d+ bytes left out\]/);
    expect(events.flatMap((e) => (e.type === 'warning' ? [e.message] : []))).to.deep.equal([
      'n1: the whole stdout of the command cannot be kept: ENOSPC: no space left',
    ]);
    expect(files.texts.size).to.equal(0);
  });
});
