import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { factGroups } from '../../../src/modules/setup/groups.ts';

describe('docs/facts.md', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../docs/facts.md'), 'utf8');
  const words = new Set([...text.matchAll(/`([^`\n]+)`/g)].map(([, word]) => word));

  it('names every group and every fact', () => {
    const facts = factGroups.flatMap(({ name, facts: own, own: ours = [] }) => [name, ...own, ...ours]);
    const missing = facts.filter((fact) => !words.has(fact) && !fact.endsWith('_keytype'));
    expect(missing).to.deep.equal([]);
  });

  it('names no fact in its tables that is not there', () => {
    const known = new Set(factGroups.flatMap(({ facts }) => facts));
    const rows = [...text.matchAll(/^\| `(\w+)` \| (`.*`.*) \|$/gm)];
    const groups = new Map(factGroups.map((group) => [group.name, group]));
    const listed = rows.flatMap(([, group = '', list = '']) =>
      groups.has(group) && !list.includes('` | ') ? [...(list.split(':')[0] ?? '').matchAll(/`([a-z0-9_]+)`/g)].map(([, name = '']) => ({ group, name })) : [],
    ); // prettier-ignore
    expect(listed.length).to.be.above(50);
    for (const { group, name } of listed) {
      if (name === 'eth0') continue;
      expect(known.has(name) && groups.get(group)?.facts.includes(name), `${group}: ${name}`).to.equal(true);
    }
  });
});
