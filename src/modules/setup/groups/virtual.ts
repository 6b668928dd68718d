import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';

const DMI = '/sys/class/dmi/id';
const FILES = ['product_name', 'sys_vendor', 'product_family', 'bios_vendor'].map((name) => `${DMI}/${name}`);

/** Whether it is a machine inside another one, or has such machines. */
export const virtual: FactGroup = {
  name: 'virtual',
  facts: [
    ...['virtualization_type', 'virtualization_role'],
    ...['virtualization_tech_guest', 'virtualization_tech_host'],
  ],
  files: [
    ...FILES,
    '/proc/1/cgroup',
    '/run/systemd/container',
    '/proc/xen/capabilities',
    '/sys/hypervisor/type',
  ],
  paths: [
    '/.dockerenv',
    '/run/.containerenv',
    '/proc/vz',
    '/proc/bc',
    '/proc/xen',
    '/dev/kvm',
    '/sys/module/kvm',
  ],
  read: (answer) => {
    const guest = [...new Set([...containers(answer), ...machines(answer)])];
    const host = hosts(answer);
    const [type, role] =
      guest[0] !== undefined ? [guest[0], 'guest'] : host[0] !== undefined ? [host[0], 'host'] : ['NA', 'NA'];
    const container = containers(answer).length > 0 && !guest.includes('container') ? ['container'] : [];
    return {
      facts: {
        virtualization_type: type,
        virtualization_role: role,
        virtualization_tech_guest: [...guest, ...container],
        virtualization_tech_host: host,
      },
    };
  },
};

function containers(answer: Answer): readonly string[] {
  const groups = answer.lines('/proc/1/cgroup').join('\n');
  const named = answer.line('/run/systemd/container');
  return [
    ...(/\/docker[/-]/.test(groups) ? ['docker'] : []),
    ...(/\/lxc\/|machine-lxc/.test(groups) ? ['lxc'] : []),
    ...(/containerd\.service/.test(groups) ? ['containerd'] : []),
    ...(answer.has('/proc/vz') && !answer.has('/proc/bc') ? ['openvz'] : []),
    ...(named === undefined ? [] : [named]),
    ...(answer.has('/.dockerenv') ? ['docker'] : []),
    ...(answer.has('/run/.containerenv') ? ['podman'] : []),
  ];
}

/** What the firmware calls itself, by where it says so. */
const FIRMWARE: readonly (readonly [string, RegExp, string])[] = [
  ['product_name', /^(KVM|KVM Server|Bochs|AHV)$/, 'kvm'],
  ['product_family', /^RHV$/, 'RHV'],
  ['product_name', /^VMware/, 'VMware'],
  ['product_name', /^OpenStack (Compute|Nova)$/, 'openstack'],
  ['sys_vendor', /^OpenStack Foundation$/, 'openstack'],
  ['product_name', /^VirtualBox$/, 'virtualbox'],
  ['bios_vendor', /^innotek GmbH$/, 'virtualbox'],
  ['bios_vendor', /^Xen$/, 'xen'],
  ['bios_vendor', /^(Amazon EC2|DigitalOcean|Hetzner)$/, 'kvm'],
  [
    'sys_vendor',
    /^(QEMU|Amazon EC2|DigitalOcean|Google|Scaleway|Nutanix|Alibaba Cloud|Tencent Cloud)$/,
    'kvm',
  ],
  ['sys_vendor', /^oVirt$/, 'oVirt'],
  ['sys_vendor', /^KubeVirt$/, 'KubeVirt'],
  ['sys_vendor', /^Microsoft Corporation$/, 'VirtualPC'],
  ['sys_vendor', /^Parallels/, 'parallels'],
];

function machines(answer: Answer): readonly string[] {
  const found = FIRMWARE.filter(([file, words]) => {
    const said = answer.line(`${DMI}/${file}`);
    // Microsoft also makes machines that are not virtual.
    const real = said === 'Microsoft Corporation' && answer.line(`${DMI}/product_name`) !== 'Virtual Machine';
    return said !== undefined && words.test(said) && !real;
  });
  const xen = answer.line('/sys/hypervisor/type') === 'xen' && !isXenHost(answer) ? ['xen'] : [];
  return [...found.map(([, , name]) => name), ...xen];
}

function hosts(answer: Answer): readonly string[] {
  return [
    ...(isXenHost(answer) ? ['xen'] : []),
    ...(answer.has('/proc/vz') && answer.has('/proc/bc') ? ['openvz'] : []),
    ...(answer.has('/dev/kvm') || answer.has('/sys/module/kvm') ? ['kvm'] : []),
  ];
}

function isXenHost(answer: Answer): boolean {
  return answer.lines('/proc/xen/capabilities').some((line) => line.includes('control_d'));
}
