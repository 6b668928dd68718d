import { expect } from 'chai';
import { Swarm } from '../../../src/modules/distribution/swarm.ts';
import { FakeHand, fakeRegion } from './fake-hand.ts';
import type { FakeRegion } from './fake-hand.ts';

const CHUNKS = 12;

describe('a swarm', () => {
  let region: FakeRegion;
  let swarm: Swarm;
  let warnings: string[];
  const begin = (seeds = 1): void => {
    warnings = [];
    const warn = (message: string, node: string): void => void warnings.push(`${node}: ${message}`);
    swarm = new Swarm({ chunks: CHUNKS, seeds, warn });
  };
  const hands = (...names: string[]): FakeHand[] => names.map((name) => new FakeHand(name, region));
  const all = (joining: readonly FakeHand[]): Promise<void[]> =>
    Promise.all(joining.map((hand) => swarm.join(hand, true)));
  const fromController = (): string[] => region.log.filter((line) => line.includes('<controller'));
  const chunksOf = (lines: readonly string[]): string[] => lines.map((line) => line.split(' ')[1] ?? '');

  beforeEach(() => {
    region = fakeRegion();
    begin();
  });
  afterEach(() => swarm.close(new Error('the test is over')));

  it('sends each chunk over the border once, to the first; the others have it from each other', async () => {
    await all(hands('a', 'b', 'c', 'd'));
    expect(new Set(chunksOf(fromController())).size).to.equal(CHUNKS);
    expect(fromController()).to.have.length(CHUNKS);
    expect(fromController().every((line) => line.startsWith('a<'))).to.equal(true);
    expect(region.log).to.have.length(4 * CHUNKS);
    expect(warnings).to.deep.equal([]);
  });

  it('is a line, not a star: nobody gives to all the others', async () => {
    await all(hands('a', 'b', 'c', 'd', 'e', 'f'));
    const given = (name: string): number => region.log.filter((line) => line.includes(`<${name} `)).length;
    expect(given('a')).to.be.lessThan(4 * CHUNKS);
    expect(given('c') + given('d') + given('e')).to.be.greaterThan(0);
  });

  it('with more seeds sends each of them another part, still each chunk once', async () => {
    begin(2);
    await all(hands('a', 'b', 'c', 'd'));
    expect(fromController()).to.have.length(CHUNKS);
    expect(new Set(fromController().map((line) => line[0]))).to.deep.equal(new Set(['a', 'b']));
  });

  it('a node that dies in the middle costs only itself', async () => {
    const [a, b, c, d] = hands('a', 'b', 'c', 'd') as [FakeHand, FakeHand, FakeHand, FakeHand];
    region.onTransfer = (what) => {
      if (what === 'b<a 4') b.die();
    };
    const joined = [a, b, c, d].map((hand) => swarm.join(hand, true));
    const ended = await Promise.allSettled(joined);
    expect(ended.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(fromController(), 'what is in the region is not sent again').to.have.length(CHUNKS);
  });

  it('when the first dies the next is sent what nobody has, and no more', async () => {
    const [a, b, c] = hands('a', 'b', 'c') as [FakeHand, FakeHand, FakeHand];
    region.onTransfer = (what) => {
      if (what === 'a<controller 6') a.die();
    };
    const ended = await Promise.allSettled([a, b, c].map((hand) => swarm.join(hand, true)));
    expect(ended.map(({ status }) => status)).to.deep.equal(['rejected', 'fulfilled', 'fulfilled']);
    const again = fromController().filter((line) => line.startsWith('b<'));
    expect(again.length).to.be.within(CHUNKS - 6, CHUNKS - 3);
  });

  it('a neighbour that falls silent is not waited for', async function () {
    this.timeout(10_000);
    const before = [...Array(CHUNKS).keys()];
    const [a, b] = [new FakeHand('a', region, before), new FakeHand('b', region, before)];
    for (const holder of [a, b]) swarm.join(holder, false).catch(() => undefined);
    region.onTransfer = (what) => {
      if (region.silent.size === 0 && what.endsWith(' 4')) region.silent.add(what.slice(0, 3));
    };
    await all(hands('c'));
    expect(fromController()).to.deep.equal([]);
    expect(region.log.filter((line) => line.endsWith(' 4'))).to.have.length(2);
  });

  it('a damaged chunk is sent again', async () => {
    region.damage.set('a<controller 2', 1);
    region.damage.set('b<a 5', 2);
    const [a, b] = hands('a', 'b') as [FakeHand, FakeHand];
    await all([a, b]);
    expect(region.log.filter((line) => line === 'a<controller 2')).to.have.length(2);
    expect(b.have.size).to.equal(CHUNKS);
  });

  it('a neighbour whose chunks are damaged again and again is not asked any more', async () => {
    for (let chunk = 0; chunk < CHUNKS; chunk++) region.damage.set(`b<a ${chunk}`, 99);
    await all(hands('a', 'b'));
    expect(region.log.filter((line) => line.startsWith('b<a')).length).to.be.at.most(5);
    expect(warnings[0]).to.match(/^b: gets it from the controller.*what comes from there is damaged/);
  });

  it('what the controller sends and what arrives differ three times: the node fails, saying so', async () => {
    region.damage.set('a<controller 3', 99);
    const [a, b] = hands('a', 'b') as [FakeHand, FakeHand];
    const ended = await Promise.allSettled([a, b].map((hand) => swarm.join(hand, true)));
    expect(ended[0])
      .to.have.nested.property('reason.message')
      .that.contains('what arrives is not what was sent');
    expect(ended[1]?.status, 'the next takes its place').to.equal('fulfilled');
  });

  it('goes on with what an earlier try left', async () => {
    const left = new FakeHand('a', region, [0, 1, 2, 3, 4, 5, 6, 7]);
    await swarm.join(left, true);
    expect(chunksOf(region.log)).to.deep.equal(['8', '9', '10', '11']);
  });

  it('a neighbour that has it all spares the border entirely', async () => {
    const holder = new FakeHand('z', region, [...Array(CHUNKS).keys()]);
    swarm.join(holder, false).catch(() => undefined);
    await all(hands('a', 'b'));
    expect(fromController()).to.deep.equal([]);
  });

  it('who comes later has it from those who are done', async () => {
    await all(hands('a', 'b'));
    await all(hands('c', 'd'));
    expect(fromController()).to.have.length(CHUNKS);
  });

  it('a node that cannot log in anywhere is sent it from the controller, with a warning', async () => {
    for (const other of ['a', 'b', 'd']) region.apart.add(`c<${other}`);
    await all(hands('a', 'b', 'c', 'd'));
    expect(fromController().filter((line) => line.startsWith('c<'))).to.have.length(CHUNKS);
    expect(fromController()).to.have.length(2 * CHUNKS);
    expect(warnings).to.deep.equal(['c: gets it from the controller, not from its neighbours: no way there']);
  });

  it('a node whose door is closed is not sent to first, and gives nothing', async () => {
    const [a, b, c] = hands('a', 'b', 'c') as [FakeHand, FakeHand, FakeHand];
    a.closedDoor = 'authorized_keys cannot be written';
    await all([a, b, c]);
    expect(fromController().every((line) => line.startsWith('b<'))).to.equal(true);
    expect(region.log.some((line) => line.includes('<a '))).to.equal(false);
  });

  it('where all doors are closed everybody gets it from the controller, and hears why', async () => {
    const all3 = hands('a', 'b', 'c');
    for (const hand of all3) hand.closedDoor = 'no sshd';
    await all(all3);
    expect(fromController()).to.have.length(3 * CHUNKS);
    expect(warnings).to.have.length(3);
    expect(warnings[0]).to.contain('b is closed: no sshd');
  });

  it('when it is closed those who wait hear so', async () => {
    region.onTransfer = (what) => {
      if (what.endsWith(' 5')) swarm.close(new Error('interrupted'));
    };
    const ended = await Promise.allSettled(hands('a', 'b').map((hand) => swarm.join(hand, true)));
    expect(
      ended.map((each) => (each.status === 'rejected' ? String(each.reason) : each.status)),
    ).to.deep.equal(['Error: interrupted', 'Error: interrupted']);
  });

  it('brings many chunks to many nodes in little time', async function () {
    this.timeout(5000);
    swarm.close(new Error('another one'));
    swarm = new Swarm({ chunks: 100, seeds: 1, warn: () => undefined });
    await all(Array.from({ length: 30 }, (_, i) => new FakeHand(`n${i}`, region)));
    expect(fromController()).to.have.length(100);
  });
});
