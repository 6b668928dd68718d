import { expect } from 'chai';
import { debian, gather } from './nodes.ts';

describe('setup: facts of a Debian node', () => {
  it('kernel, machine and names, the full name from /etc/hosts', async () => {
    const { facts } = await gather(debian, { gather_subset: ['!all', '!min', 'platform'] });
    expect(facts).to.deep.equal({
      ansible_system: 'Linux',
      ansible_kernel: '6.1.0-18-amd64',
      ansible_kernel_version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)',
      ansible_machine: 'x86_64',
      ansible_architecture: 'x86_64',
      ansible_machine_id: '3d1219c7c4c5404aaa1f6d2a48adfda4',
      ansible_nodename: 'hz-1',
      ansible_hostname: 'hz-1',
      ansible_fqdn: 'hz-1.oms.example.com',
      ansible_domain: 'oms.example.com',
    });
  });

  it('processors: sockets × cores × threads, and how many may be used', async () => {
    const { facts } = await gather(debian, { gather_subset: ['!min', 'processor'] });
    expect(facts).to.include({
      ansible_processor_count: 2,
      ansible_processor_cores: 2,
      ansible_processor_threads_per_core: 2,
      ansible_processor_vcpus: 8,
      ansible_processor_nproc: 5,
    });
    expect(facts['ansible_processor']).to.have.length(24);
    expect((facts['ansible_processor'] as string[]).slice(0, 4)).to.deep.equal([
      '0',
      'GenuineIntel',
      'Intel(R) Xeon(R) Platinum',
      '1',
    ]);
  });

  it('memory in MiB', async () => {
    const { facts } = await gather(debian, { gather_subset: ['!min', 'memory'] });
    expect(facts).to.deep.equal({
      ansible_memtotal_mb: 16000,
      ansible_memfree_mb: 1024,
      ansible_swaptotal_mb: 2048,
      ansible_swapfree_mb: 2048,
      ansible_memory_mb: {
        real: { total: 16000, free: 1024, used: 14976 },
        nocache: { free: 9224, used: 6776 },
        swap: { total: 2048, free: 2048, used: 0, cached: 0 },
      },
    });
  });

  it('mounts with what is free; without it where a server does not answer', async () => {
    const { facts } = await gather(debian, { gather_subset: ['!min', 'mounts'] });
    const mounts = facts['ansible_mounts'] as Record<string, unknown>[];
    expect(mounts.map(({ mount }) => mount)).to.deep.equal(['/', '/data disk', '/mnt/nfs']);
    expect(mounts[1]).to.deep.equal({
      device: '/dev/vdb1',
      mount: '/data disk',
      fstype: 'xfs',
      options: 'rw,noatime',
      size_total: 107_321_753_600,
      size_available: 81_920_000_000,
      block_size: 4096,
      block_total: 26_201_600,
      block_available: 20_000_000,
      block_used: 6_201_600,
      inode_total: 52_428_800,
      inode_available: 52_428_700,
      inode_used: 100,
    });
    expect(mounts[2]).to.deep.equal({
      device: '10.0.0.9:/export',
      mount: '/mnt/nfs',
      fstype: 'nfs4',
      options: 'rw,vers=4.2',
    });
  });

  it('interfaces, addresses and routes', async () => {
    const { facts, own } = await gather(debian, { gather_subset: ['!min', 'network'] });
    expect(facts['ansible_interfaces']).to.deep.equal(['lo', 'eth0', 'docker0', 'br-oms']);
    expect(facts['ansible_all_ipv4_addresses']).to.deep.equal(['10.0.1.11', '10.0.1.100', '172.17.0.1']);
    expect(facts['ansible_all_ipv6_addresses']).to.deep.equal(['fe80::216:3eff:fe0a:b0c']);
    expect(facts['ansible_default_ipv4']).to.deep.equal({
      interface: 'eth0',
      gateway: '10.0.0.1',
      address: '10.0.1.11',
      broadcast: '10.0.3.255',
      netmask: '255.255.252.0',
      network: '10.0.0.0',
      prefix: '22',
      macaddress: '00:16:3e:0a:0b:0c',
      alias: 'eth0',
      mtu: 1500,
      type: 'ether',
    });
    expect(facts['ansible_default_ipv6']).to.deep.equal({});
    expect(facts['ansible_eth0']).to.deep.include({
      active: true,
      ipv4: { address: '10.0.1.11', broadcast: '10.0.3.255', netmask: '255.255.252.0', network: '10.0.0.0', prefix: '22' },
      ipv4_secondaries: [{ address: '10.0.1.100', broadcast: '', netmask: '255.255.255.255', network: '10.0.1.100', prefix: '32' }],
    }); // prettier-ignore
    expect(facts['ansible_br_oms']).to.deep.include({
      device: 'br-oms',
      active: false,
      promisc: true,
      mtu: 1400,
    });
    expect(own['routes']).to.deep.equal([
      { destination: 'default', device: 'eth0', gateway: '10.0.0.1', metric: 100 },
      { destination: '10.0.0.0/22', device: 'eth0', gateway: null, metric: 100 },
      { destination: '172.17.0.0/16', device: 'docker0', gateway: null, metric: 0 },
      { destination: '10.9.9.9', device: 'eth0', gateway: '10.0.0.7', metric: 0 },
    ]);
  });

  it('date in the node’s zone, and how far its clock is from ours', async () => {
    const { facts, own } = await gather(debian, { gather_subset: ['!all', '!min', 'date_time'] });
    expect(facts['ansible_date_time']).to.include({
      date: '2024-03-05',
      time: '15:00:00',
      weekday: 'Tuesday',
      weekday_number: '2',
      weeknumber: '10',
      epoch: '1709622000',
      iso8601: '2024-03-05T07:00:00Z',
      iso8601_micro: '2024-03-05T07:00:00.123456Z',
      iso8601_basic_short: '20240305T150000',
      tz: 'CST',
      tz_offset: '+0800',
    });
    const { offset, precision } = own['clock'] as { offset: number; precision: number };
    expect(offset).to.be.closeTo((1709622000123 - Date.now()) / 1000, 2);
    expect(precision).to.be.within(0, 1);
  });

  it('who runs there, what manages services and packages, names, keys, firmware, Docker', async () => {
    const { facts, own, warnings } = await gather(debian);
    expect(warnings).to.deep.equal([]);
    expect(facts).to.deep.include({
      ansible_user_id: 'root',
      ansible_user_uid: 0,
      ansible_user_dir: '/root',
      ansible_user_shell: '/bin/bash',
      ansible_real_user_id: 1000,
      ansible_effective_user_id: 0,
      ansible_env: { HOME: '/root', WORDS: 'a=b\nc', EMPTY: '' },
      ansible_service_mgr: 'systemd',
      // dnf is there too, but no tool of this family.
      ansible_pkg_mgr: 'apt',
      ansible_selinux: { status: 'disabled' },
      ansible_fips: false,
      ansible_dns: {
        nameservers: ['10.0.0.2', '10.0.0.3'],
        search: ['example.com', 'oms.example.com'],
        options: { ndots: '2', rotate: true },
      },
      ansible_ssh_host_key_ed25519_public: 'AAAAC3NzaC1lZDI1NTE5AAAAIKey',
      ansible_ssh_host_key_ed25519_public_keytype: 'ssh-ed25519',
      ansible_system_vendor: 'Alibaba Cloud',
      ansible_product_name: 'Alibaba Cloud ECS',
      ansible_product_uuid: 'NA',
      ansible_uptime_seconds: 13998,
      ansible_loadavg: { '1m': 0.52, '5m': 0.58, '15m': 0.59 },
      ansible_virtualization_type: 'kvm',
      ansible_virtualization_role: 'guest',
      ansible_virtualization_tech_host: ['kvm'],
      ansible_local: {},
    });
    expect(own['docker']).to.deep.equal({
      installed: true,
      reachable: true,
      version: '25.0.3',
      api_version: '1.44',
      client_version: '26.0.0',
    });
  });
});
