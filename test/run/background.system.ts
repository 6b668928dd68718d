import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import type { RunEvent, TaskFinished } from '../../src/events/event.ts';
import type { Connector, Link } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { openChild } from '../../src/transport/local.ts';
import { linkWith } from '../transport/shells.ts';
import { outcomes, planProject, runProject } from './support.ts';

const inventory = 'regions: { east: { nodes: { e1: { address: 10.0.0.1 } } } }\n';

describeBothWays('async', () => {
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'oms-play-test-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  /** Real shells here; `breaks` says which request is lost with its connection. */
  function shells(breaks: (text: string) => boolean = () => false) {
    const opened: Link[] = [];
    const connect = async (): Promise<Link> => {
      const link: Link = linkWith((argv) => openChild(['env', `HOME=${home}`, ...argv]));
      opened.push(link);
      let lost = false;
      const exec: Link['exec'] = async (request) => {
        lost ||= breaks(request.command.text);
        if (lost) throw new TransportError('lost', 'e1: connection lost');
        return link.exec(request);
      };
      return { ...methodsOf(link), exec };
    };
    const connector: Connector = { connect, close: async () => undefined };
    return { connector, opened };
  }

  const run = async (tasks: string, connector = shells().connector, options = {}) => {
    const playbook = `- hosts: all\n  tasks:\n${tasks}`;
    const ran = await runProject({ inventory, playbook, connector, options, dependsOnTime: true });
    return { ...ran, finished: ran.events.filter(isFinished) };
  };
  const left = (): string[] =>
    existsSync(join(home, '.oms-play-async')) ? readdirSync(join(home, '.oms-play-async')) : [];

  it('a command is waited for as if it had its connection, and leaves nothing behind', async () => {
    const { events, finished } = await run(`
    - shell: cat; echo "$WORD"; echo err >&2; exit 3
      args: { stdin: input }
      environment: { WORD: word }
      async: "{{limit}}"
      poll: 0.02
      vars: { limit: 30 }
      failed_when: r.rc != 3
      register: r
    - assert: { that: ['r.stdout == "input\\nword"', 'r.stderr == "err"', r.changed] }
    - shell: exit 4
      async: 30
      poll: 0.02
`);
    expect(outcomes(events)).to.deep.equal(['e1 shell changed', 'e1 assert ok', 'e1 shell failed']);
    expect(finished[2]?.failure?.message).to.equal('the command ended with exit code 4');
    expect(events.flatMap((e) => (e.type === 'task-output' ? [e.text] : []))).to.include('input\nword\n');
    expect(left()).to.deep.equal([]);
  });

  it('with poll: 0 it goes on while other tasks run; async_status waits for it and clears up', async () => {
    const { events, finished } = await run(`
    - command: { argv: [sh, -c, 'until [ -e "$HOME/go" ]; do sleep 0.01; done; echo gone'] }
      async: 30
      poll: 0
      register: job
    - assert: { that: [job.started, '!job.finished', job.changed] }
    - async_status: { jid: "{{job.ansible_job_id}}" }
      register: before
    - file: { path: ${home}/go, state: touch }
    - async_status: { jid: "{{job.ansible_job_id}}" }
      register: after
      until: after.finished
      retries: 100
      delay: 0.02
    - assert: { that: ['!before.finished', after.rc == 0, 'after.stdout == "gone"'] }
    - async_status: { jid: "{{job.ansible_job_id}}", mode: cleanup }
    - async_status: { jid: "{{job.ansible_job_id}}" }
`);
    expect(outcomes(events)).to.deep.equal([
      ...[
        'e1 command changed',
        'e1 assert ok',
        'e1 async_status ok',
        'e1 file changed',
        'e1 async_status ok',
      ],
      ...['e1 assert ok', 'e1 async_status changed', 'e1 async_status failed'],
    ]);
    expect(finished.at(-1)?.failure?.message).to.match(/^there is no job [\d.]+ of this user on e1$/);
    expect(left()).to.deep.equal([]);
  });

  it('a connection that breaks meanwhile is opened anew', async () => {
    let looks = 0;
    const { connector, opened } = shells((text) => text.includes('finished()') && ++looks === 2);
    const { events } = await run(
      `    - shell: sleep 0.1; echo done\n      async: 30\n      poll: 0.02\n      register: r
    - assert: { that: 'r.stdout == "done"' }\n`,
      connector,
    );
    expect(outcomes(events)).to.deep.equal(['e1 shell changed', 'e1 assert ok']);
    expect(opened).to.have.length(2);
  });

  it('in check mode nothing is started', async () => {
    const { events } = await run('    - command: touch x\n      async: 30\n      poll: 0\n', undefined, {
      check: true,
    });
    expect(outcomes(events)).to.deep.equal(['e1 command unknown']);
    expect(left()).to.deep.equal([]);
  });

  it('ends with the run', async () => {
    const abort = new AbortController();
    const { connector } = shells();
    const playbook = `- hosts: all\n  tasks:\n    - shell: touch "$HOME/on"; exec sleep 20\n      async: 30\n      poll: 0.02\n`;
    const waiting = setInterval(() => existsSync(join(home, 'on')) && abort.abort(), 5);
    const options = { signal: abort.signal };
    const { finished } = await runProject({ inventory, playbook, connector, options, dependsOnTime: true });
    clearInterval(waiting);
    expect([finished.interrupted, left()]).to.deep.equal([true, []]);
  });

  it('not with a module that is more than a command, nor poll by itself', () => {
    const tasks = '    - copy: { dest: /x, content: y }\n      async: 5\n    - command: x\n      poll: 5\n';
    const { problems } = planProject({ inventory, playbook: `- hosts: all\n  tasks:\n${tasks}` });
    expect(problems.map(({ at, summary }) => `${at?.line}: ${summary}`)).to.have.members([
      '4: async is not possible here',
      '6: missing key',
    ]);
  });
});

function isFinished(event: RunEvent): event is RunEvent & TaskFinished {
  return event.type === 'task-finished';
}

/** A link's methods, which are its class's. */
function methodsOf(link: Link): Link {
  return {
    exec: (request) => link.exec(request),
    upload: (request) => link.upload(request),
    openConnection: (host, port) => link.openConnection(host, port),
    interrupt: () => link.interrupt(),
    close: () => link.close(),
  };
}
