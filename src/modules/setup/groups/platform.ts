import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';

const KERNEL = '/proc/sys/kernel';

/** The kernel, the machine and its names. */
export const platform: FactGroup = {
  name: 'platform',
  facts: [
    ...['system', 'kernel', 'kernel_version', 'machine', 'architecture'],
    ...['nodename', 'hostname', 'fqdn', 'domain', 'machine_id'],
  ],
  files: [
    ...['ostype', 'osrelease', 'version', 'arch', 'hostname'].map((name) => `${KERNEL}/${name}`),
    ...['/etc/machine-id', '/etc/hosts'],
  ],
  script: `[ -e ${KERNEL}/arch ]||{ s machine;uname -m;}`,
  read: (answer) => ({
    facts: {
      ...given('system', answer.line(`${KERNEL}/ostype`)),
      ...given('kernel', answer.line(`${KERNEL}/osrelease`)),
      ...given('kernel_version', answer.line(`${KERNEL}/version`)),
      ...given('machine_id', answer.line('/etc/machine-id')),
      ...machineFacts(answer.line(`${KERNEL}/arch`) ?? answer.section('machine')?.trim()),
      ...nameFacts(answer),
    },
  }),
};

function machineFacts(machine: string | undefined): Readonly<Record<string, string>> {
  if (machine === undefined || machine === '') return {};
  return { machine, architecture: /^i[3-6]86$/.test(machine) ? 'i386' : machine };
}

function nameFacts(answer: Answer): Readonly<Record<string, string>> {
  const nodename = answer.line(`${KERNEL}/hostname`);
  if (nodename === undefined) return {};
  const fqdn = fullName(nodename, answer.lines('/etc/hosts'));
  const [hostname = nodename] = nodename.split('.');
  return { nodename, hostname, fqdn, domain: fqdn.split('.').slice(1).join('.') };
}

/** Never by DNS, which may take seconds to say nothing. */
function fullName(nodename: string, hosts: readonly string[]): string {
  if (nodename.includes('.')) return nodename;
  const names = hosts.map((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1));
  const own = names.filter((list) => list.includes(nodename)).flat();
  return own.find((name) => name.startsWith(`${nodename}.`)) ?? nodename;
}

/** A fact, where it is known. */
export function given(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value };
}
