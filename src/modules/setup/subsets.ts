import type { FactNames } from '../../model/facts.ts';
import { factMaps } from '../../model/facts.ts';
import type { FactGroup } from './group.ts';
import { factGroups, groupSets } from './groups.ts';

const PREFIX = 'ansible_';

/** Interfaces are known by their names only, and the names of a node are not known before the run. */
const INTERFACE =
  /^(lo|(eth|en[opsx]|em|bond|team|br|docker|virbr|vlan|ib|wlan|wlp|tun|tap|veth|wg|usb|sit)\w*\d\w*)$/;

/** Of Ansible's facts, what is not gathered here: to leave it out is no mistake. */
const ELSEWHERE: readonly string[] = [
  ...[
    'apparmor',
    'caps',
    'chroot',
    'cmdline',
    'devices',
    'facter',
    'fibre_channel_wwn',
    'is_chroot',
    'iscsi',
  ],
  ...['lvm', 'nvme', 'ohai', 'python', 'python_version', 'system_capabilities'],
];

const byFact = new Map(factGroups.flatMap((group) => group.facts.map((fact) => [fact, group] as const)));
const byOwn = new Map(factGroups.flatMap((group) => (group.own ?? []).map((fact) => [fact, group] as const)));
const byName = new Map(factGroups.map((group) => [group.name, group] as const));

/** The names of all facts, for the plan. */
export const factNames: FactNames = {
  names: [...factMaps, ...[...byFact.keys()].map((fact) => PREFIX + fact)],
  subsetOf([name = '', member]) {
    if (factMaps.includes(name) && member === undefined) return 'all';
    // What is no fact of a known name can only be an interface.
    if (name === 'ansible_facts') return groupOfFact(member ?? '')?.name ?? 'network';
    if (name === 'oms_facts') return byOwn.get(member ?? '')?.name ?? 'all';
    if (!name.startsWith(PREFIX)) return undefined;
    return groupOfFact(name)?.name ?? (INTERFACE.test(name.slice(PREFIX.length)) ? 'network' : undefined);
  },
};

function groupOfFact(fact: string): FactGroup | undefined {
  return byFact.get(fact.startsWith(PREFIX) ? fact.slice(PREFIX.length) : fact);
}

function groupsOf(word: string): readonly FactGroup[] | undefined {
  const known = groupSets.get(word);
  if (known !== undefined) return known;
  const group = byName.get(word) ?? byFact.get(word) ?? byOwn.get(word);
  return group === undefined ? undefined : [group];
}

/** What is wrong with a word of gather_subset; undefined: nothing. */
export function wrongSubset(word: string): string | undefined {
  const plain = word.replace(/^!/, '');
  if (groupsOf(plain) !== undefined) return undefined;
  if (ELSEWHERE.includes(plain)) {
    return word === plain ? `"${word}" is not gathered by oms-play; see docs/facts.md` : undefined;
  }
  const names = [...groupSets.keys(), ...byName.keys()].join(', ');
  return `there is no subset "${plain}". There are ${names}, and every fact by its name; "!" in front leaves one out`;
}

/**
 * The groups that these words ask for, as Ansible documents it: `!x` leaves out, the minimal ones are always there but
 * for `!min`, where only exclusions are named they take from all, and what is named stays beside an exclusion that is
 * wider than it.
 */
export function groupsFor(words: readonly string[]): readonly FactGroup[] {
  const named = words.filter((word) => !word.startsWith('!'));
  const minimal = groupsOf('min') ?? [];
  const wanted = new Set(
    [...(named.length === 0 ? ['all'] : named), 'min'].flatMap((word) => groupsOf(word) ?? []),
  );
  const namedGroups = named.filter((word) => !groupSets.has(word)).flatMap((word) => groupsOf(word) ?? []);
  const inNamed = named
    .filter((word) => word !== 'all' && word !== 'min')
    .flatMap((word) => groupsOf(word) ?? []);
  for (const word of words.filter((each) => each.startsWith('!')).map((each) => each.slice(1))) {
    const stays = [
      ...namedGroups,
      ...(groupSets.has(word) ? inNamed : []),
      ...(word === 'all' ? minimal : []),
    ];
    for (const group of groupsOf(word) ?? []) if (!stays.includes(group)) wanted.delete(group);
  }
  return factGroups.filter((group) => wanted.has(group));
}
