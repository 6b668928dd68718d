import type { TransportErrorKind } from '../transport/contract.ts';
import { TransportError } from '../transport/contract.ts';

/** What the way to a machine ends with while it is starting. */
const PASSING: readonly TransportErrorKind[] = [
  ...(['unreachable', 'timeout', 'refused', 'lost', 'jump-failed', 'forward-refused'] as const),
  // Until a name service answers, or a home folder is mounted.
  ...(['unknown-host', 'auth-failed', 'become-refused'] as const),
];

/** Whether a node may just not be there yet: no wrong password, no other host key, no interruption. */
export function isAway(error: unknown): error is TransportError {
  return error instanceof TransportError && PASSING.includes(error.kind);
}
