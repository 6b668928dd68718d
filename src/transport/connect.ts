import type { Connector, Link, Target } from './contract.ts';
import { openLocalLink } from './local.ts';
import type { SshOptions } from './ssh.ts';

export type ConnectorOptions = SshOptions;

/** Opens links by each target's `connection`. The SSH library is loaded when the first node needs it. */
export function createConnector(options: ConnectorOptions = {}): Connector {
  let ssh: Promise<Connector> | undefined;
  const locals = new Set<Link>();
  return {
    async connect(target: Target): Promise<Link> {
      if (target.connection === 'local') {
        const link = openLocalLink(target);
        locals.add(link);
        return link;
      }
      ssh ??= import('./ssh.ts').then(({ createSshConnector }) => createSshConnector(options));
      return (await ssh).connect(target);
    },
    async close(): Promise<void> {
      await Promise.all([...locals].map((link) => link.close()));
      if (ssh !== undefined) await (await ssh).close();
    },
  };
}
