import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { sh, script } from '../../src/transport/command.ts';
import type { Connector } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { createNode } from '../../src/transport/remote-node.ts';
import { converge, failureOf, labNode, labTarget, play } from './on-node.ts';
import type { SystemNodes } from './system-nodes.ts';
import { openSystemNodes, said } from './system-nodes.ts';

/** A daemon as many are: it keeps the output open that it was started with. */
const DAEMON = `#!/bin/sh
### BEGIN INIT INFO
# Provides: oms-test
# Required-Start:
# Required-Stop:
# Default-Start: 2 3 4 5
# Default-Stop: 0 1 6
### END INIT INFO
p=/run/oms-test.pid
alive() { [ -f $p ] && kill -0 "$(cat $p)" 2>/dev/null; }
start() { alive || { echo starting; setsid sleep 600 & echo $! > $p; }; }
stop() { alive && kill "$(cat $p)"; rm -f $p; }
case $1 in
start) start ;;
stop) stop ;;
restart) stop; start ;;
reload) alive && touch /run/oms-test.reloaded ;;
status) if alive; then echo running; else echo stopped; exit 3; fi ;;
*) echo "usage: $0 start|stop|restart|reload|status"; exit 2 ;;
esac
`;

/** A repository in a folder: two versions of a package, and one that it needs. */
const REPOSITORY = `set -e
r=/tmp/oms-repo; rm -rf $r; mkdir -p $r; cd $r
make() {
  mkdir -p b/DEBIAN; printf 'Package: %s\\nVersion: %s\\nArchitecture: all\\nMaintainer: t <t@t>\\nDescription: t\\n%s' "$1" "$2" "$3" > b/DEBIAN/control
  dpkg-deb -b b $1_$2.deb >/dev/null; rm -r b
}
make oms-dep 1.0; make oms-hello 1.0 'Depends: oms-dep
'; make oms-hello 1.1 'Depends: oms-dep
'
index() { for f; do dpkg-deb -f $f; echo "Filename: ./$f"; echo "Size: $(stat -c %s $f)"; echo "SHA256: $(sha256sum $f | cut -d' ' -f1)"; echo; done > Packages; }
index oms-dep_1.0.deb oms-hello_1.0.deb
echo "deb [trusted=yes] file:$r ./" > sources.list
printf 'Dir::Etc::SourceList "%s/sources.list"; Dir::Etc::SourceParts "-"; APT::Get::List-Cleanup "0";' $r > apt.conf
`;
const LOCK = `setsid perl -MFcntl -e 'open F, ">>", "/var/lib/dpkg/lock-frontend"; $l = pack("ssx4qqi", F_WRLCK, 0, 0, 0, 0); fcntl(F, F_SETLK, $l) or die; sleep 3' </dev/null >/tmp/oms-repo/lock.log 2>&1 &
sleep 0.3`;

