import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';
import { distributionFiles, distributionOf } from './distribution.ts';

/** What keeps the services running. */
export const serviceMgr: FactGroup = {
  name: 'service_mgr',
  facts: ['service_mgr'],
  files: ['/proc/1/comm'],
  paths: ['/run/systemd/system', '/sbin/initctl', '/etc/init', '/sbin/openrc', '/etc/init.d'],
  read: (answer) => ({ facts: { service_mgr: serviceManager(answer) } }),
};

/** Names of first processes that are called otherwise than the service manager is. */
const FIRST_PROCESSES: ReadonlyMap<string, string> = new Map([
  ['procd', 'openwrt_init'],
  ['runit-init', 'runit'],
  ['svscan', 'svc'],
  ['openrc-init', 'openrc'],
]);

function serviceManager(answer: Answer): string {
  const first = answer.line('/proc/1/comm');
  // Several service managers call their first process init.
  if (first !== undefined && first !== 'init') return FIRST_PROCESSES.get(first) ?? first;
  if (answer.has('/run/systemd/system')) return 'systemd';
  if (answer.has('/sbin/initctl') && answer.has('/etc/init')) return 'upstart';
  if (answer.has('/sbin/openrc')) return 'openrc';
  return answer.has('/etc/init.d') ? 'sysvinit' : 'service';
}

/** By path, what installs packages there; of several the last one that the distribution's family goes with. */
const PACKAGE_MANAGERS: readonly (readonly [string, string])[] = [
  ['/usr/bin/yum', 'yum'],
  ['/usr/bin/dnf', 'dnf'],
  ['/usr/bin/dnf5', 'dnf5'],
  ['/usr/bin/apt-get', 'apt'],
  ['/usr/bin/zypper', 'zypper'],
  ['/usr/bin/pacman', 'pacman'],
  ['/bin/opkg', 'opkg'],
  ['/usr/bin/xbps-install', 'xbps'],
  ['/usr/bin/emerge', 'portage'],
  ['/sbin/apk', 'apk'],
  ['/run/ostree-booted', 'atomic_container'],
];

const OF_FAMILY: Readonly<Record<string, readonly string[]>> = {
  RedHat: ['yum', 'dnf', 'dnf5', 'atomic_container'],
  Debian: ['apt'],
  Suse: ['zypper'],
};

/** What installs packages. */
export const pkgMgr: FactGroup = {
  name: 'pkg_mgr',
  facts: ['pkg_mgr'],
  files: distributionFiles,
  paths: PACKAGE_MANAGERS.map(([path]) => path),
  read: (answer) => {
    const there = PACKAGE_MANAGERS.filter(([path]) => answer.has(path)).map(([, name]) => name);
    const own = OF_FAMILY[distributionOf(answer)?.family ?? ''];
    const fitting = there.filter((name) => own?.includes(name) ?? true);
    return { facts: { pkg_mgr: fitting.at(-1) ?? there.at(-1) ?? 'unknown' } };
  },
};

/** What /etc/resolv.conf says. */
export const dns: FactGroup = {
  name: 'dns',
  facts: ['dns'],
  files: ['/etc/resolv.conf'],
  read: (answer) => {
    const words = answer.lines('/etc/resolv.conf').map((line) =>
      line
        .replace(/[#;].*/, '')
        .trim()
        .split(/\s+/),
    );
    const all = (key: string): readonly string[] =>
      words.filter(([first]) => first === key).flatMap((line) => line.slice(1));
    // Of search and domain the last line counts.
    const last = (key: string): readonly string[] =>
      words.findLast(([first]) => first === key)?.slice(1) ?? [];
    const options = all('options').map((option) => {
      const [name = '', value] = option.split(':');
      return [name, value ?? true] as const;
    });
    const facts = {
      nameservers: all('nameserver'),
      ...(last('domain')[0] === undefined ? {} : { domain: last('domain')[0] ?? '' }),
      ...(last('search').length === 0 ? {} : { search: last('search') }),
      ...(options.length === 0 ? {} : { options: Object.fromEntries(options) }),
    };
    return { facts: { dns: facts } };
  },
};
