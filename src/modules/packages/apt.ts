import type { Change } from '../../model/result.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import { oneOf } from '../aliases.ts';
import type { Check } from '../define.ts';
import { ModuleError } from '../define.ts';
import type { AptArgs, AptResult } from './apt-args.ts';
import type { AptState, PackageSpec } from './apt-look.ts';
import { lookAtApt, simulate, specOf } from './apt-look.ts';
import { aptGet, updateLists } from './apt-run.ts';
import type { PackageChange } from './transaction.ts';
import { packageChanges } from './transaction.ts';

/** What apt has to do: the words of each call of apt-get. */
export interface AptPlan {
  readonly updates: boolean;
  readonly calls: readonly (readonly string[])[];
  readonly changed: readonly PackageChange[];
}

/** What is needed for the packages to be as they are wanted; apt-get itself is asked what it would do. */
export async function checkApt(node: NodeReader, args: AptArgs): Promise<Check<AptResult, AptPlan>> {
  const specs = (oneOf({ name: args.name, package: args.package, pkg: args.pkg }) ?? []).map(specOf);
  refuseNonsense(args, specs);
  const seen = await lookAtApt(node, specs, args.deb);
  const due = updateDue(args, seen);
  const calls = callsFor(args, specs, seen);
  const isAlone = calls.length === 0 && specs.length === 0 && args.deb === undefined;
  const updates = due && (isAlone || calls.length > 0);
  const changed: PackageChange[] = [];
  const kept: (readonly string[])[] = [];
  const changes: Change[] = updates ? [{ subject: 'package lists', summary: ageInWords(seen) }] : [];
  for (const call of calls) {
    if (call.includes('clean')) {
      changes.push({ subject: '/var/cache/apt/archives', summary: 'downloaded files → absent' });
      kept.push(call);
      continue;
    }
    const found = await simulate(node, call, updates);
    // With newer lists there may be something to do where there is nothing now.
    if (found === undefined || updates || found.length > 0) kept.push(call);
    changed.push(...(found ?? []));
    changes.push(...(found === undefined ? unknownChanges(specs, seen) : packageChanges(found)));
  }
  const result = resultOf({ seen, updated: false, changed: [], stdout: '' });
  return { changes, result, state: { updates, calls: kept, changed } };
}

/** Does what {@link checkApt} found. */
export async function applyApt(node: NodeWriter, args: AptArgs, plan: AptPlan): Promise<AptResult> {
  const said: string[] = [];
  if (plan.updates) said.push(await updateLists(node, args));
  for (const call of plan.calls) {
    const options = { lock_timeout: args.lock_timeout, failure: 'apt-get failed' };
    said.push(await aptGet(node, ['-o', `DPkg::Lock::Timeout=${args.lock_timeout}`, ...call], options));
  }
  const seen = await lookAtApt(node, [], undefined);
  return resultOf({ seen, updated: plan.updates, changed: plan.changed, stdout: said.join('') });
}

function callsFor(
  args: AptArgs,
  specs: readonly PackageSpec[],
  seen: AptState,
): readonly (readonly string[])[] {
  const calls: (readonly string[])[] = [];
  if (args.clean && seen.hasArchives) calls.push(['-y', 'clean']);
  if (args.upgrade !== 'no') {
    const verb = args.upgrade === 'full' || args.upgrade === 'dist' ? 'dist-upgrade' : 'upgrade';
    calls.push([...optionsOf(args), ...(verb === 'upgrade' ? ['--with-new-pkgs'] : []), verb]);
  }
  const main = mainCall(args, specs, seen);
  if (main !== undefined) calls.push(main);
  if (args.state === 'fixed') calls.push([...optionsOf(args), '-f', 'install']);
  if (args.autoremove && main === undefined) calls.push([...optionsOf(args), 'autoremove']);
  if (args.autoclean) calls.push(['-y', 'autoclean']);
  return calls;
}