describe('modules about services and packages on the lab’s nodes', function () {
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

  it('service: a script of /etc/init.d, and enabling units of a systemd that does not run', async () => {
    for (const node of [root, ops]) {
      await play(node, 'copy', { content: DAEMON, dest: '/etc/init.d/oms-test', mode: '0755' });
      const started = await converge(node, 'service', { name: 'oms-test', state: 'started', enabled: true });
      expect(started.changes).to.deep.equal(['oms-test: disabled → enabled', 'oms-test: stopped → started']);
      expect(started.result).to.include({ use: 'sysvinit', state: 'started', enabled: true });
      const pid = await said(node, 'cat /run/oms-test.pid');
      await converge(node, 'service', { name: 'oms-test', state: 'restarted' }, 'changed');
      expect(await said(node, 'cat /run/oms-test.pid')).to.not.equal(pid);
      await converge(node, 'service', { name: 'oms-test', state: 'reloaded' }, 'changed');
      expect(await said(node, 'ls /run/oms-test.reloaded')).to.equal('/run/oms-test.reloaded');
      const facts = await play(node, 'service_facts', {});
      expect(facts.result)
        .to.have.nested.property('ansible_facts.services.oms-test')
        .that.deep.equals({
          ...{ name: 'oms-test', state: 'running', status: 'enabled', source: 'sysv' },
        });
      await converge(node, 'service', { name: 'oms-test', state: 'stopped', enabled: false });
      expect(await said(node, 'ls /etc/rc3.d | grep oms-test')).to.match(/^K/);
      const none = await failureOf(play(node, 'service', { name: 'no-such', state: 'started' }));
      expect(none.message).to.contain('there is no service no-such');
    }
    await play(root, 'copy', {
      content: '[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n',
      dest: '/etc/systemd/system/oms-unit.service',
    });
    await converge(root, 'systemd_service', { name: 'oms-unit', enabled: true });
    expect(
      await said(root, 'readlink /etc/systemd/system/multi-user.target.wants/oms-unit.service'),
    ).to.equal('/etc/systemd/system/oms-unit.service');
    await converge(root, 'systemd', { name: 'oms-unit', enabled: false });
    await converge(root, 'systemd', { name: 'rsync', masked: true });
    await converge(root, 'systemd', { name: 'rsync', masked: false });
    const off = await failureOf(play(root, 'systemd', { name: 'oms-unit', state: 'started' }));
    expect(off.message).to.contain('systemd is not running on hz-1');
  });

  it('service: programs of supervisord in a container', async () => {
    const image = await loadImage(root);
    const program = (name: string, command: string): string =>
      `[program:${name}]\ncommand=${command}\nstartsecs=0\nautostart=false\nautorestart=false\n`;
    const config = [
      '[supervisord]\nnodaemon=true\n[unix_http_server]\nfile=/run/supervisor.sock\n',
      '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n',
      '[supervisorctl]\nserverurl=unix:///run/supervisor.sock\n',
      program('good', 'nohup sleep 600') + program('bad', '/bin/false'),
    ].join('');
    await play(root, 'copy', { content: config, dest: '/srv/oms-supervisord.conf' });
    await root.run(
      sh`docker run -d --name oms-test --net host --entrypoint supervisord -v /srv/oms-supervisord.conf:/etc/supervisor/supervisord.conf ${image} -n -c /etc/supervisor/supervisord.conf`,
    );
    await root.run(
      script('for i in 1 2 3 4 5 6 7 8 9; do docker exec oms-test supervisorctl pid && break; sleep 1; done'),
    );
    const name = { name: 'good', container: 'oms-test' };
    const started = await converge(root, 'service', { ...name, state: 'started' });
    expect(started.changes).to.deep.equal(['good: stopped → started']);
    expect(started.result).to.deep.include({
      use: 'supervisord',
      state: 'started',
      status: { good: 'RUNNING' },
    });
    await converge(root, 'service', { ...name, state: 'restarted' }, 'changed');
    await play(root, 'service', { ...name, state: 'reloaded' });
    await play(root, 'service', { ...name, state: 'started' });
    await converge(root, 'service', { name: 'all', container: 'oms-test', state: 'stopped' });
    const bad = await failureOf(play(root, 'service', { ...name, name: 'bad', state: 'started' }));
    // Old versions of supervisorctl end well all the same.
    expect(bad.message).to.match(/could not start bad: .*spawn error|but bad is (EXITED|FATAL)/);
    const none = await failureOf(play(root, 'service', { ...name, name: 'none', state: 'started' }));
    expect(none.message).to.contain('supervisord has no program none on hz-1, container oms-test');
    const gone = await failureOf(play(root, 'service', { ...name, container: 'oms-none', state: 'started' }));
    expect(gone.message).to.contain('supervisord cannot be asked on hz-1, container oms-none');
    await root.run(sh`docker rm -f oms-test && docker rmi ${image}`);
  });

  it('reboot and wait_for_connection: sshd goes away and comes back, like that of a machine', async () => {
    // Of a node that no other test here is connected to: all its connections end.
    const target = labTarget('hlj-1', '10.77.0.21', 'root');
    let link = connector.connect(target);
    const dropLink = async (): Promise<void> => {
      await link.then(
        (open) => open.close(),
        () => undefined,
      );
      link = connector.connect(target);
      link.catch(() => undefined);
    };
    const node = createNode({ name: 'hlj-1', address: 'hlj-1', link: () => link, dropLink });
    await node.run(sh`echo one > /run/oms-boot`);
    const away = `setsid sh -c 'sleep 0.3; pkill -x sshd; sleep 2; echo two > /run/oms-boot; /usr/sbin/sshd -E /var/log/sshd.log' </dev/null >/dev/null 2>&1 &`;
    const args = { reboot_command: away, boot_time_command: 'cat /run/oms-boot', reboot_timeout: 60 };
    const done = await play(node, 'reboot', args);
    expect(done.result).to.include({ rebooted: true });
    expect(done.result['elapsed']).to.be.within(2, 20);
    expect(await said(node, 'cat /run/oms-boot')).to.equal('two');
    const stuck = await failureOf(
      play(node, 'reboot', { ...args, reboot_command: 'true', reboot_timeout: 2 }),
    );
    expect(stuck.message).to.contain('hlj-1 was told to restart 2 s ago, and has not');
    await node.run(script(away));
    const waited = await play(node, 'wait_for_connection', { delay: 1, timeout: 30, connect_timeout: 2 });
    expect(waited.result['elapsed']).to.be.within(1, 20);
    expect(await said(node, 'echo here')).to.equal('here');
    await node.run(script(away.replace('sleep 2', 'sleep 4')));
    const late = await failureOf(play(node, 'wait_for_connection', { delay: 0.5, timeout: 1 }));
    expect(late.message).to.contain('waited 1 s for hlj-1, and it cannot be reached: ');
    await play(node, 'wait_for_connection', { timeout: 30 });
    await node.run(sh`rm -f /run/oms-boot`);
  });

  it('port_check and clock_check: from node to node', async () => {
    const open = await play(root, 'port_check', { host: '10.77.0.5', port: 2883 });
    expect(open.result).to.include({ state: 'open', tool: 'bash' });
    const closed = await failureOf(play(root, 'port_check', { host: '10.77.0.12', port: 1 }));
    expect(closed.message).to.contain('is closed (refused), seen from hz-1');
    const lost = await play(root, 'port_check', {
      host: '10.77.0.222',
      port: 1,
      timeout: 1,
      state: 'closed',
    });
    expect(lost.result['reason']).to.match(/no route|no answer/);
    const none = await failureOf(play(root, 'port_check', { host: 'oms.example', port: 1, state: 'closed' }));
    expect(none.message).to.contain('hz-1 does not know the host oms.example');
    const clock = await play(root, 'clock_check', { with: ops, max_offset: 0.5 });
    expect(clock.result).to.include({ with: 'hz-2' });
    expect(Math.abs(clock.result['offset'] as number)).to.be.below(0.5);
  });

  it('package_facts and apt: from a repository in a folder, with versions, lists and locks', async () => {
    const facts = await play(root, 'package_facts', {});
    expect(facts.result).to.have.nested.property('ansible_facts.packages.bash[0].source', 'apt');
    await root.run(script(REPOSITORY));
    const node = labNode('hz-1', connector.connect(labTarget('hz-1', '10.77.0.11', 'root')), {
      environment: { APT_CONFIG: '/tmp/oms-repo/apt.conf' },
    });
    const version = (): Promise<string> => said(root, "dpkg-query -W -f '${Version}' oms-hello 2>/dev/null");
    const unknown = await failureOf(play(node, 'apt', { name: 'oms-hello' }));
    expect(unknown.message).to.contain('Unable to locate package oms-hello');
    const before = await play(node, 'apt', { name: 'oms-hello', update_cache: true }, 'check');
    expect(before.changes[1]).to.equal('oms-hello: absent → what the updated lists have');
    await converge(node, 'apt', { name: 'oms-hello', update_cache: true });
    expect(await version()).to.equal('1.0');
    await converge(node, 'package', { name: ['oms-hello', 'oms-dep'] });

    await root.run(script(`cd /tmp/oms-repo; ${/^index.*}$/m.exec(REPOSITORY)?.[0] ?? ''}; index *.deb`));
    await play(node, 'apt', { update_cache: true });
    const newer = await play(node, 'apt', { name: 'oms-hello', state: 'latest' }, 'check');
    expect(newer.changes).to.deep.equal(['oms-hello: 1.0 → 1.1']);
    expect(await version()).to.equal('1.0');
    await root.run(script(LOCK));
    await converge(node, 'package', { name: 'oms-hello', state: 'latest' });
    expect(await version()).to.equal('1.1');
    await root.run(script(LOCK));
    const locked = await failureOf(
      play(node, 'apt', { name: 'oms-hello=1.0', allow_downgrade: true, lock_timeout: 0 }),
    );
    expect(locked.failure.hint).to.contain('lock_timeout');
    await converge(node, 'apt', { name: 'oms-hello=1.0*', allow_downgrade: true });
    expect(await version()).to.equal('1.0');
    const gone = await converge(node, 'apt', {
      name: 'oms-hello',
      state: 'absent',
      purge: true,
    });
    expect(gone.changes).to.include('oms-hello: 1.0 → absent');
    await converge(node, 'apt', { name: 'oms-dep', state: 'absent' });
    await converge(node, 'apt', { name: 'oms-dep', update_cache: true, cache_valid_time: 3600 });
    await converge(node, 'apt', { deb: '/tmp/oms-repo/oms-hello_1.1.deb' });
    expect(await version()).to.equal('1.1');
    await converge(node, 'package', { name: 'oms-hello,oms-dep', state: 'absent' });
    const fresh = await play(node, 'apt', { update_cache: true, cache_valid_time: 3600 }, 'check');
    expect(fresh.changes).to.deep.equal([]);
  });
});

/** The stand-in image, which has supervisord, on the node; gives its name. */
async function loadImage(node: NodeWriter): Promise<string> {
  const cache = join(import.meta.dirname, '..', '..', '.cache', 'lab');
  const ids = readdirSync(join(cache, 'packages')).filter((name) => name.endsWith('.id'));
  const id = ids.sort()[0] ?? 'none';
  const image =
    readFileSync(join(cache, 'packages', id), 'utf8')
      .trim()
      .split(/\s+/)[1] ?? '';
  const archive = id.replace(/\.id$/, '.tar.gz');
  copyFileSync(join(cache, 'packages', archive), join(cache, 'nodes', node.name, 'data', 'oms-test.tar.gz'));
  const done = await node.run(sh`docker load -q -i /data/oms-test.tar.gz && rm /data/oms-test.tar.gz`);
  expect(done.exitCode, done.stderr.toString()).to.equal(0);
  return image;
}
