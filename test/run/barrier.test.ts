import { expect } from 'chai';
import { Barrier } from '../../src/run/barrier.ts';

describe('a barrier', () => {
  const setUp = () => {
    const gone: string[] = [];
    const barrier = new Barrier(['a', 'b', 'c']);
    const wait = (member: string, at: number): void => {
      void barrier.wait(member, at).then(() => gone.push(`${member}${at}`));
    };
    return { gone, barrier, wait };
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('lets go when nobody is on the way any more, the rearmost only', async () => {
    const { gone, wait } = setUp();
    wait('a', 1);
    wait('b', 2);
    await settled();
    expect(gone).to.deep.equal([]);
    wait('c', 1);
    await settled();
    expect(gone).to.deep.equal(['a1', 'c1']);
    wait('a', 2);
    wait('c', 3);
    await settled();
    expect(gone.slice(2)).to.have.members(['b2', 'a2']);
  });

  it('waits for nobody who has left, nor holds who is none of its members', async () => {
    const { gone, barrier, wait } = setUp();
    wait('x', 1);
    wait('a', 1);
    barrier.leave('b');
    await settled();
    expect(gone).to.deep.equal(['x1']);
    barrier.leave('c');
    await settled();
    expect(gone).to.deep.equal(['x1', 'a1']);
  });
});
