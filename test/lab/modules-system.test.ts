import { expect } from 'chai';
import { sh, script } from '../../src/transport/command.ts';
import type { Connector } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { converge, failureOf, labNode, labTarget, play } from './on-node.ts';
import type { SystemNodes } from './system-nodes.ts';
import { openSystemNodes, said } from './system-nodes.ts';

describe('modules about the system on the lab’s nodes', function () {
  this.timeout(120_000);
  let nodes: SystemNodes;
  let connector: Connector;
  let root: NodeWriter;
  let ops: NodeWriter;

  before(async () => {
    nodes = await openSystemNodes();
    ({ connector, root, ops } = nodes);
  });
  after(() => nodes.close());

  it('group and user: made, changed and removed, with a password that works', async () => {
    for (const node of [root, ops]) {
      await converge(node, 'group', { name: 'omstest', gid: 4100, system: true });
      await converge(node, 'group', { name: 'omstest', gid: 4101 });
      await converge(node, 'group', { name: 'omsmore' });
      const hash = await said(node, 'openssl passwd -6 -salt abc secret-1');
      const made = await converge(node, 'user', {
        ...{ name: 'omstest', uid: 4100, group: 'omstest', groups: ['omsmore'], shell: '/bin/sh' },
        ...{
          comment: "it's OMS",
          password: hash,
          umask: '077',
          password_expire_max: 90,
          expires: 1893456000,
        },
        ...{ generate_ssh_key: true, ssh_key_type: 'ed25519' },
      });
      expect(made.result).to.include({ uid: 4100, group: 4101, groups: 'omsmore', home: '/home/omstest' });
      expect(made.result['ssh_public_key']).to.match(/^ssh-ed25519 AAAA/);
      expect(await said(node, 'stat -c %a:%U /home/omstest /home/omstest/.ssh/id_ed25519')).to.equal(
        '700:omstest\n600:omstest',
      );
      expect(await said(node, 'getent shadow omstest | cut -d: -f2,5,8')).to.equal(`${hash}:90:21915`);

      await converge(node, 'user', {
        ...{
          name: 'omstest',
          uid: 4102,
          shell: '/bin/bash',
          home: '/home/omstest2',
          move_home: true,
          groups: [],
        },
        ...{ password: '$6$abc$other', password_lock: true, password_expire_min: 1, expires: -1 },
      });
      expect(
        await said(node, 'getent passwd omstest; id -Gn omstest; getent shadow omstest | cut -d: -f2,4,5,8'),
      ).to.equal("omstest:x:4102:4101:it's OMS:/home/omstest2:/bin/bash\nomstest\n!$6$abc$other:1:90:");
      await converge(node, 'user', {
        name: 'omstest',
        password_lock: false,
        groups: 'omsmore',
        append: true,
      });
      expect(await said(node, 'getent shadow omstest | cut -d: -f2; id -Gn omstest')).to.equal(
        '$6$abc$other\nomstest omsmore',
      );
      await node.run(sh`rm -r /home/omstest2`);
      const home = await converge(node, 'user', { name: 'omstest' });
      expect(home.changes).to.deep.equal(['/home/omstest2: absent → directory']);
      const taken = await failureOf(play(node, 'group', { name: 'omstest', state: 'absent' }));
      expect(taken.message).to.contain('it is the first group of omstest');
      await converge(node, 'user', { name: 'omstest', state: 'absent', remove: true });
      expect(await said(node, 'ls -d /home/omstest2 2>&1')).to.contain('No such file');
      await converge(node, 'group', { name: 'omstest', state: 'absent' });
      await converge(node, 'group', { name: 'omsmore', state: 'absent' });
    }
    const plain = labNode('hz-2', connector.connect(labTarget('hz-2', '10.77.0.12', 'ops')));
    const hidden = await failureOf(play(plain, 'user', { name: 'ops', password_lock: true }));
    expect(hidden.message).to.contain('/etc/shadow cannot be read');
  });

  it('getent: a user, a host, an unknown key', async () => {
    const user = await play(root, 'getent', { database: 'passwd', key: 'root' });
    expect(user.result).to.have.nested.property('ansible_facts.getent_passwd.root[1]', '0');
    const hosts = await play(root, 'getent', { database: 'hosts', key: 'hz-1' });
    expect(hosts.result).to.have.nested.property('ansible_facts.getent_hosts.10\\.77\\.0\\.11[0]', 'hz-1');
    expect(
      (await failureOf(play(root, 'getent', { database: 'group', key: 'nobody-here' }))).message,
    ).to.contain('there is no "nobody-here" in group');
    expect((await failureOf(play(root, 'getent', { database: 'colours' }))).message).to.contain(
      'knows no database',
    );
  });

  it('authorized_key: one may log in with the key, and not any more', async () => {
    await play(root, 'user', { name: 'omskey', shell: '/bin/sh', password: '*' });
    await root.run(sh`rm -f /tmp/oms-key* && ssh-keygen -q -t ed25519 -N '' -C test -f /tmp/oms-key`);
    const key = await said(root, 'cat /tmp/oms-key.pub');
    const login =
      'ssh -i /tmp/oms-key -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null omskey@127.0.0.1 id -un 2>/dev/null';
    await converge(root, 'authorized_key', { user: 'omskey', key });
    expect(await said(root, 'stat -c %a:%U /home/omskey/.ssh /home/omskey/.ssh/authorized_keys')).to.equal(
      '700:omskey\n600:omskey',
    );
    expect(await said(root, login)).to.equal('omskey');
    await converge(root, 'authorized_key', {
      user: 'omskey',
      key,
      key_options: 'command="echo forced"',
      comment: 'x',
    });
    expect(await said(root, login)).to.equal('forced');
    await root.run(sh`echo 'ssh-rsa BBBB other' >> /home/omskey/.ssh/authorized_keys`);
    await converge(root, 'authorized_key', { user: 'omskey', key, exclusive: true });
    expect(await said(root, 'cat /home/omskey/.ssh/authorized_keys')).to.equal(key);
    await converge(root, 'authorized_key', { user: 'omskey', key, state: 'absent' });
    expect(await said(root, login)).to.equal('');
    await play(root, 'user', { name: 'omskey', state: 'absent', remove: true });
  });

  it('known_hosts: ssh takes the host by the key that was put there', async () => {
    const hostKey = await said(root, 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub');
    const path = '/root/.ssh/oms-known';
    const ask = `ssh -o BatchMode=yes -o PreferredAuthentications=none -o StrictHostKeyChecking=yes -o UserKnownHostsFile=${path} root@10.77.0.11 2>&1`;
    const args = { name: '10.77.0.11', key: `10.77.0.11 ${hostKey}`, path };
    expect(await said(root, ask)).to.contain('Host key verification failed');
    for (const hash_host of [false, true]) {
      await converge(root, 'known_hosts', { ...args, hash_host });
      expect(await said(root, ask)).to.contain('Permission denied');
    }
    expect(await said(root, `cat ${path}`)).to.match(/^\|1\|/);
    await converge(root, 'known_hosts', { name: '10.77.0.11', path, state: 'absent' });
    expect(await said(root, ask)).to.contain('Host key verification failed');
    await root.run(sh`rm -f ${path}`);
  });

  it('cron: a file of /etc/cron.d, and a node without crontab', async () => {
    const entry = { name: 'beat', minute: '*/5', user: 'root', job: 'echo \\% "a"', cron_file: 'oms-test' };
    await converge(ops, 'cron', entry);
    await converge(ops, 'cron', { name: 'MAILTO', env: true, job: 'a@b', cron_file: 'oms-test' });
    expect(await said(ops, 'cat /etc/cron.d/oms-test; stat -c %a /etc/cron.d/oms-test')).to.equal(
      'MAILTO="a@b"\n#Ansible: beat\n*/5 * * * * root echo \\% "a"\n644',
    );
    await converge(ops, 'cron', {
      ...entry,
      special_time: 'hourly',
      minute: undefined,
      disabled: true,
      backup: true,
    });
    expect(await said(ops, 'tail -n 1 /etc/cron.d/oms-test')).to.equal('#@hourly root echo \\% "a"');
    await converge(ops, 'cron', { name: 'MAILTO', env: true, state: 'absent', cron_file: 'oms-test' });
    await converge(ops, 'cron', { name: 'beat', state: 'absent', cron_file: 'oms-test' });
    expect(await said(ops, 'ls /etc/cron.d/oms-test 2>&1')).to.contain('No such file');
    const bare = labNode('hz-1', connector.connect(labTarget('hz-1', '10.77.0.11', 'root')), {
      environment: { PATH: '/nowhere' },
    });
    const none = await failureOf(play(bare, 'cron', { name: 'beat', job: 'true' }));
    expect(none.message).to.contain('there is no crontab command on hz-1');
  });

  it('sysctl: the file and the kernel, in the network namespace of the node', async () => {
    // Of its own network namespace: what is in vm or kernel would be the machine's.
    const name = 'net.ipv4.tcp_keepalive_time';
    const file = { sysctl_file: '/etc/sysctl.d/90-oms-test.conf' };
    await converge(root, 'sysctl', { name, value: 7100, ...file });
    expect(await said(root, `sysctl -n ${name}`)).to.equal('7100');
    await root.run(script(`sysctl -w ${name}=7200`));
    expect((await play(root, 'sysctl', { name, value: 7100, ...file }, 'check')).changes).to.deep.equal([]);
    const live = await converge(root, 'sysctl', { name, value: 7100, sysctl_set: true, ...file });
    expect(live.changes).to.deep.equal([`${name}: 7200 → 7100`]);
    await converge(root, 'sysctl', { name, value: 7200, sysctl_set: true, ...file });
    await converge(root, 'sysctl', { name, state: 'absent', ...file });
    expect(await said(root, `sysctl -n ${name}; cat ${file.sysctl_file}`)).to.equal('7200');
    const none = await failureOf(
      play(root, 'sysctl', { name: 'net.no', value: 1, sysctl_set: true, ...file }),
    );
    expect(none.message).to.contain('has no parameter net.no');
  });

  it('hostname and timezone: the node’s own, and back', async () => {
    await converge(ops, 'hostname', { name: 'oms-test.example' });
    expect(await said(ops, 'hostname; cat /etc/hostname')).to.equal('oms-test.example\noms-test.example');
    await converge(ops, 'hostname', { name: 'hz-2' });
    const before = await said(ops, 'readlink /etc/localtime; cat /etc/timezone');
    await converge(ops, 'timezone', { name: 'Asia/Shanghai' });
    expect(await said(ops, 'date +%z; cat /etc/timezone')).to.equal('+0800\nAsia/Shanghai');
    await converge(ops, 'timezone', { name: 'Etc/UTC' });
    expect(await said(ops, 'readlink /etc/localtime; cat /etc/timezone')).to.equal(before);
    expect((await failureOf(play(ops, 'timezone', { name: 'Asia/Nowhere' }))).message).to.contain(
      'knows no time zone',
    );
  });

  it('mount: tmpfs and bind, in fstab and not', async () => {
    const fstab = '/etc/oms test fstab';
    const path = '/mnt/oms test/数据';
    const args = { path, src: 'tmpfs', fstype: 'tmpfs', opts: 'size=1m', fstab };
    const look = `awk '$5 ~ /oms/ {print $5}' /proc/self/mountinfo`;
    await converge(root, 'mount', { ...args, state: 'mounted' });
    expect(await said(root, look)).to.contain('/mnt/oms\\040test');
    await converge(root, 'mount', { ...args, opts: 'size=2m', state: 'mounted' });
    expect(await said(root, `df -k --output=size '${path}' | tail -n 1`)).to.equal('2048');
    await converge(root, 'mount', { path, fstab, state: 'remounted' }, 'changed');
    await converge(root, 'mount', { path, fstab, state: 'unmounted' });
    expect(await said(root, look)).to.equal('');
    await converge(root, 'mount', { ...args, opts: 'size=2m', state: 'present' });
    await converge(root, 'mount', { path, fstab, state: 'absent' });
    expect(await said(root, `cat '${fstab}'; ls -d '${path}' 2>&1`)).to.contain('No such file');

    await root.run(
      sh`mkdir -p /srv/oms-from /srv/oms-to && touch /srv/oms-from/a && mount -t tmpfs tmpfs /srv/oms-from && mkdir /srv/oms-from/in`,
    );
    const bind = {
      path: '/srv/oms-to',
      src: '/srv/oms-from/in',
      fstype: 'none',
      opts: 'bind',
      state: 'ephemeral',
    };
    await converge(root, 'mount', bind);
    const other = await failureOf(play(root, 'mount', { ...bind, src: '/srv/other' }));
    expect(other.message).to.contain('is mounted at /srv/oms-to already');
    await root.run(script('cd /srv/oms-to && sleep 3 & sleep 0.2'));
    const busy = await failureOf(play(root, 'mount', { path: '/srv/oms-to', state: 'unmounted' }));
    expect(busy.failure.hint).to.contain('fuser');
    await root.run(sh`sleep 3`);
    await converge(root, 'mount', { path: '/srv/oms-to', state: 'absent', fstab });
  });
});
