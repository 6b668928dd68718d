import { expect } from 'chai';
import { alpine, centos, debian, gather, openEuler, type NodeAnswer } from './nodes.ts';

describe('setup: which distribution', () => {
  const release = (text: string, more: Readonly<Record<string, string>> = {}): NodeAnswer => ({
    files: { '/etc/os-release': text, ...more },
  });
  const cases: readonly (readonly [string, NodeAnswer, string])[] = [
    ['Debian', debian, 'Debian 12.5 12 bookworm Debian'],
    ['Alpine', alpine, 'Alpine 3.18.4 3 NA Alpine'],
    ['CentOS 7', centos, 'CentOS 7.9 7 Core RedHat'],
    ['openEuler', openEuler, 'openEuler 22.03 22 LTS-SP1 RedHat'],
    [
      'CentOS Stream',
      release('NAME="CentOS Stream"\nID="centos"\nVERSION="9"\nVERSION_ID="9"\nID_LIKE="rhel fedora"', {
        '/etc/redhat-release': 'CentOS Stream release 9',
      }),
      'CentOS 9 9 Stream RedHat',
    ],
    [
      'Ubuntu',
      release(
        'NAME="Ubuntu"\nVERSION="22.04.3 LTS (Jammy Jellyfish)"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy',
      ),
      'Ubuntu 22.04 22 jammy Debian',
    ],
    [
      'Red Hat',
      release(
        'NAME="Red Hat Enterprise Linux"\nVERSION="8.6 (Ootpa)"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="8.6"',
      ),
      'RedHat 8.6 8 Ootpa RedHat',
    ],
    [
      'Kylin server',
      release('NAME="Kylin Linux Advanced Server"\nVERSION="V10 (Sword)"\nID="kylin"\nVERSION_ID="V10"'),
      'Kylin Linux Advanced Server V10 V10 Sword RedHat',
    ],
    [
      'Kylin desktop',
      release(
        'NAME="Kylin"\nVERSION="银河麒麟桌面操作系统V10 (SP1)"\nID=kylin\nID_LIKE=debian\nVERSION_ID="v10"',
      ),
      'Kylin v10 v10 SP1 Debian',
    ],
    [
      'SLES',
      release('NAME="SLES"\nVERSION="15-SP4"\nVERSION_ID="15.4"\nID="sles"\nID_LIKE="suse"'),
      'SLES 15.4 15 NA Suse',
    ],
    [
      'one that is not known, by its relatives',
      release("NAME='Some OS'\nID=some\nID_LIKE='centos rhel'\nVERSION_ID=3"),
      'Some OS 3 3 NA RedHat',
    ],
    [
      'CentOS 6, without os-release',
      { files: { '/etc/redhat-release': 'CentOS release 6.10 (Final)' } },
      'CentOS 6.10 6 Final RedHat',
    ],
    ['a testing Debian', release('ID=debian\nNAME="Debian"', { '/etc/debian_version': 'trixie/sid' }), 'Debian trixie/sid trixie/sid NA Debian'], // prettier-ignore
  ];
  for (const [name, node, expected] of cases) {
    it(name, async () => {
      const { facts } = await gather(node, { gather_subset: ['!all', '!min', 'distribution'] });
      const keys = ['distribution', 'distribution_version', 'distribution_major_version', 'distribution_release', 'os_family']; // prettier-ignore
      expect(keys.map((key) => facts[`ansible_${key}`] as string).join(' ')).to.equal(expected);
    });
  }

  it('lsb_release says it in other words', async () => {
    const ubuntu = release('ID=ubuntu\nVERSION_ID="22.04"', {
      '/etc/lsb-release':
        'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=22.04\nDISTRIB_CODENAME=jammy\nDISTRIB_DESCRIPTION="Ubuntu 22.04.3 LTS"',
    });
    const { facts } = await gather(ubuntu, { gather_subset: 'distribution,!min,!all' });
    expect(facts['ansible_lsb']).to.deep.equal({
      id: 'Ubuntu',
      release: '22.04',
      major_release: '22',
      codename: 'jammy',
      description: 'Ubuntu 22.04.3 LTS',
    });
  });
});
