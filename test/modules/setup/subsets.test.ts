import { expect } from 'chai';
import { factGroups } from '../../../src/modules/setup/groups.ts';
import { module as setup } from '../../../src/modules/setup/index.ts';
import { factNames, groupsFor, wrongSubset } from '../../../src/modules/setup/subsets.ts';

const names = (...words: string[]) => groupsFor(words).map(({ name }) => name);
const all = factGroups.map(({ name }) => name);
const min = names('min');

describe('setup: gather_subset', () => {
  it('all, min and sets of groups', () => {
    expect(names('all')).to.deep.equal(all);
    expect(min).to.include.members(['platform', 'distribution', 'local']).and.not.include('memory');
    expect(names('hardware')).to.deep.equal([...min, 'processor', 'memory', 'mounts', 'dmi', 'load']);
    expect(names('network', 'virtual')).to.deep.equal([...min, 'network', 'virtual']);
  });

  it('exclusions take from all, or from what is named', () => {
    expect(names('!hardware', '!docker')).to.deep.equal([...min, 'network', 'virtual']);
    expect(names('!all')).to.deep.equal(min);
    expect(names('!all', '!min')).to.deep.equal([]);
    expect(names('!min')).to.deep.equal(all.filter((name) => !min.includes(name)));
    expect(names('all', '!facter', '!ohai')).to.deep.equal(all);
    expect(names('!all', '!local')).to.deep.equal(min.filter((name) => name !== 'local'));
    expect(names('!min', 'hardware', '!processor')).to.deep.equal(['memory', 'mounts', 'dmi', 'load']);
  });

  it('what is named stays beside !all; a fact stands for its group', () => {
    expect(names('!all', '!min', 'network')).to.deep.equal(['network']);
    expect(names('distribution', '!all', '!min')).to.deep.equal(['distribution']);
    expect(names('!all', '!min', 'default_ipv4', 'memtotal_mb')).to.deep.equal(['memory', 'network']);
    expect(names('!all', '!min', 'clock')).to.deep.equal(['date_time']);
  });

  it('says what a word is not', () => {
    expect(wrongSubset('hardwear')).to.match(/no subset "hardwear"\. There are all, min, hardware, platform/);
    expect(wrongSubset('!hardwear')).to.match(/no subset "hardwear"/);
    expect(wrongSubset('facter')).to.match(/"facter" is not gathered by oms-play/);
    expect(wrongSubset('!facter')).to.equal(undefined);
    expect(setup.args.safeParse({ gather_subset: ['x'] }).error?.issues[0]?.message).to.match(
      /no subset "x"/,
    );
    expect(setup.args.safeParse({ fact_path: 'facts.d' }).success).to.equal(false);
  });
});

describe('setup: names of facts', () => {
  it('leads from a reference to what brings it', () => {
    const subsets: readonly (readonly [string, string | undefined])[] = [
      ['ansible_distribution', 'distribution'],
      ['ansible_default_ipv4.address', 'network'],
      ['ansible_facts.memtotal_mb', 'memory'],
      ['ansible_facts.ansible_local.cm', 'local'],
      ['ansible_local', 'local'],
      ['ansible_facts', 'all'],
      ['oms_facts', 'all'],
      ['oms_facts.docker.version', 'docker'],
      ['oms_facts.clock', 'date_time'],
      ['oms_facts.routes', 'network'],
      ['ansible_eth0.ipv4', 'network'],
      ['ansible_facts.lan7', 'network'],
      ['ansible_user', undefined],
      ['ansible_host', undefined],
      ['ansible_distribtion', undefined],
      ['ansible_check_mode', undefined],
      ['ansible_loop', undefined],
      ['item', undefined],
    ];
    for (const [path, subset] of subsets) {
      expect(factNames.subsetOf(path.split('.')), path).to.equal(subset);
    }
  });

  it('every fact is in one group, and is known by name', () => {
    const facts = factGroups.flatMap((group) => group.facts);
    expect(new Set(facts).size).to.equal(facts.length);
    for (const fact of facts) expect(factNames.subsetOf([`ansible_${fact}`]), fact).to.not.equal(undefined);
    expect(factNames.names).to.include.members(['ansible_facts', 'oms_facts', 'ansible_os_family']);
  });
});
