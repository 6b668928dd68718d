import type { Duplex } from 'node:stream';
import type { TransportErrorKind } from '../transport/contract.ts';
import { TransportError } from '../transport/contract.ts';
import type { NodeReader } from '../transport/node.ts';

const NOT_OPEN: readonly TransportErrorKind[] = [
  'forward-refused',
  'refused',
  'timeout',
  'unreachable',
  'unknown-host',
];

/** A connection from the node, or the reason in words why there is none. The node's own failures are thrown. */
export async function tryConnection(
  node: NodeReader,
  to: { readonly host: string; readonly port: number; readonly timeoutMs: number },
): Promise<Duplex | string> {
  const opening = node.openConnection(to.host, to.port);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer within ${to.timeoutMs / 1000} s`), to.timeoutMs);
  });
  try {
    const socket = await Promise.race([opening, late]);
    if (typeof socket === 'string') {
      opening.then(
        (tooLate) => tooLate.destroy(),
        () => undefined,
      );
    }
    return socket;
  } catch (error) {
    if (error instanceof TransportError && NOT_OPEN.includes(error.kind)) return error.message;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