function mainCall(
  args: AptArgs,
  specs: readonly PackageSpec[],
  seen: AptState,
): readonly string[] | undefined {
  const auto = args.autoremove ? ['--auto-remove'] : [];
  if (args.deb !== undefined)
    return seen.deb?.newer === true || args.allow_downgrade ? debCall(args, seen) : undefined;
  const is = (spec: PackageSpec): boolean => isThere(spec, seen);
  switch (args.state) {
    case 'absent': {
      const there = specs.filter(
        ({ name }) => seen.installed.has(name) || (args.purge && seen.configOnly.has(name)),
      );
      const verb = args.purge ? 'purge' : 'remove';
      return there.length === 0
        ? undefined
        : [...optionsOf(args), ...auto, verb, ...there.map(({ name }) => name)];
    }
    case 'build-dep':
      return specs.length === 0
        ? undefined
        : [...optionsOf(args), 'build-dep', ...specs.map(({ word }) => word)];
    case 'fixed':
    case 'latest':
    case 'present': {
      const latest = args.state === 'latest';
      const wanted = specs.filter((spec) => (latest && spec.version === undefined) || !is(spec));
      const words = wanted.map(({ word }) => word);
      const upgrade = args.only_upgrade ? ['--only-upgrade'] : [];
      return words.length === 0 ? undefined : [...optionsOf(args), ...upgrade, ...auto, 'install', ...words];
    }
  }
}

function debCall(args: AptArgs, seen: AptState): readonly string[] | undefined {
  const there = seen.installed.get(seen.deb?.name ?? '');
  return there === seen.deb?.version ? undefined : [...optionsOf(args), 'install', args.deb ?? ''];
}

function isThere({ name, version }: PackageSpec, { installed }: AptState): boolean {
  const now = installed.get(name);
  if (now === undefined || version === undefined) return now !== undefined;
  const pattern = version
    .split(/([*?])/)
    .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : part.replace(/[.+]/g, '\\$&')));
  return new RegExp(`^${pattern.join('')}$`).test(now);
}

function optionsOf(args: AptArgs): readonly string[] {
  const recommends =
    args.install_recommends === undefined
      ? []
      : [args.install_recommends ? '--install-recommends' : '--no-install-recommends'];
  return [
    '-y',
    ...args.dpkg_options.flatMap((option) => ['-o', `Dpkg::Options::=--${option}`]),
    ...(args.default_release === undefined ? [] : ['-t', args.default_release]),
    ...recommends,
    ...(args.allow_unauthenticated ? ['--allow-unauthenticated'] : []),
    ...(args.allow_downgrade ? ['--allow-downgrades'] : []),
    ...(args.allow_change_held_packages ? ['--allow-change-held-packages'] : []),
    ...(args.fail_on_autoremove ? ['--no-remove'] : []),
  ];
}

function updateDue({ update_cache, cache_valid_time }: AptArgs, { listsAge }: AptState): boolean {
  if (!(update_cache ?? cache_valid_time > 0)) return false;
  return listsAge === undefined || listsAge >= cache_valid_time;
}

function ageInWords({ listsAge }: AptState): string {
  return listsAge === undefined ? 'never updated → updated' : `${listsAge} s old → updated`;
}

/** The lists do not know them yet; after the update they may. */
function unknownChanges(specs: readonly PackageSpec[], seen: AptState): Change[] {
  return specs
    .filter((spec) => !isThere(spec, seen))
    .map(({ name, version }) => ({
      subject: name,
      summary: `${seen.installed.get(name) ?? 'absent'} → ${version ?? 'what the updated lists have'}`,
    }));
}

function refuseNonsense(args: AptArgs, specs: readonly PackageSpec[]): void {
  if (args.deb !== undefined && specs.length > 0) {
    throw new ModuleError({ message: 'both name and deb are given', hint: 'Use a task for each.' });
  }
  const asks =
    specs.length > 0 || args.deb !== undefined || args.upgrade !== 'no' || args.state === 'fixed' ||
    args.update_cache === true || args.cache_valid_time > 0 || args.autoremove || args.autoclean || args.clean; // prettier-ignore
  if (!asks && args.name === undefined && args.package === undefined && args.pkg === undefined) {
    throw new ModuleError({
      message: 'there is nothing to do',
      hint: 'Give name, deb, upgrade or update_cache.',
    });
  }
}

function resultOf(it: {
  readonly seen: AptState;
  readonly updated: boolean;
  readonly changed: readonly PackageChange[];
  readonly stdout: string;
}): AptResult {
  const { listsTime } = it.seen;
  return {
    cache_updated: it.updated,
    ...(listsTime === undefined ? {} : { cache_update_time: listsTime }),
    packages: it.changed.map(({ name, before, after }) => ({
      name,
      before: before ?? null,
      after: after ?? null,
    })),
    stdout: it.stdout,
  };
}
