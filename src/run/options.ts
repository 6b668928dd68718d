import type { BecomeMethod } from '../model/connection.ts';
import type { Secret } from '../model/secret.ts';

/** What the command line says about a run. */
export interface RunOptions {
  readonly check: boolean;
  readonly diff: boolean;
  /** As if every play said `force_handlers`. */
  readonly forceHandlers?: boolean | undefined;
  /** Node tasks at once in the whole run. */
  readonly forks: number;
  /** Caps every play's `regions`. */
  readonly regionsAtOnce: number | undefined;
  readonly become: boolean;
  readonly becomeUser: string | undefined;
  /** undefined: sudo. */
  readonly becomeMethod?: BecomeMethod | undefined;
  readonly becomePassword: Secret | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly privateKeyFile: string | undefined;
  /** undefined: as ~/.ssh/config says, else `yes`. */
  readonly hostKeyChecking: 'yes' | 'accept-new' | 'no' | undefined;
  readonly connectTimeoutMs: number;
  /** Look at coming tasks before their turn; changes no result. */
  readonly speculate: boolean;
  /** Measure where the time goes, and say it in the events. */
  readonly profile?: boolean;
  /** Aborted: no new task starts and the remote process groups are ended. */
  readonly signal: AbortSignal;
}
