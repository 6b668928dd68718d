import { expect } from 'chai';
import { describeBothWays } from './both-ways.ts';
import * as z from 'zod';
import { defineModule } from '../../src/modules/define.ts';
import type { Connector } from '../../src/transport/contract.ts';
import { createFakeLink } from '../../src/transport/fake.ts';
import { runProject } from './support.ts';

const inventory = `
regions:
  r:
    vars: { oms_password: "S3cret-value", pin_password: 1234567 }
    nodes: { n1: { address: 10.0.0.1 } }
`;

/** Commands print these chunks, one after the other. */
function chunksConnector(chunks: readonly string[]): Connector {
  return {
    connect: async () => ({
      ...createFakeLink([]),
      exec: async (request) => {
        for (const chunk of chunks) request.onOutput?.('stdout', chunk);
        return { exitCode: 0, stdout: Buffer.from(chunks.join('')), stderr: Buffer.alloc(0) };
      },
    }),
    close: async () => undefined,
  };
}

const talkative = defineModule({
  name: 'talk',
  summary: 'tells of its progress and warns',
  args: z.strictObject({ say: z.string().describe('text') }),
  returns: z.object({}),
  check: async (_node, { say }) => ({
    changes: [{ subject: 's', summary: 'talks' }],
    result: {},
    warnings: [`warned of ${say}`],
  }),
  apply: async (node, { say }) => {
    node.progress(`sending ${say}`, 1, 2, 'steps');
    return {};
  },
});

describeBothWays('secrets in events', () => {
  it('one that is cut in two by the output’s chunks is masked', async () => {
    const { events } = await runProject({
      inventory,
      playbook: '- hosts: all\n  tasks: [{ command: "echo {{oms_password}}" }]\n',
      connector: chunksConnector(['a S3c', 'ret-', 'value b', ' S3cret-val', 'id S3c']),
    });
    const output = events.flatMap((e) => (e.type === 'task-output' ? [e.text] : [])).join('');
    expect(output).to.equal('a *** b S3cret-valid S3c');
  });

  it('a number that is a password is masked as a value too', async () => {
    const playbook = '- hosts: all\n  tasks: [{ debug: { var: pin_password } }]\n';
    const { events } = await runProject({ inventory, playbook });
    expect(JSON.stringify(events)).to.not.include('1234567');
    expect(JSON.stringify(events)).to.include('"pin_password":"***"');
  });

  it('what is written in a loop, in environment or below a secret’s name is known as one', async () => {
    const playbook = `
- hosts: all
  vars: { db_passwords: { app: "app-words" } }
  environment: { TOOL_TOKEN: "environment-words" }
  tasks:
    - run: "{{item.user}} {{item.password}}"
      loop: [{ user: u, password: "loop-words" }]
    - run: "environment-words {{db_passwords.app}}"
`;
    const text = JSON.stringify((await runProject({ inventory, playbook })).events);
    for (const secret of ['loop-words', 'environment-words', 'app-words']) {
      const names = new RegExp(`(?<!_)${secret}`);
      expect(names.test(text), secret).to.equal(false);
    }
  });

  it('the label of an item is masked before it is cut', async () => {
    const long = 'x'.repeat(60);
    const playbook = `
- hosts: all
  tasks:
    - run: "{{item}}"
      loop: ["${long} ${long.slice(0, 10)} {{oms_password}}"]
`;
    expect(JSON.stringify((await runProject({ inventory, playbook })).events)).to.not.include('S3cret');
  });

  it('no_log hides items, retries, progress and warnings', async () => {
    const playbook = `
- hosts: all
  tasks:
    - run: { say: "{{item}}", rc: 1 }
      loop: [hidden-words-1, hidden-words-2]
      no_log: true
      ignore_errors: true
      retries: 1
      delay: 0
    - talk: { say: hidden-words-3 }
      no_log: true
`;
    const { events } = await runProject({ inventory, playbook, modules: [talkative] });
    const text = JSON.stringify(events);
    expect(text).to.not.include('hidden-words').and.not.include('exit 1');
    const items = events.flatMap((e) => (e.type === 'task-finished' && e.item !== undefined ? [e.item] : []));
    expect(items).to.deep.equal(['item 1', 'item 2']);
    expect(events.filter((e) => e.type === 'task-retry')).to.have.length(2);
  });

  it('no_log hides a failure behind a pending change, from later tasks too', async () => {
    const playbook = `
- hosts: all
  tasks:
    - set: { key: a, value: 1 }
    - get: { key: hidden-words, needed: true }
      no_log: true
      register: r
    - debug: { msg: "{{r.value}}" }
`;
    const { events } = await runProject({ inventory, playbook, options: { check: true } });
    expect(JSON.stringify(events)).to.not.include('no hidden-words');
  });
});
