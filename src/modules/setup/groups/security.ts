import type { DataMap } from '../../../model/data.ts';
import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';
import { assignments } from './distribution.ts';
import { given } from './platform.ts';

const SELINUX = '/sys/fs/selinux';
const SELINUX_CONFIG = '/etc/selinux/config';
const FIPS = '/proc/sys/crypto/fips_enabled';

/** SELinux: whether it is on, and how. */
export const selinux: FactGroup = {
  name: 'selinux',
  facts: ['selinux'],
  files: [`${SELINUX}/enforce`, `${SELINUX}/policyvers`, SELINUX_CONFIG],
  read: (answer) => ({ facts: { selinux: selinuxOf(answer) } }),
};

function selinuxOf(answer: Answer): DataMap {
  const enforce = answer.line(`${SELINUX}/enforce`);
  if (enforce === undefined) return { status: 'disabled' };
  const config = assignments(answer.lines(SELINUX_CONFIG));
  const version = Number(answer.line(`${SELINUX}/policyvers`));
  return {
    status: 'enabled',
    mode: enforce === '1' ? 'enforcing' : 'permissive',
    config_mode: config.get('SELINUX') ?? 'unknown',
    type: config.get('SELINUXTYPE') ?? 'unknown',
    policyvers: Number.isInteger(version) ? version : 'unknown',
  };
}

/** Whether the kernel keeps to FIPS 140. */
export const fips: FactGroup = {
  name: 'fips',
  facts: ['fips'],
  files: [FIPS],
  read: (answer) => ({ facts: { fips: answer.line(FIPS) === '1' } }),
};

const KEY_KINDS = ['dsa', 'rsa', 'ecdsa', 'ed25519'];

/** The public host keys of its sshd. */
export const sshPubKeys: FactGroup = {
  name: 'ssh_pub_keys',
  facts: KEY_KINDS.flatMap((kind) => [`ssh_host_key_${kind}_public`, `ssh_host_key_${kind}_public_keytype`]),
  files: ['/etc/ssh/ssh_host_*_key.pub'],
  read: (answer) => {
    const facts = KEY_KINDS.map((kind) => {
      const [type, key] = answer.line(`/etc/ssh/ssh_host_${kind}_key.pub`)?.split(' ') ?? [];
      const name = `ssh_host_key_${kind}_public`;
      return { ...given(name, key), ...(key === undefined ? {} : given(`${name}_keytype`, type)) };
    });
    return { facts: Object.assign({}, ...facts) as DataMap };
  },
};
