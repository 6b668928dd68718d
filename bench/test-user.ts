import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endProcess, isAlive } from './closing.ts';
import { endTree, processesOf } from './processes.ts';

/** Makes a user with an empty home and /bin/sh, who can log in by key only; gives the user's number. */
export function addUser(user: string, home: string): number {
  const options = ['--create-home', '--skel', '/dev/null', '--home-dir', home, '--shell', '/bin/sh'];
  execFileSync('/usr/sbin/useradd', [...options, user], { stdio: 'pipe' });
  // No password fits, and yet the account is not locked: sshd without PAM turns locked ones away.
  execFileSync('/usr/sbin/usermod', ['-p', '*', user], { stdio: 'pipe' });
  return Number(execFileSync('/usr/bin/id', ['-u', user], { encoding: 'utf8' }));
}

/** Ends what runs as that user, and removes the user. */
export function removeUser(user: string): void {
  const uid = Number(execFileSync('/usr/bin/id', ['-u', user], { encoding: 'utf8' }));
  for (const pid of processesOf(uid)) endProcess(pid);
  execFileSync('/usr/sbin/userdel', [user], { stdio: 'pipe' });
}

/** What an earlier run that was killed has left: its users are named by its process number, their home tells the rest. */
export function removeLeftOvers(prefix: string): void {
  const pattern = new RegExp(`^${prefix}-(\\d+):`);
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const pid = Number(pattern.exec(line)?.[1]);
    if (!(pid > 0) || isAlive(pid)) continue;
    const folder = dirname(line.split(':')[5] ?? '');
    if (!folder.includes(prefix)) continue;
    endServer(folder);
    removeUser(`${prefix}-${pid}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

function endServer(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'sshd.pid'), 'utf8'));
    // The number may be another process's by now.
    if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(folder, 'sshd_config'))) endTree(pid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
