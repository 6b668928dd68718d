import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import { rowsInWords } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import type { Step } from '../steps.ts';
import type { WantedUser } from './args.ts';
import { aspectsOf, expiryWord, limits, type Aspect } from './aspects.ts';
import type { Account, SeenUser } from './look.ts';
import { keyFileOf } from './look.ts';

export interface UserPlan {
  readonly changes: readonly Change[];
  readonly steps: readonly Step[];
}

const NOTHING: UserPlan = { changes: [], steps: [] };

/** What brings the user about. */
export function presentPlan(wanted: WantedUser, seen: SeenUser, node: string): UserPlan {
  const { name, uid } = wanted;
  if (seen.missingGroups.length > 0) {
    throw new ModuleError({
      message: `there is no group ${seen.missingGroups.join(', ')} on ${node}`,
      hint: 'Make it before, with the module group.',
    });
  }
  if (uid !== undefined && seen.owner !== undefined && seen.owner !== name && !wanted.non_unique) {
    throw new ModuleError({
      message: `uid ${uid} is the number of the user ${seen.owner} already`,
      hint: 'Take another number, or set non_unique: true.',
    });
  }
  const account = seen.account;
  const plan = account === undefined ? newUser(wanted, seen) : changedUser(wanted, account, seen);
  const key = keyPlan(wanted, seen, node);
  return { changes: [...plan.changes, ...key.changes], steps: [...plan.steps, ...key.steps] };
}

/** What removes the user. */
export function absentPlan(wanted: WantedUser, { account, busybox }: SeenUser): UserPlan {
  const { name } = wanted;
  if (account === undefined) return NOTHING;
  const command = busybox
    ? sh`deluser ${[...(wanted.remove ? ['--remove-home'] : []), name]}`
    : sh`userdel ${[...(wanted.force ? ['-f'] : []), ...(wanted.remove ? ['-r'] : []), name]}`;
  const home = wanted.remove ? `, with ${account.home}` : '';
  return {
    changes: [{ subject: name, summary: `user → absent${home}` }],
    steps: [{ command, failure: `could not remove the user ${name}` }],
  };
}

function newUser(wanted: WantedUser, seen: SeenUser): UserPlan {
  const { name } = wanted;
  const steps: Step[] = seen.busybox ? busyboxSteps(wanted) : [addStep(wanted, seen)];
  if (wanted.password !== undefined) steps.push(passwordStep(wanted));
  const later = limits(wanted, []).flatMap(({ chage = [] }) => chage);
  if (later.length > 0) steps.push({ command: sh`chage ${[...later, name]}`, failure: failureOf(wanted) });
  if (wanted.password_lock === true)
    steps.push({ command: sh`usermod -L ${name}`, failure: failureOf(wanted) });
  const words = [
    ...(wanted.uid === undefined ? [] : [`uid ${wanted.uid}`]),
    ...(wanted.group === undefined ? [] : [`group ${wanted.group}`]),
    ...((wanted.groups ?? []).length === 0 ? [] : [`groups ${wanted.groups?.join(',')}`]),
    ...(wanted.shell === undefined ? [] : [`shell ${wanted.shell}`]),
    ...(wanted.home === undefined ? [] : [`home ${wanted.home}`]),
  ];
  const summary = `absent → user${words.length === 0 ? '' : ` with ${words.join(', ')}`}`;
  return { changes: [{ subject: name, summary }], steps };
}

function addStep(wanted: WantedUser, seen: SeenUser): Step {
  const flags: string[] = [];
  const give = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) flags.push(flag, String(value));
  };
  give('-u', wanted.uid);
  if (wanted.uid !== undefined && wanted.non_unique) flags.push('-o');
  if (wanted.group !== undefined) give('-g', wanted.group);
  // Otherwise useradd would want to make a group of that name once more.
  else if (seen.hasOwnGroup) flags.push('-N');
  if ((wanted.groups ?? []).length > 0) give('-G', wanted.groups?.join(','));
  give('-c', wanted.comment);
  give('-d', wanted.home);
  give('-s', wanted.shell);
  if (wanted.expires !== undefined && wanted.expires >= 0) give('-e', expiryWord(wanted.expires));
  if (wanted.system) flags.push('-r');
  if (wanted.create_home) {
    flags.push('-m');
    give('-k', wanted.skeleton);
    if (wanted.umask !== undefined) give('-K', `UMASK=${wanted.umask}`);
  } else flags.push('-M');
  return { command: sh`useradd ${[...flags, wanted.name]}`, failure: failureOf(wanted) };
}

function busyboxSteps(wanted: WantedUser): Step[] {
  const { name, groups = [] } = wanted;
  const flags = [
    '-D',
    ...(wanted.create_home ? [] : ['-H']),
    ...(wanted.system ? ['-S'] : []),
    ...(wanted.uid === undefined ? [] : ['-u', wanted.uid]),
    ...(wanted.group === undefined ? [] : ['-G', wanted.group]),
    ...(wanted.comment === undefined ? [] : ['-g', wanted.comment]),
    ...(wanted.home === undefined ? [] : ['-h', wanted.home]),
    ...(wanted.shell === undefined ? [] : ['-s', wanted.shell]),
    ...(wanted.skeleton === undefined ? [] : ['-k', wanted.skeleton]),
  ];
  const failure = failureOf(wanted);
  const joins = groups.map((group) => ({ command: sh`addgroup ${name} ${group}`, failure }));
  return [{ command: sh`adduser ${[...flags, name]}`, failure }, ...joins];
}

