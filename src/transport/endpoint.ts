import type { Secret } from '../model/secret.ts';
import type { Target } from './contract.ts';

/** A target with everything filled in: what the target says, else ~/.ssh/config, else the defaults. */
export interface Endpoint {
  /** How messages name it: node, user, address and port. */
  readonly label: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret | undefined;
  /** Key files to offer; `asked` is false for the defaults, which may be missing. */
  readonly keyFiles: readonly { readonly path: string; readonly asked: boolean }[];
  readonly privateKeyPassphrase: Secret | undefined;
  /** The first is the one that new keys are added to. */
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias: string | undefined;
  readonly hostKeyChecking: 'yes' | 'accept-new' | 'no';
  readonly useAgent: boolean;
  readonly jump: Target | undefined;
  readonly connectTimeoutMs: number;
}
