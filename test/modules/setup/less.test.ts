import { expect } from 'chai';
import { ModuleError } from '../../../src/modules/define.ts';
import { alpine, centos, gather, openEuler, type NodeAnswer } from './nodes.ts';

describe('setup: nodes with less', () => {
  it('busybox: no parts of a second, no sockets, no Docker', async () => {
    const { facts, own } = await gather(alpine);
    expect(facts).to.include({
      ansible_architecture: 'aarch64',
      ansible_fqdn: '0a1b2c3d4e5f',
      ansible_domain: '',
      ansible_processor_count: 4,
      ansible_processor_cores: 1,
      ansible_processor_vcpus: 4,
      ansible_service_mgr: 'sh',
      ansible_pkg_mgr: 'apk',
      ansible_virtualization_type: 'docker',
    });
    expect(facts['ansible_processor']).to.deep.equal(['0', '1', '2', '3']);
    expect(facts['ansible_default_ipv4']).to.include({ address: '172.17.0.2', gateway: '172.17.0.1' });
    expect(own['routes']).to.have.length(2);
    expect(own['docker']).to.deep.equal({ installed: false, reachable: false });
    expect((own['clock'] as { precision: number }).precision).to.be.at.least(0.5);
    expect(facts['ansible_virtualization_tech_guest']).to.deep.equal(['docker', 'container']);
  });

  it('SELinux as it is and as it is configured, FIPS, an offset of half an hour', async () => {
    const { facts } = await gather(centos);
    expect(facts['ansible_selinux']).to.deep.equal({
      status: 'enabled',
      mode: 'enforcing',
      config_mode: 'permissive',
      type: 'targeted',
      policyvers: 31,
    });
    expect(facts).to.include({
      ansible_fips: true,
      ansible_pkg_mgr: 'yum',
      ansible_virtualization_type: 'VMware',
    });
    expect(facts).to.include({ ansible_hostname: 'metadb', ansible_fqdn: 'metadb.corp.example' });
    expect(facts['ansible_date_time']).to.include({ time: '03:30:00', tz_offset: '-0330' });
  });

  it('an init that only its neighbours name, a host of Xen', async () => {
    const { facts } = await gather(openEuler);
    expect(facts).to.include({ ansible_service_mgr: 'systemd', ansible_pkg_mgr: 'dnf' });
    expect(facts).to.include({ ansible_virtualization_type: 'xen', ansible_virtualization_role: 'host' });
  });

  it('no tool and no file at all: facts are missing, nothing fails', async () => {
    const { facts, own, warnings } = await gather({});
    expect(warnings).to.deep.equal([]);
    for (const name of [
      'kernel',
      'distribution',
      'processor_vcpus',
      'memtotal_mb',
      'default_ipv4',
      'date_time',
    ]) {
      expect(facts).to.not.have.property(`ansible_${name}`);
    }
    expect(own).to.deep.equal({ docker: { installed: false, reachable: false } });
  });

  it('an answer that breaks off is a failure', async () => {
    const failure = await gather('\n\x1efiles\n/etc/x:1').catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(ModuleError);
    expect((failure as Error).message).to.match(/hz-1 did not answer to the end/);
  });

  it('Docker that does not answer, or says something else', async () => {
    const of = async (text: string) => (await gather({ sections: { docker: text } })).own['docker'];
    expect(
      await of('there\n{"Client":{"Version":"1.13.1","APIVersion":"1.26"},"Server":null}'),
    ).to.deep.equal({
      installed: true,
      reachable: false,
      client_version: '1.13.1',
    });
    expect(await of('there\nCannot connect')).to.deep.equal({ installed: true, reachable: false });
  });

  it('a name of an interface never takes the place of another fact', async () => {
    const link = (name: string) => `9: ${name}: <UP> mtu 9 \\ link/ether 02:00:00:00:00:09 brd ff\n`;
    const { facts } = await gather({
      sections: { ip: ['interfaces', 'default_ipv4', '__proto__', 'eth0.100'].map(link).join('') },
    });
    expect(facts['ansible_interfaces']).to.deep.equal([
      'interfaces',
      'default_ipv4',
      '__proto__',
      'eth0.100',
    ]);
    expect(facts['ansible_default_ipv4']).to.deep.equal({});
    expect(facts['ansible_eth0.100']).to.include({ mtu: 9 });
  });
});

describe('setup: local facts', () => {
  const node = (sections: Readonly<Record<string, string>>): NodeAnswer => ({ sections });

  it('JSON of any kind, INI as Ansible reads it, the output of programs', async () => {
    const { facts, warnings } = await gather(
      node({
        'fact cm.fact': '{"location": 1, "tags": ["a"]}\n',
        'fact list.fact': '[1, 2]',
        'fact site.fact': '; comment\n[General]\nRoom = 4 b\nRack: 7\nlong = one\n  two\n[Empty]\n',
        'fact run.fact': '{"{{name}}": true}',
        'code run.fact': '0\n',
      }),
    );
    expect(warnings).to.deep.equal([]);
    expect(facts['ansible_local']).to.deep.equal({
      cm: { location: 1, tags: ['a'] },
      list: [1, 2],
      site: { General: { room: '4 b', rack: '7', long: 'one\ntwo' }, Empty: {} },
      run: { '{{name}}': true },
    });
  });

  it('names what is broken, and goes on without it', async () => {
    const { facts, warnings } = await gather(
      node({
        'fact good.fact': '1',
        'fact half.fact': '{"a": ',
        'fact loose.fact': 'key = value without a section',
        'fact empty.fact': '',
        'fact bad.fact': '{}',
        'code bad.fact': '3\n',
        'fact slow.fact': '',
        'code slow.fact': '124\n',
      }),
    );
    expect(facts['ansible_local']).to.deep.equal({ good: 1 });
    expect(warnings).to.deep.equal([
      'the local fact half.fact is left out: it is neither JSON nor INI',
      'the local fact loose.fact is left out: it is neither JSON nor INI',
      'the local fact empty.fact is left out: it is neither JSON nor INI',
      'the local fact bad.fact is left out: its program ended with exit code 3',
      'the local fact slow.fact is left out: its program took longer than gather_timeout',
    ]);
  });
});
