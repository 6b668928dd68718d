import type { Link } from '../../src/transport/contract.ts';
import { openLocalLink } from '../../src/transport/local.ts';

/** A link to this machine, as `connection: local` has it. */
export function openHere(): Link {
  return openLocalLink({
    name: 'here', connection: 'local', address: '127.0.0.1', port: undefined, user: undefined,
    password: undefined, privateKeyFile: undefined, privateKeyPassphrase: undefined,
    knownHostsFile: undefined, hostKeyChecking: 'yes', jump: undefined, connectTimeoutMs: 1000,
  }); // prettier-ignore
}
