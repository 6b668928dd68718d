import type { DataMap } from '../../../src/model/data.ts';
import { readAnswer, type Answer } from '../../../src/modules/setup/answer.ts';
import { createSetup } from '../../../src/modules/setup/index.ts';
import type { FactCache } from '../../../src/modules/setup/cache.ts';
import { FakeNode } from '../fake-node.ts';

/** What a node answers, written by hand after what real ones say. */
export interface NodeAnswer {
  /** Whole files. */
  readonly files?: Readonly<Record<string, string>>;
  /** Picked lines of files. */
  readonly lines?: Readonly<Record<string, string>>;
  /** Paths that are there. */
  readonly paths?: readonly string[];
  readonly sections?: Readonly<Record<string, string>>;
}

/** The output of the script on such a node. */
export function outputOf({ files = {}, lines = {}, paths = [], sections = {} }: NodeAnswer): string {
  const grep = (texts: Readonly<Record<string, string>>): string =>
    Object.entries(texts)
      .flatMap(([path, text]) =>
        text
          .trimEnd()
          .split('\n')
          .map((line) => `${path}:${line}\n`),
      ) // prettier-ignore
      .join('');
  const parts = {
    files: grep(files),
    lines: grep(lines),
    paths: paths.map((p) => `${p}\n`).join(''),
    ...sections,
  };
  const marked = Object.entries({ ...parts, end: '' }).map(([name, text]) => `\n\x1e${name}\n${text}`);
  return marked.join('');
}

