import { expect } from 'chai';
import type { Data } from '../../src/model/data.ts';
import type { RunOptions } from '../../src/run/options.ts';
import { becomeOf } from '../../src/run/target.ts';

const wanted = (value: Data): boolean => {
  const vars = { get: (name: string) => (name === 'ansible_become' ? value : undefined) };
  const wish = { become: undefined, user: undefined } as Parameters<typeof becomeOf>[0];
  return becomeOf(wish, vars as Parameters<typeof becomeOf>[1], {} as RunOptions) !== undefined;
};

describe('ansible_become', () => {
  it('counts as text too: an INI inventory has no other way to write it', () => {
    for (const value of [true, 'yes', 'true', 'True', 'on', '1', 1])
      expect(wanted(value), String(value)).to.equal(true);
    for (const value of [false, 'no', 'false', 'off', '0', 0])
      expect(wanted(value), String(value)).to.equal(false);
  });
});
