import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { oneOf } from '../aliases.ts';
import type { Check } from '../define.ts';
import { ModuleError } from '../define.ts';
import { commandError } from '../failure.ts';
import type { DnfArgs, DnfResult } from './dnf-args.ts';
import type { DnfState } from './dnf-look.ts';
import { assume, lookAtRpm } from './dnf-look.ts';
import type { PackageChange } from './transaction.ts';
import { packageChanges } from './transaction.ts';

export interface DnfPlan {
  readonly tool: string;
  readonly calls: readonly (readonly string[])[];
  readonly changed: readonly PackageChange[];
}

/** What is needed for the packages to be as they are wanted; dnf itself is asked what it would do. */
export async function checkDnf(node: NodeReader, args: DnfArgs): Promise<Check<DnfResult, DnfPlan>> {
  const names = oneOf({ name: args.name, pkg: args.pkg }) ?? [];
  if (names.length === 0 && !args.autoremove && args.name === undefined && args.pkg === undefined) {
    throw new ModuleError({ message: 'name is missing', hint: 'Name packages, or set autoremove: true.' });
  }
  const seen = await lookAtRpm(node, names);
  const calls: (readonly string[])[] = [];
  const changed: PackageChange[] = [];
  for (const call of callsFor(args, names, seen)) {
    const found = await assume(node, seen.tool, call);
    if (found.length === 0) continue;
    calls.push(call);
    changed.push(...found.map((change) => withVersion(change, seen)));
  }
  return {
    changes: packageChanges(changed),
    result: resultOf([], ''),
    state: { tool: seen.tool, calls, changed },
  };
}

/** Does what {@link checkDnf} found. */
export async function applyDnf(node: NodeWriter, _args: DnfArgs, plan: DnfPlan): Promise<DnfResult> {
  const said: string[] = [];
  for (const call of plan.calls) {
    const command = sh`${[plan.tool, '-y', ...call]}`;
    const done = await node.run(command, { environment: { LC_ALL: 'C' } });
    if (done.exitCode !== 0) {
      const words = `${done.stderr.toString('utf8')}\n${done.stdout.toString('utf8')}`;
      const reason = /^(?:Error|Problem):? *(.*\S)/m.exec(words)?.[1];
      throw commandError(`${plan.tool} failed${reason === undefined ? '' : `: ${reason}`}`, command, done);
    }
    said.push(done.stdout.toString('utf8'));
  }
  return resultOf(plan.changed, said.join(''));
}

function callsFor(args: DnfArgs, names: readonly string[], seen: DnfState): readonly (readonly string[])[] {
  const options = optionsOf(args, seen.tool);
  const has = (name: string): boolean => seen.installed.has(name);
  // Of a group only dnf knows whether it is all there.
  const missing = names.filter((name) => !has(name) && name !== '*');
  const alone = names.length === 0;
  switch (args.state ?? (alone ? 'absent' : 'present')) {
    case 'absent':
    case 'removed': {
      const there = names.filter((name) => has(name) || name.startsWith('@'));
      const remove = there.length === 0 ? [] : [[...options, 'remove', ...there]];
      return args.autoremove ? [...remove, [...options, 'autoremove']] : remove;
    }
    case 'latest': {
      const newer = names.filter((name) => has(name) || name === '*' || name.startsWith('@'));
      const filters = [...(args.security ? ['--security'] : []), ...(args.bugfix ? ['--bugfix'] : [])];
      const all = newer.includes('*') ? [] : newer;
      return [
        ...(newer.length === 0
          ? []
          : [[...options, ...filters, seen.tool === 'yum' ? 'update' : 'upgrade', ...all]]),
        ...(missing.length === 0 || args.update_only ? [] : [[...options, 'install', ...missing]]),
      ];
    }
    case 'present':
    case 'installed':
      return missing.length === 0
        ? []
        : [[...options, args.allow_downgrade ? downgrades(seen) : 'install', ...missing]];
  }
}

/** dnf's install takes an older version when it is named; yum has a word of its own. */
function downgrades({ tool }: DnfState): string {
  return tool === 'yum' ? 'downgrade' : 'install';
}

function optionsOf(args: DnfArgs, tool: string): readonly string[] {
  return [
    ...(args.conf_file === undefined ? [] : ['-c', args.conf_file]),
    ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]),
    ...args.disablerepo.map((name) => `--disablerepo=${name}`),
    ...args.enablerepo.map((name) => `--enablerepo=${name}`),
    ...args.exclude.map((name) => `--exclude=${name}`),
    ...(args.update_cache ? ['--setopt=metadata_expire=0'] : []),
    ...(args.disable_gpg_check ? ['--nogpgcheck'] : []),
    ...(args.cacheonly ? ['-C'] : []),
    ...(args.skip_broken ? ['--skip-broken'] : []),
    ...(tool === 'yum' || args.install_weak_deps ? [] : ['--setopt=install_weak_deps=False']),
    ...(tool !== 'yum' && args.allowerasing ? ['--allowerasing'] : []),
    ...(tool !== 'yum' && args.nobest ? ['--nobest'] : []),
  ];
}

function withVersion(change: PackageChange, { installed }: DnfState): PackageChange {
  return change.before === 'installed'
    ? { ...change, before: installed.get(change.name) ?? 'installed' }
    : change;
}

function resultOf(changed: readonly PackageChange[], stdout: string): DnfResult {
  const packages = changed.map(({ name, before, after }) => ({
    name,
    before: before ?? null,
    after: after ?? null,
  }));
  return { packages, stdout };
}