export function answerOf(node: NodeAnswer): Answer {
  const answer = readAnswer(outputOf(node));
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

/** What the module makes of it. */
export async function gather(
  node: NodeAnswer | string,
  args: Readonly<Record<string, unknown>> = {},
  cache?: FactCache,
): Promise<{ facts: DataMap; own: DataMap; warnings: readonly string[]; asked: readonly string[] }> {
  const stdout = typeof node === 'string' ? node : outputOf(node);
  const fake = new FakeNode({ commands: [{ match: '(facts: ', stdout }] });
  const setup = createSetup(cache);
  const { result, warnings = [] } = await setup.check(fake, setup.args.parse(args));
  const { ansible_facts: facts, oms_facts: own } = result as Record<string, DataMap>;
  return { facts: facts ?? {}, own: own ?? {}, warnings, asked: fake.queried };
}

/** Debian 12 on a virtual machine of a cloud, with Docker. */
export const debian: NodeAnswer = {
  files: {
    '/proc/sys/kernel/ostype': 'Linux',
    '/proc/sys/kernel/osrelease': '6.1.0-18-amd64',
    '/proc/sys/kernel/version': '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)',
    '/proc/sys/kernel/arch': 'x86_64',
    '/proc/sys/kernel/hostname': 'hz-1',
    '/etc/machine-id': '3d1219c7c4c5404aaa1f6d2a48adfda4',
    '/etc/hosts': '127.0.0.1 localhost\n127.0.1.1 hz-1.oms.example.com hz-1 # set by cloud-init',
    '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"`,
    '/etc/debian_version': '12.5',
    '/proc/1/comm': 'systemd',
    '/etc/resolv.conf':
      '# made by hand\nnameserver 10.0.0.2\nnameserver 10.0.0.3\nsearch example.com oms.example.com\noptions ndots:2 rotate',
    '/etc/ssh/ssh_host_ed25519_key.pub': 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKey root@hz-1',
    '/sys/devices/system/cpu/online': '0-7',
    '/sys/devices/system/cpu/cpu0/topology/physical_package_id': '0',
    '/sys/devices/system/cpu/cpu4/topology/physical_package_id': '1',
    '/sys/class/dmi/id/product_name': 'Alibaba Cloud ECS',
    '/sys/class/dmi/id/sys_vendor': 'Alibaba Cloud',
    '/sys/class/dmi/id/bios_version': '449e491',
    '/proc/uptime': '13998.53 27351.12',
    '/proc/loadavg': '0.52 0.58 0.59 1/467 12345',
    '/proc/1/cgroup': '0::/init.scope',
  },
  lines: {
    '/proc/meminfo': `MemTotal:       16384256 kB
MemFree:         1048576 kB
Buffers:          204800 kB
Cached:          8192000 kB
SwapCached:            0 kB
SwapTotal:       2097152 kB
SwapFree:        2097152 kB`,
    '/proc/self/status': 'Cpus_allowed_list:\t0-3,6',
    '/proc/self/mounts': `/dev/vda1 / ext4 rw,relatime,errors=remount-ro 0 0
/dev/vdb1 /data\\040disk xfs rw,noatime 0 0
10.0.0.9:/export /mnt/nfs nfs4 rw,vers=4.2 0 0`,
  },
  paths: ['/run/systemd/system', '/etc/init.d', '/usr/bin/apt-get', '/usr/bin/dnf', '/dev/kvm'],
  sections: {
    user: '1000 0 1000 0\nroot:x:0:0:root:/root:/bin/bash\n',
    env: 'HOME=/root\0WORDS=a=b\nc\0EMPTY=\0',
    date: '1709622000 123456789 +0800 CST\n',
    cpu: `processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R) Platinum
physical id\t: 0
siblings\t: 4
cpu cores\t: 2
`,
    statfs: `4096 4096 10255636 8000000 2621440 2400000 /
4096 4096 26201600 20000000 52428800 52428700 /data disk
`,
    ip: `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT group default qlen 1000\\    link/ether 00:16:3e:0a:0b:0c brd ff:ff:ff:ff:ff:ff
3: docker0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN mode DEFAULT group default \\    link/ether 02:42:11:22:33:44 brd ff:ff:ff:ff:ff:ff
5: br-oms@if4: <BROADCAST,MULTICAST,PROMISC> mtu 1400 qdisc noop state DOWN mode DEFAULT group default \\    link/ether 02:42:55:66:77:88 brd ff:ff:ff:ff:ff:ff link-netnsid 0
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
1: lo    inet6 ::1/128 scope host \\       valid_lft forever preferred_lft forever
2: eth0    inet 10.0.1.11/22 brd 10.0.3.255 scope global dynamic eth0\\       valid_lft 86052sec preferred_lft 86052sec
2: eth0    inet 10.0.1.100/32 scope global eth0:vip\\       valid_lft forever preferred_lft forever
2: eth0    inet6 fe80::216:3eff:fe0a:b0c/64 scope link \\       valid_lft forever preferred_lft forever
3: docker0    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0\\       valid_lft forever preferred_lft forever
default via 10.0.0.1 dev eth0 proto dhcp metric 100 
10.0.0.0/22 dev eth0 proto kernel scope link src 10.0.1.11 metric 100 
172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown 
10.9.9.9 via 10.0.0.7 dev eth0 
8.8.8.8 via 10.0.0.1 dev eth0 src 10.0.1.11 uid 0 \\    cache 
`,
    docker: `there
{"Client":{"Version":"26.0.0","ApiVersion":"1.45"},"Server":{"Version":"25.0.3","ApiVersion":"1.44","Os":"linux"}}
`,
  },
};

/** Alpine with the tools of busybox alone, in a container. */
export const alpine: NodeAnswer = {
  files: {
    '/proc/sys/kernel/ostype': 'Linux',
    '/proc/sys/kernel/osrelease': '5.4.0-100-generic',
    '/proc/sys/kernel/version': '#113-Ubuntu SMP Thu Feb 3 18:43:29 UTC 2022',
    '/proc/sys/kernel/hostname': '0a1b2c3d4e5f',
    '/etc/hosts': '127.0.0.1\tlocalhost\n172.17.0.2\t0a1b2c3d4e5f',
    '/etc/os-release': `NAME="Alpine Linux"
ID=alpine
VERSION_ID=3.18.4
PRETTY_NAME="Alpine Linux v3.18"`,
    '/proc/1/comm': 'sh',
    '/sys/devices/system/cpu/online': '0-3',
    '/proc/1/cgroup': '12:memory:/docker/0a1b2c3d4e5f\n0::/',
  },
  paths: ['/.dockerenv', '/sbin/apk'],
  sections: {
    machine: 'aarch64\n',
    date: '1709622000 %N +0000 UTC\n',
    cpu: `processor\t: 0
BogoMIPS\t: 50.00
`,
    ip: `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue qlen 1000\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
6: eth0@if7: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue \\    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff
1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
6: eth0    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0\\       valid_lft forever preferred_lft forever
default via 172.17.0.1 dev eth0 
172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 
8.8.8.8 via 172.17.0.1 dev eth0  src 172.17.0.2 
`,
    docker: '',
  },
};

/** CentOS 7 on a machine of VMware, SELinux on. */
export const centos: NodeAnswer = {
  files: {
    '/proc/sys/kernel/ostype': 'Linux',
    '/proc/sys/kernel/osrelease': '3.10.0-1160.el7.x86_64',
    '/proc/sys/kernel/version': '#1 SMP Mon Oct 19 16:18:59 UTC 2020',
    '/proc/sys/kernel/hostname': 'metadb.corp.example',
    '/etc/os-release': `NAME="CentOS Linux"
VERSION="7 (Core)"
ID="centos"
ID_LIKE="rhel fedora"
VERSION_ID="7"
PRETTY_NAME="CentOS Linux 7 (Core)"`,
    '/etc/redhat-release': 'CentOS Linux release 7.9.2009 (Core)',
    '/sys/fs/selinux/enforce': '1',
    '/sys/fs/selinux/policyvers': '31',
    '/etc/selinux/config': '# comment\nSELINUX=permissive\nSELINUXTYPE=targeted ',
    '/proc/sys/crypto/fips_enabled': '1',
    '/proc/1/comm': 'systemd',
    '/sys/class/dmi/id/product_name': 'VMware Virtual Platform',
    '/sys/class/dmi/id/sys_vendor': 'VMware, Inc.',
  },
  paths: ['/run/systemd/system', '/usr/bin/yum'],
  sections: { machine: 'x86_64\n', date: '1709622000 000000001 -0330 NST\n' },
};

/** openEuler, its first process an old init. */
export const openEuler: NodeAnswer = {
  files: {
    '/proc/sys/kernel/hostname': 'hlj-1',
    '/etc/os-release': `NAME="openEuler"
VERSION="22.03 (LTS-SP1)"
ID="openEuler"
VERSION_ID="22.03"
PRETTY_NAME="openEuler 22.03 (LTS-SP1)"
ANSI_COLOR="0;31"`,
    '/proc/1/comm': 'init',
    '/proc/xen/capabilities': 'control_d',
  },
  paths: ['/run/systemd/system', '/usr/bin/yum', '/usr/bin/dnf', '/proc/xen'],
};
