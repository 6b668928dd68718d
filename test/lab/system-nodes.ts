import { expect } from 'chai';
import { script } from '../../src/transport/command.ts';
import { createConnector } from '../../src/transport/connect.ts';
import type { Connector } from '../../src/transport/contract.ts';
import type { NodeWriter } from '../../src/transport/node.ts';
import { labNode, labTarget, OPS } from './on-node.ts';

/** Two nodes of the lab: one as root, one as a user who becomes root. Nothing of the tests is left on them. */
export interface SystemNodes {
  readonly connector: Connector;
  readonly root: NodeWriter;
  readonly ops: NodeWriter;
  close(): Promise<void>;
}

/** Opens them. */
export async function openSystemNodes(): Promise<SystemNodes> {
  const connector = createConnector();
  const root = labNode('hz-1', connector.connect(labTarget('hz-1', '10.77.0.11', 'root')));
  const ops = labNode('hz-2', connector.connect(labTarget('hz-2', '10.77.0.12', 'ops')), { become: OPS });
  // Nothing here may reach the machine itself: a node has its own files, mounts, processes and name.
  for (const node of [root, ops]) {
    const own = await said(node, 'stat -f -c %T /; cat /proc/sys/kernel/hostname');
    expect(own).to.equal(`overlayfs\n${node.name}`);
  }
  await Promise.all([root, ops].map(clean));
  return {
    ...{ connector, root, ops },
    async close() {
      try {
        await Promise.all([root, ops].map(clean));
      } finally {
        // An open connection would keep the tests from ending.
        await connector.close();
      }
    },
  };
}

/** What a command prints. */
export async function said(node: NodeWriter, text: string): Promise<string> {
  return (await node.query(script(text))).stdout.toString().trim();
}

async function clean(node: NodeWriter): Promise<void> {
  const text = `
docker rm -f oms-test >/dev/null 2>&1
rm -f /data/oms-test.tar.gz /srv/oms-supervisord.conf /run/oms-boot
[ -f /run/oms-test.pid ] && kill "$(cat /run/oms-test.pid)" 2>/dev/null
for u in omstest omskey; do userdel -r $u 2>/dev/null; done
for g in omstest omsmore; do groupdel $g 2>/dev/null; done
for m in /srv/oms-to /srv/oms-from '/mnt/oms test/数据'; do umount "$m" 2>/dev/null; done
rm -rf /srv/oms-to /srv/oms-from '/mnt/oms test' '/etc/oms test fstab' /tmp/oms-key* /root/.ssh/oms-known
rm -f /etc/cron.d/oms-test* /etc/init.d/oms-test /etc/rc?.d/*oms-test /run/oms-test.* /etc/sysctl.d/90-oms-test.conf
dpkg -P oms-hello oms-dep >/dev/null 2>&1
rm -rf /tmp/oms-repo /var/lib/apt/lists/*oms-repo*
rm -f /etc/systemd/system/rsync.service /etc/systemd/system/oms-* /etc/systemd/system/*.wants/oms-*
true`;
  await node.run(script(text));
}
