import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { expect } from 'chai';
import type { RealNode } from './real-node.ts';
import { kinds, openRealNode } from './real-node.ts';

/** What these modules look at is this machine's, what they write is in the test's folder: nothing of the machine changes. */
for (const kind of kinds) {
  describe(`modules about the system on a real shell: tools ${kind}`, () => {
    let real: RealNode;
    const me = userInfo();
    before(async () => (real = await openRealNode(kind)));
    after(() => real.close());

    it('user, group and getent find who is there', async () => {
      expect(await real.look('user', { name: me.username, uid: me.uid, shell: me.shell })).to.deep.equal([]);
      expect(await real.look('user', { name: me.username, comment: 'nobody has this' })).to.have.length(1);
      expect(await real.look('group', { name: 'root', gid: 0 })).to.deep.equal([]);
      expect((await real.failure('group', { name: 'oms-none', gid: 0 })).message).to.contain(
        'of the group root',
      );
      expect((await real.failure('user', { name: 'oms-none', groups: ['oms-none'] })).message).to.contain(
        'there is no group oms-none on here',
      );
      const { ansible_facts } = await real.use('getent', { database: 'passwd', key: me.username });
      expect(ansible_facts).to.have.nested.property(`getent_passwd.${me.username}[1]`, String(me.uid));
      expect((await real.failure('getent', { database: 'group', key: 'oms-none' })).message).to.contain(
        'no "oms-none"',
      );
    });

    it('authorized_key, known_hosts, cron, sysctl write their files, once', async () => {
      const key = 'ssh-ed25519 AAAA me';
      const path = real.at('keys 键');
      await real.use('authorized_key', { user: me.username, key, path, manage_dir: false });
      await real.use('authorized_key', {
        user: me.username,
        key,
        path,
        manage_dir: false,
        key_options: 'no-pty',
      });
      expect(await readFile(path, 'utf8')).to.equal('no-pty ssh-ed25519 AAAA me\n');
      const known = { name: 'db', path: real.at('known') };
      for (const hash_host of [true, false])
        await real.use('known_hosts', { ...known, hash_host, key: 'db ssh-rsa AAAA' });
      expect(await readFile(real.at('known'), 'utf8')).to.equal('db ssh-rsa AAAA\n');
      await real.use('known_hosts', { ...known, state: 'absent' });
      const cron = { name: 'a', user: 'oms', cron_file: real.at('cron') };
      await real.use('cron', { ...cron, job: "echo 'a' \\% $x" });
      expect(await readFile(real.at('cron'), 'utf8')).to.equal(
        "#Ansible: a\n* * * * * oms echo 'a' \\% $x\n",
      );
      await real.use('cron', { ...cron, state: 'absent' });
      await real.use('sysctl', { name: 'vm.x', value: '1 2', sysctl_file: real.at('sysctl'), reload: false });
      expect(await readFile(real.at('sysctl'), 'utf8')).to.equal('vm.x=1 2\n');
    });

    it('sysctl, mount, hostname, timezone, service say how it is', async () => {
      const none = { name: 'oms.none', value: 1, sysctl_set: true, sysctl_file: real.at('s') };
      expect((await real.failure('sysctl', none)).message).to.contain('has no parameter oms.none');
      expect(await real.look('mount', { path: real.folder, state: 'unmounted' })).to.deep.equal([]);
      expect(
        await real.look('mount', { path: '/proc', src: 'proc', fstype: 'proc', state: 'ephemeral' }),
      ).to.deep.equal([]);
      expect(await real.look('hostname', { name: 'oms-never', use: 'generic' })).to.have.length(1);
      expect((await real.failure('timezone', { name: 'Oms/Nowhere' })).message).to.contain(
        'knows no time zone',
      );
      expect(
        (await real.failure('service', { name: 'oms-none', state: 'started', use: 'sysvinit' })).message,
      ).to.contain('there is no service oms-none');
    });

    it('clock_check and port_check measure', async () => {
      expect(await real.use('clock_check', { max_offset: 2 })).to.include({
        with: 'the controller',
        max_offset: 2,
      });
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = server.address() as AddressInfo;
      const open = await real.use('port_check', { port });
      expect(open).to.include({ state: 'open', port });
      await new Promise((resolve) => server.close(resolve));
      expect(await real.use('port_check', { port, state: 'closed' })).to.include({ reason: 'refused' });
    });
  });
}
