// A playbook of a user's own, written from the docs: nodes are added, releases roll out behind the regions' virtual IPs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { RunEvent } from '../../src/events/event.ts';
import { expectCode, recap } from './events.ts';
import { cache, deploy, get, lab, labInventory, onNode, VIPS } from './lab.ts';

const PLAYBOOK = join(import.meta.dirname, 'custom', 'scale-out.yml');
const OLD = ['hz-1', 'hz-2', 'hlj-1', 'hlj-2'];
const ALL = [...OLD, 'hz-3', 'hlj-3'];

/** Asks the virtual IPs again and again while the work goes on: what they answered. */
async function asking<T>(
  work: () => Promise<T>,
): Promise<{ readonly done: T; readonly answers: readonly string[] }> {
  const answers: string[] = [];
  let goesOn = true;
  const ask = async (vip: string): Promise<void> => {
    while (goesOn) {
      const { status, body } = await get(`http://${vip}:8088/release`);
      answers.push(`${status} ${body.trim()}`);
      await sleep(10);
    }
  };
  const clients = VIPS.map(ask);
  try {
    return { done: await work(), answers };
  } finally {
    goesOn = false;
    await Promise.all(clients);
  }
}

function changedOn(events: readonly RunEvent[]): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(recap(events)).map(([node, row]) => [node, row.changed]));
}

function batches(events: readonly RunEvent[]): readonly string[] {
  return events.flatMap((event) => (event.type === 'batch-started' ? [event.nodes.join(' ')] : [])).sort();
}

describe('a scale-out playbook of one’s own', function () {
  this.timeout(120_000);
  let dir = '';
  const roll = (...args: readonly string[]) =>
    deploy(PLAYBOOK, '-i', labInventory, '-i', join(dir, 'third-nodes.yml'), ...args);
  const served = async (node: string) =>
    onNode(node, 'busybox wget -qO- http://127.0.0.1:8088/release 2>/dev/null || echo nothing');

  const stop = async () => {
    const command =
      'start-stop-daemon --stop --oknodo --retry 5 --pidfile /run/hello.pid; rm -rf /srv/hello /run/hello.*';
    await Promise.all(ALL.map((node) => onNode(node, command)));
  };

  before(async () => {
    await lab('up', '--regions', '2', '--nodes', '3');
    await lab('reset');
    await stop();
    dir = mkdtempSync(join(tmpdir(), 'oms-play-scale-out-'));
    const region = (name: string, i: number, node: string): string =>
      `  ${name}:\n    vars: { vip_socket: ${cache}/vip/${i}.sock }\n    nodes: { ${node}: { address: 10.77.0.${i}3 } }\n`;
    const regions = region('cn-hangzhou', 1, 'hz-3') + region('cn-heilongjiang', 2, 'hlj-3');
    writeFileSync(join(dir, 'third-nodes.yml'), `regions:\n${regions}`);
  });
  after(async () => {
    await stop();
    await lab('up', '--regions', '2', '--nodes', '2');
    rmSync(dir, { recursive: true });
  });

  it('starts with the nodes that there are', async () => {
    const ran = await roll('-e', 'release=1', '-l', OLD.join(','));
    expectCode(ran, 0);
    for (const node of OLD) expect(await served(node), node).to.equal('1');
    expect(await served('hz-3')).to.equal('nothing');
  });

  it('brings in new nodes and leaves the others alone', async () => {
    const { done, answers } = await asking(() => roll('-e', 'release=1'));
    expectCode(done, 0);
    const changed = changedOn(done.events);
    expect(OLD.map((node) => changed[node])).to.deep.equal([0, 0, 0, 0]);
    for (const node of ['hz-3', 'hlj-3']) expect(await served(node), node).to.equal('1');
    expect(new Set(answers)).to.deep.equal(new Set(['200 1']));
  });

  it('shows first what a release would change, and touches nothing', async () => {
    const ran = await roll('-e', 'release=2', '--check', '--diff');
    expectCode(ran, 0);
    expect(Object.values(changedOn(ran.events)).every((count) => count > 0)).to.equal(true);
    for (const node of ALL) expect(await served(node), node).to.equal('1');
  });

  it('rolls a release out two nodes of a region at a time, and no request fails', async () => {
    const { done, answers } = await asking(() => roll('-e', 'release=2'));
    expectCode(done, 0);
    expect(batches(done.events)).to.deep.equal(['hlj-1 hlj-2', 'hlj-3', 'hz-1 hz-2', 'hz-3']);
    for (const node of ALL) expect(await served(node), node).to.equal('2');
    expect(new Set(answers)).to.deep.equal(new Set(['200 1', '200 2']));
    const again = await roll('-e', 'release=2');
    expectCode(again, 0);
    expect(Object.values(changedOn(again.events))).to.deep.equal([0, 0, 0, 0, 0, 0]);
  });

  it('takes back a release that is not well, and goes no further', async () => {
    const { done, answers } = await asking(() => roll('-e', 'release=3', '-e', 'hello_ill=3'));
    expectCode(done, 2);
    expect(batches(done.events)).to.deep.equal(['hlj-1 hlj-2', 'hz-1 hz-2']);
    for (const node of ALL) expect(await served(node), node).to.equal('2');
    expect(new Set(answers)).to.deep.equal(new Set(['200 2']));
    const rows = recap(done.events);
    expect(OLD.map((node) => rows[node]?.failed)).to.deep.equal([1, 1, 1, 1]);
    const well = await roll('-e', 'release=2');
    expectCode(well, 0);
  });
});
