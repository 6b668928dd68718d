import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { script } from '../../src/transport/command.ts';
import {
  isJobId,
  lookAtJob,
  newJobId,
  readJob,
  removeJobCommand,
  startJob,
} from '../../src/transport/job.ts';
import type { ShellLink } from '../../src/transport/link.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { installShells, linkWith, openWith } from './shells.ts';

const shells = installShells();

describe('a job that outlives its connection', () => {
  after(() => shells.close());

  for (const kind of shells.kinds) {
    describe(`with ${kind.name}`, () => {
      let home: string;
      let link: ShellLink;
      let node: NodeWriter;
      const connect = (): void => {
        link = linkWith(openWith(kind));
        node = createNode({
          name: 'hz-1',
          address: '127.0.0.1',
          link: async () => link,
          environment: { HOME: home },
        });
      };

      beforeEach(() => {
        home = mkdtempSync(join(tmpdir(), 'oms-play-job-'));
        connect();
      });
      afterEach(async () => {
        await link.close();
        rmSync(home, { recursive: true });
      });

      const start = async (text: string, limitSeconds = 60, stdin?: string): Promise<string> => {
        const id = newJobId();
        const more = {
          limitSeconds,
          graceSeconds: 0.05,
          environment: { WORD: 'from outside' },
          ...(stdin === undefined ? {} : { stdin }),
        };
        await startJob(node, id, script(text), more);
        return id;
      };
      const ended = async (id: string) => {
        for (let i = 0; i < 400; i++) {
          const state = await lookAtJob(node, id);
          if (state.kind !== 'running') return state;
          await sleep(10);
        }
        return expect.fail('it did not end');
      };
      const folder = (id = ''): string => join(home, '.oms-play-async', id);

      it('goes on when the connection is closed; exit code and output are found by the next', async () => {
        const id = await start('cat; echo "$WORD"; sleep 0.1; echo "err $0" >&2; exit 3', 60, 'input\n');
        expect((await lookAtJob(node, id)).kind).to.equal('running');
        await link.close();
        connect();
        expect(await ended(id)).to.deep.equal({ kind: 'finished', exitCode: 3, late: false });
        const { stdout, stderr } = await readJob(node, id);
        expect([stdout.toString(), stderr.toString()]).to.deep.equal([
          'input\nfrom outside\n',
          `err ${folder(id)}/run\n`,
        ]);
        expect(statSync(folder()).mode & 0o777).to.equal(0o700);
        expect(readdirSync(folder(id))).not.to.include.members(['run', 'in']);
        await node.run(removeJobCommand(id), { brief: 'script' });
        expect(existsSync(folder(id))).to.equal(false);
        expect((await lookAtJob(node, id)).kind).to.equal('unknown');
      });

      it('is ended with all its processes when its time is over', async () => {
        const id = await start(`(sleep 20; touch "$HOME/late") & sleep 20`, 0.05);
        expect(await ended(id)).to.deep.include({ kind: 'finished', late: true });
        const left = await node.query(script('cat "$HOME/.oms-play-async/"*/group'));
        // What has ended may wait to be collected (Z).
        const living = `\\) [^ZX] [0-9]+ ${left.stdout.toString().trim()} `;
        const alive = await node.query(script(`grep -qsE '${living}' /proc/[0-9]*/stat`));
        expect(alive.exitCode).not.to.equal(0);
      });

      // How a shell ends a process is the same for all from here on.
      if (kind !== shells.kinds[0]) return;

      it('is ended when it is removed', async () => {
        const id = await start('echo $$ >"$HOME/pid"; exec sleep 20');
        while (!existsSync(join(home, 'pid'))) await sleep(5);
        const pid = (await node.readFile(join(home, 'pid')))?.toString().trim() ?? '';
        await node.run(removeJobCommand(id), { brief: 'script' });
        expect(existsSync(folder(id))).to.equal(false);
        await sleep(20);
        expect((await node.query(script(`kill -0 ${pid}`))).exitCode).not.to.equal(0);
      });

      it('that was killed with its keeper counts as lost', async () => {
        const id = await start('sleep 20');
        await node.run(
          script(`kill -KILL -$(cat ${folder(id)}/pid); kill -KILL -$(cat ${folder(id)}/group)`),
          {
            brief: 'script',
          },
        );
        expect(await ended(id)).to.deep.equal({ kind: 'lost' });
      });
    });
  }

  it('has a name that no path can be', () => {
    expect(isJobId(newJobId())).to.equal(true);
    for (const text of ['../x', '1', '1.2/3', '', '1.2;', '1.2\n'])
      expect(isJobId(text), text).to.equal(false);
  });
});
