import type { FactGroup } from './group.ts';
import { distribution } from './groups/distribution.ts';
import { docker } from './groups/docker.ts';
import { env } from './groups/env.ts';
import { local } from './groups/local.ts';
import { dmi, load } from './groups/machine.ts';
import { memory } from './groups/memory.ts';
import { mounts } from './groups/mounts.ts';
import { network } from './groups/network.ts';
import { platform } from './groups/platform.ts';
import { processor } from './groups/processor.ts';
import { fips, selinux, sshPubKeys } from './groups/security.ts';
import { dns, pkgMgr, serviceMgr } from './groups/services.ts';
import { dateTime } from './groups/time.ts';
import { user } from './groups/user.ts';
import { virtual } from './groups/virtual.ts';

const minimal: readonly FactGroup[] = [
  platform,
  distribution,
  user,
  env,
  dateTime,
  selinux,
  fips,
  sshPubKeys,
  serviceMgr,
  pkgMgr,
  dns,
  local,
];
const hardware: readonly FactGroup[] = [processor, memory, mounts, dmi, load];

/** All groups of facts, in the order in which a script asks for them. */
export const factGroups: readonly FactGroup[] = [...minimal, ...hardware, network, virtual, docker];

/** The words of `gather_subset` that stand for several groups. */
export const groupSets: ReadonlyMap<string, readonly FactGroup[]> = new Map([
  ['all', factGroups],
  ['min', minimal],
  ['hardware', hardware],
]);
