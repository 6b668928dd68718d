import type { Connector, Link, Target } from './contract.ts';
import { openLocalLink } from './local.ts';
import { createSshConnector } from './ssh.ts';
import type { SshOptions } from './ssh.ts';

export type ConnectorOptions = SshOptions;

/** Opens links by each target's `connection`. */
export function createConnector(options: ConnectorOptions = {}): Connector {
  const ssh = createSshConnector(options);
  const locals = new Set<Link>();
  return {
    async connect(target: Target): Promise<Link> {
      if (target.connection === 'ssh') return ssh.connect(target);
      const link = openLocalLink(target);
      locals.add(link);
      return link;
    },
    async close(): Promise<void> {
      await Promise.all([...locals].map((link) => link.close()));
      await ssh.close();
    },
  };
}
