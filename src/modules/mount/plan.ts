import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import { ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import type { FstabEntry } from './fstab.ts';
import type { Mounted } from './mounted.ts';

export interface Situation {
  readonly state: string;
  readonly path: string;
  readonly wanted: FstabEntry | undefined;
  readonly now: Mounted | undefined;
  /** What is at the path; undefined: nothing. */
  readonly folder: string | undefined;
  readonly fstab: string;
  readonly fstabChanged: boolean;
}

interface Plan {
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}

/** What has to be mounted or unmounted. Throws ModuleError. */
export function mountPlan(it: Situation, node: string): Plan {
  switch (it.state) {
    case 'mounted':
      return mounted(it);
    case 'ephemeral':
      return ephemeral(it);
    case 'unmounted':
      return it.now === undefined ? NOTHING : unmounted(it, it.now);
    case 'remounted':
      return remounted(it, node);
    case 'absent':
      return absent(it);
    default:
      return NOTHING;
  }
}

const NOTHING: Plan = { changes: [], steps: [] };

function mounted(it: Situation): Plan {
  const { path, wanted, now } = it;
  if (now === undefined) return newMount(it, mountCommand(it));
  if (!it.fstabChanged || wanted === undefined) return NOTHING;
  const other = isOther(now, wanted);
  const again = other
    ? [unmountStep(path), mountStep(path, mountCommand(it))]
    : [mountStep(path, sh`mount -o ${`remount,${wanted.opts}`} -- ${path}`)];
  const summary = other
    ? `mounted from ${now.src} → from ${wanted.src}`
    : 'to be mounted again with its options';
  return { changes: [{ subject: path, summary }], steps: again };
}

function ephemeral(it: Situation): Plan {
  const { path, wanted, now } = it;
  if (wanted === undefined) return NOTHING;
  const { src, fstype, opts } = wanted;
  if (now === undefined) return newMount(it, sh`mount -t ${fstype} -o ${opts} -- ${src} ${path}`);
  if (!isOther(now, wanted)) return NOTHING;
  throw new ModuleError({
    message: `${now.src} is mounted at ${path} already, not ${src}`,
    hint: 'Unmount it before, with state: unmounted.',
  });
}

function newMount(it: Situation, command: ShellCommand): Plan {
  const { path, wanted, folder } = it;
  const summary = `not mounted → ${wanted?.fstype ?? ''} from ${wanted?.src ?? ''}`;
  const mount = { change: { subject: path, summary }, step: mountStep(path, command) };
  // A bind mount of a file has a file to lie upon.
  if (folder !== undefined || path === 'none') return { changes: [mount.change], steps: [mount.step] };
  return {
    changes: [{ subject: path, summary: 'absent → directory' }, mount.change],
    steps: [{ command: sh`mkdir -p -- ${path}`, failure: `could not make the folder ${path}` }, mount.step],
  };
}

function unmounted({ path }: Situation, now: Mounted): Plan {
  return {
    changes: [{ subject: path, summary: `${now.fstype} from ${now.src} → not mounted` }],
    steps: [unmountStep(path)],
  };
}

function remounted({ path, now }: Situation, node: string): Plan {
  if (now === undefined) {
    throw new ModuleError({
      message: `nothing is mounted at ${path} on ${node}`,
      hint: 'state: mounted mounts it.',
    });
  }
  return {
    changes: [{ subject: path, summary: 'to be mounted again' }],
    steps: [mountStep(path, sh`mount -o remount -- ${path}`)],
  };
}

function absent(it: Situation): Plan {
  const { path, now, folder } = it;
  const plan = now === undefined ? NOTHING : unmounted(it, now);
  if (folder !== 'directory' || path === '/') return plan;
  return {
    changes: [...plan.changes, { subject: path, summary: 'directory → absent' }],
    steps: [
      ...plan.steps,
      {
        command: sh`rmdir -- ${path}`,
        failure: `could not remove ${path}`,
        hint: () => 'Only an empty folder goes.',
      },
    ],
  };
}

/** Names such as UUID=… are not what the kernel says; a bind mount says the file system that the folder is on. */
function isOther(now: Mounted, wanted: FstabEntry): boolean {
  if (/^(UUID|LABEL|PARTUUID|PARTLABEL|ID)=/.test(wanted.src)) return false;
  const isBind = wanted.opts.split(',').some((word) => word === 'bind' || word === 'rbind');
  if (isBind) return !wanted.src.endsWith(now.root) && now.root !== '/';
  if (wanted.src.startsWith('/dev/disk/') || wanted.src.startsWith('/dev/mapper/')) return false;
  return now.src !== wanted.src && posix.normalize(now.src) !== posix.normalize(wanted.src);
}

function mountCommand({ path, fstab }: Situation): ShellCommand {
  return fstab === '/etc/fstab' ? sh`mount -- ${path}` : sh`mount -T ${fstab} -- ${path}`;
}

function mountStep(path: string, command: ShellCommand): Step {
  return { command, failure: `could not mount ${path}` };
}

function unmountStep(path: string): Step {
  const inUse = 'Something is open there: "fuser -vm" on the node says what.';
  return {
    command: sh`umount -- ${path}`,
    failure: `could not unmount ${path}`,
    hint: (said) => (/busy/i.test(said) ? inUse : undefined),
  };
}