function changedUser(wanted: WantedUser, account: Account, seen: SeenUser): UserPlan {
  const { name } = wanted;
  const aspects = aspectsOf(wanted, account, seen);
  const home = wanted.home ?? account.home;
  const needsHome = wanted.create_home && !seen.homeExists && !(wanted.move_home && home !== account.home);
  const steps = [
    ...(seen.busybox ? busyboxChanges(wanted, aspects, account) : changeSteps(wanted, aspects)),
    ...(needsHome ? [homeStep(wanted, home)] : []),
  ];
  const rows = aspects.map((aspect) => aspect.row);
  const changes: Change[] =
    rows.length === 0 ? [] : [{ subject: name, summary: rowsInWords(rows), diff: { kind: 'values', rows } }];
  if (needsHome) changes.push({ subject: home, summary: 'absent → directory' });
  return { changes, steps };
}

function changeSteps(wanted: WantedUser, aspects: readonly Aspect[]): Step[] {
  const { name } = wanted;
  const failure = failureOf(wanted);
  // Neither goes together with other changes: usermod refuses -L and -U beside a new hash.
  const locks = aspects.filter(({ usermod }) => usermod?.[0] === '-L' || usermod?.[0] === '-U');
  const usermod = aspects.filter((a) => !locks.includes(a)).flatMap((a) => a.usermod ?? []);
  const chage = aspects.flatMap((aspect) => aspect.chage ?? []);
  return [
    ...(usermod.length === 0 ? [] : [{ command: sh`usermod ${[...usermod, name]}`, failure }]),
    ...(aspects.some((aspect) => aspect.password) ? [passwordStep(wanted)] : []),
    ...locks.map((lock) => ({ command: sh`usermod ${[...(lock.usermod ?? []), name]}`, failure })),
    ...(chage.length === 0 ? [] : [{ command: sh`chage ${[...chage, name]}`, failure }]),
  ];
}

/** Without usermod: groups and the password, nothing else. */
function busyboxChanges(wanted: WantedUser, aspects: readonly Aspect[], account: Account): Step[] {
  const { name } = wanted;
  const impossible = aspects.filter((aspect) => aspect.password !== true && aspect.row.name !== 'groups');
  if (impossible.length > 0) {
    throw new ModuleError({
      message: `the node has no usermod, so it cannot be changed: ${rowsInWords(impossible.map((a) => a.row))}`,
      hint: 'Install the package shadow (Alpine) or passwd (Debian).',
    });
  }
  const failure = failureOf(wanted);
  const groups = aspects.some((aspect) => aspect.row.name === 'groups') ? (wanted.groups ?? []) : [];
  const joins = groups.filter((group) => !account.groups.includes(group));
  const leaves =
    wanted.append || groups.length === 0 ? [] : account.groups.filter((g) => !groups.includes(g));
  return [
    ...joins.map((group) => ({ command: sh`addgroup ${name} ${group}`, failure })),
    ...leaves.map((group) => ({ command: sh`delgroup ${name} ${group}`, failure })),
    ...(aspects.some((aspect) => aspect.password) ? [passwordStep(wanted)] : []),
  ];
}

function passwordStep({ name, password = '' }: WantedUser): Step {
  return {
    command: sh`chpasswd -e`,
    stdin: `${name}:${password}\n`,
    failure: `could not set the password of ${name}`,
  };
}

function homeStep({ name, skeleton = '/etc/skel', umask = '022' }: WantedUser, home: string): Step {
  const parent = posix.dirname(home);
  const command: ShellCommand = sh`umask 022 && mkdir -p -- ${parent} && umask ${umask} && mkdir -- ${home} && { [ ! -d ${skeleton} ] || cp -R -- ${`${skeleton}/.`} ${home}; } && chown -R -- ${name}: ${home}`;
  return { command, failure: `could not make the home folder ${home}` };
}

function keyPlan(wanted: WantedUser, seen: SeenUser, node: string): UserPlan {
  const file = keyFileOf(wanted);
  if (file === '' || (seen.keyExists && !wanted.force)) return NOTHING;
  const { name, ssh_key_type: type, ssh_key_comment: comment = `generated on ${node}` } = wanted;
  const bits = wanted.ssh_key_bits === undefined ? [] : ['-b', wanted.ssh_key_bits];
  // The home folder is looked up when the user is there: useradd has its own idea of where it is.
  const command = sh`k=${file}; h=$(awk -F: -v n=${name} '$1 == n { print $6 }' /etc/passwd)
case $k in /*) ;; *) k=$h/$k ;; esac
d=\${k%/*}; if [ ! -d "$d" ]; then mkdir -p -m 700 -- "$d" && chown -- ${name}: "$d" || exit 1; fi
rm -f -- "$k" && ssh-keygen -q -t ${[type, ...bits]} -N '' -C ${comment} -f "$k" && chown -- ${name}: "$k" "$k.pub"`;
  return {
    changes: [{ subject: file, summary: `${seen.keyExists ? 'SSH key' : 'absent'} → new SSH key (${type})` }],
    steps: [
      {
        command: { text: command.text, shown: `ssh-keygen -t ${type} -f ${file}` },
        failure: `could not make the SSH key ${file}`,
      },
    ],
  };
}

function failureOf({ name }: WantedUser): string {
  return `could not bring the user ${name} about`;
}
