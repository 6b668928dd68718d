import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createFactCache } from '../../../src/modules/setup/cache.ts';
import { centos, debian, gather } from './nodes.ts';

describe('setup: facts of earlier runs', () => {
  const home = mkdtempSync(join(tmpdir(), 'oms-play-facts-'));
  let folder: string;
  let count = 0;
  let time = 1_000_000;
  const cache = (maxAgeMs = 60_000) => createFactCache({ folder, maxAgeMs, now: () => time });
  const only = () => join(folder, readdirSync(folder)[0] ?? '');
  const memory = { gather_subset: ['!all', '!min', 'memory'] };

  beforeEach(() => {
    folder = join(home, String(count++), 'facts');
    time = 1_000_000;
  });
  after(() => rmSync(home, { recursive: true }));

  it('are taken without asking the node, until they are too old', async () => {
    const first = await gather(debian, memory, cache());
    expect(first.asked).to.deep.equal(['(facts: memory)']);
    time += 60_000;
    const second = await gather({}, memory, cache());
    expect(second.asked).to.deep.equal([]);
    expect(second.facts).to.deep.equal(first.facts);
    time += 1;
    expect((await gather({}, memory, cache())).asked).to.deep.equal(['(facts: memory)']);
  });

  it('a clock that was set back makes none young again', async () => {
    await gather(debian, memory, cache());
    time -= 1;
    expect((await gather(debian, memory, cache())).asked).to.have.length(1);
  });

  it('only what is missing is asked for, and added', async () => {
    await gather(debian, memory, cache());
    const wanted = { gather_subset: ['!all', '!min', 'memory', 'distribution'] };
    const { asked, facts } = await gather(debian, wanted, cache());
    expect(asked).to.deep.equal(['(facts: distribution)']);
    expect(facts).to.include({ ansible_memtotal_mb: 16000, ansible_distribution: 'Debian' });
    expect((await gather({}, wanted, cache())).asked).to.deep.equal([]);
  });

  it('never holds the environment, local facts, the time or who was asked', async () => {
    await gather(
      { ...debian, sections: { ...debian.sections, 'fact db.fact': '{"password": "local-secret"}' } },
      {},
      cache(),
    );
    const text = readFileSync(only(), 'utf8');
    for (const word of ['HOME', 'WORDS', 'local-secret', '1709622000', '/bin/bash'])
      expect(text).to.not.include(word);
    expect(text).to.include('16000').and.include('bookworm');
    const again = await gather(debian, {}, cache());
    expect(again.asked).to.deep.equal(['(facts: user, env, date_time, local)']);
    expect(again.own).to.have.all.keys('clock', 'routes', 'docker');
  });

  it('is a file that only its owner may read, written whole', async () => {
    await gather(debian, {}, cache());
    expect(statSync(only()).mode & 0o777).to.equal(0o600);
    expect(statSync(folder).mode & 0o777).to.equal(0o700);
    expect(readdirSync(folder)).to.have.length(1);
  });

  it('counts as none when it is broken, and mends itself', async () => {
    await gather(debian, memory, cache());
    for (const text of [
      '',
      '{"version":1,"gro',
      '{"version":2}',
      '{"version":1,"groups":{"memory":{"facts":1}}}',
    ]) {
      writeFileSync(only(), text);
      expect((await gather(debian, memory, cache())).asked, text).to.have.length(1);
      expect((await gather({}, memory, cache())).asked, text).to.have.length(0);
    }
  });

  it('costs no more than time where it cannot be written', async () => {
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(folder, 'in the way');
    expect((await gather(centos, memory, cache())).asked).to.have.length(1);
  });
});
