import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { askScripts } from '../../src/load/inventory-scripts.ts';
import { loadInventory } from '../../src/load/inventory.ts';
import { createSources } from '../../src/load/sources.ts';
import { resolvePattern } from '../../src/plan/patterns.ts';
import { PEER_CASES } from './inventory-cases.ts';
import type { PeerCase } from './inventory-cases.ts';
import { oms, projectFolder } from '../cli/terminal.ts';
import { ansiblePython } from './ansible.ts';

interface ListedGroup {
  readonly hosts?: readonly string[];
  readonly children?: readonly string[];
}
interface Meta {
  readonly hostvars: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
type Listing = Readonly<Record<string, ListedGroup>> & { readonly _meta: ListedGroup & Meta };
interface Answer {
  readonly error?: string;
  readonly listing: Listing;
  readonly patterns: Readonly<Record<string, readonly string[] | 'error'>>;
}

function askAnsible(cases: readonly object[], cwd: string): readonly Answer[] {
  const script = resolve(import.meta.dirname, 'ansible-inventories.py');
  const ran = spawnSync(ansiblePython(), [script], {
    input: JSON.stringify(cases),
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ANSIBLE_LOCALHOST_WARNING: 'False', ANSIBLE_NOCOLOR: '1' },
    timeout: 60_000,
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as readonly Answer[];
}

/** Groups with sorted members, without what only one of the two prints. */
function groupsOf(listing: Listing): Record<string, unknown> {
  const groups = Object.entries(listing).filter(([name]) => name !== '_meta');
  const isThere = (name: string) => (listing[name]?.hosts ?? listing[name]?.children ?? []).length > 0;
  return Object.fromEntries(
    groups
      .map(([name, { hosts = [], children = [] }]) => {
        const below = children.filter((child) => child !== 'ungrouped' || isThere(child));
        return [name, { hosts: [...hosts].sort(), children: [...below].sort() }] as const;
      })
      .filter(([, { hosts, children }]) => hosts.length + children.length > 0),
  );
}

function hostvarsOf(listing: Listing, hosts: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    hosts.map((host) => {
      const vars = Object.entries(listing._meta.hostvars[host] ?? {});
      return [host, Object.fromEntries(vars.filter(([name]) => !['address', 'region'].includes(name)))];
    }),
  );
}

describe('the same inventories, read by ansible-core and by oms-play', () => {
  const files = PEER_CASES.flatMap(({ files: own }, i) =>
    Object.entries(own).map(([name, text]) => [`${i}/${name}`, text] as const),
  );
  const cwd = projectFolder(Object.fromEntries(files));
  const sourcesOf = ({ sources }: PeerCase, i: number): string[] =>
    sources.map((source) => (source.includes(',') ? source : join(cwd, String(i), source)));
  let answers: readonly Answer[] = [];

  before(async function () {
    this.timeout(60_000);
    await oms(['--version'], { cwd });
    await import('../../src/cli/inventory.ts');
    PEER_CASES.forEach(({ scripts = [] }, i) => {
      for (const script of scripts) chmodSync(join(cwd, String(i), script), 0o755);
    });
    const cases = PEER_CASES.map((one, i) => ({ sources: sourcesOf(one, i), patterns: one.patterns }));
    answers = askAnsible(JSON.parse(JSON.stringify(cases)) as object[], cwd);
  });

  PEER_CASES.forEach((one, i) => {
    const inventories = () => sourcesOf(one, i).flatMap((source) => ['-i', source]);

    it(`${one.name}: the same groups and variables`, async () => {
      const theirs = answers[i];
      expect(theirs?.error).to.equal(undefined);
      const { stdout, stderr } = await oms(['inventory', ...inventories(), '--list'], { cwd });
      expect(stdout, stderr).not.to.equal('');
      const ours = JSON.parse(stdout) as Listing;
      if (theirs === undefined) return;
      expect(groupsOf(ours)).to.deep.equal(groupsOf(theirs.listing));
      const hosts = Object.keys(ours._meta.hostvars);
      expect(hostvarsOf(ours, hosts)).to.deep.equal(hostvarsOf(theirs.listing, hosts));
      const named = Object.values(theirs.listing).flatMap((group) => group.hosts ?? []);
      expect([...hosts].sort()).to.deep.equal([...new Set(named)].sort());
    });

    for (const pattern of one.patterns ?? []) {
      it(`${one.name}: the pattern ${pattern}`, async () => {
        const sources = createSources({ cwd });
        const scripts = await askScripts(sourcesOf(one, i), sources, { timeoutMs: 30_000 });
        const inventory = loadInventory(sourcesOf(one, i), sources, { scripts }).value;
        const { value, problems } = resolvePattern(pattern, inventory, undefined);
        expect([...value].sort()).to.deep.equal([...(answers[i]?.patterns[pattern] ?? [])].sort());
        // Ansible passes over what matches nothing; here that is an error.
        expect(problems.length > 0, JSON.stringify(problems)).to.equal(pattern.includes('nothing'));
      });
    }
  });
});
