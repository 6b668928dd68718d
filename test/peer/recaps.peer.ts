import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { oms } from '../cli/terminal.ts';
import { playWithAnsible, type AnsibleRun } from './ansible.ts';
import { peerRuns, type PeerRun } from './cases.ts';
import { outcomeOf, type PeerOutcome } from './outcome.ts';

const inventory = join(import.meta.dirname, 'inventory.ini');

describe('the same playbooks, played by ansible-core and by oms-play', function () {
  this.timeout(300_000);
  const only = process.env['OMS_PLAY_PEER_ONLY'];
  const runs = peerRuns().filter(
    ({ name }) => only === undefined || only.split(',').some((one) => name.startsWith(one)),
  );
  const dir = mkdtempSync(join(tmpdir(), 'oms-play-peer-'));
  const log = (who: string, i: number): string => join(dir, `${who}-${i}`);
  const written = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const argv = ({ playbook, options }: PeerRun, file: string): readonly string[] => [
    playbook,
    '-i',
    inventory,
    '-e',
    `log=${file}`,
    ...options,
  ];
  let theirs: readonly AnsibleRun[] = [];

  before(async () => {
    theirs = await playWithAnsible(runs.map((run, i) => argv(run, log('theirs', i))));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  runs.forEach((run, i) => {
    for (const speculation of [true, false]) {
      it(`${run.name}${speculation ? '' : ' --no-speculation'}`, async () => {
        const file = log(speculation ? 'ours' : 'ours-plain', i);
        const { code, stdout, stderr } = await oms(
          [...argv(run, file), ...(speculation ? [] : ['--no-speculation'])],
          { cwd: join(import.meta.dirname, 'playbooks') },
        );
        const ours = outcomeOf({ code, output: stdout, log: written(file) }, run.order);
        const { code: theirCode = -1, output = '' } = theirs[i] ?? {};
        const expected = outcomeOf({ code: theirCode, output, log: written(log('theirs', i)) }, run.order);
        expect(ours, [run.differs, stderr].join('\n')).to.deep.equal(changed(expected, run));
      });
    }
  });
});

/** Ansible's outcome with the differences that are on purpose. Each must be one. */
function changed(outcome: PeerOutcome, { changes, differs }: PeerRun): PeerOutcome {
  expect(changes.size > 0, 'a difference and its reason go together').to.equal(differs !== undefined);
  return outcome.flatMap((line) => {
    const ours = changes.get(line);
    if (ours === undefined) return [line];
    return ours === '-' ? [] : ours.split(' ; ');
  });
}
