import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Conditions } from './results.ts';

const PACKAGES = ['openssh-server', 'openssh-client', 'python3', 'ansible-core', 'ansible-mitogen'];

/** Installs the Debian packages that are missing. Throws when this is no Debian, or not root. */
export function installMissing(): void {
  if (process.getuid?.() !== 0)
    throw new Error('npm run bench needs root: it starts an sshd and makes a user');
  if (!existsSync('/etc/debian_version'))
    throw new Error('npm run bench needs Debian: it compares with its packages');
  const missing = PACKAGES.filter((name) => packageVersion(name) === undefined);
  if (missing.length === 0) return;
  process.stderr.write(`installing ${missing.join(', ')}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const stdio = ['ignore', 'ignore', 'inherit'] as const;
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: [...stdio] });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    stdio: [...stdio],
  });
}

function packageVersion(name: string): string | undefined {
  const asked = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Status} ${Version}', name], {
    encoding: 'utf8',
  });
  const [status, version] = asked.stdout.split(' ');
  return status === 'installed' ? version : undefined;
}

/** Without what Debian adds: `1:9.2p1-2+deb12u3` is 9.2p1. */
function shortVersion(name: string): string | undefined {
  return packageVersion(name)?.replace(/^\d+:/, '').replace(/-.*$/, '');
}

/** What the figures depend on. */
export function conditions(): Conditions {
  const words = [
    ['Debian', readFileSync('/etc/debian_version', 'utf8').trim()],
    ['Linux', release().split('-')[0]],
    ['Node', process.versions.node],
    ['OpenSSH', shortVersion('openssh-server')],
    ['ansible-core', shortVersion('ansible-core')],
    ['Mitogen', shortVersion('ansible-mitogen')],
  ];
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    versions: words.map(([name, version]) => `${name} ${version ?? 'unknown'}`),
    load: Number((loadavg()[0] ?? NaN).toFixed(2)),
  };
}
