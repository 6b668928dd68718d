import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { oms } from '../cli/terminal.ts';
import { playWithAnsible, type AnsibleRun } from './ansible.ts';
import { peerRuns, type PeerRun } from './cases.ts';
import { outcomeOf, type PeerOutcome, type Played } from './outcome.ts';

const WAYS = ['', '--no-speculation'] as const;
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
  const ours = new Map<string, Played & { readonly stderr: string }>();

  async function playOurs(run: PeerRun, i: number, way: string): Promise<void> {
    const file = log(`ours${way}`, i);
    const options = way === '' ? [] : [way];
    const { code, stdout, stderr } = await oms([...argv(run, file), ...options], {
      cwd: join(import.meta.dirname, 'playbooks'),
    });
    ours.set(`${i}${way}`, { code, output: stdout, log: written(file), stderr });
  }

  async function playAllOurs(): Promise<void> {
    for (const [i, run] of runs.entries()) for (const way of WAYS) await playOurs(run, i, way);
  }

  before(async () => {
    // Side by side: both mostly wait.
    const playing = playWithAnsible(runs.map((run, i) => argv(run, log('theirs', i))));
    [theirs] = await Promise.all([playing, playAllOurs()]);
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  runs.forEach((run, i) => {
    for (const way of WAYS) {
      it(`${run.name} ${way}`.trim(), () => {
        const { stderr, ...played } = ours.get(`${i}${way}`) ?? { code: -1, output: '', log: '', stderr: '' };
        const { code = -1, output = '' } = theirs[i] ?? {};
        const expected = outcomeOf({ code, output, log: written(log('theirs', i)) }, run.order);
        const about = [run.differs, stderr].join('\n');
        expect(outcomeOf(played, run.order), about).to.deep.equal(changed(expected, run));
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
