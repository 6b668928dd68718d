import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { Closing } from './closing.ts';

/**
 * A port on loopback that leads to another one over a line with that round trip: each chunk is held back half of
 * it, each way, and a new connection a whole one, as TCP's own greeting would take.
 */
export async function farAway(
  port: number,
  rttMs: number,
  closing: Closing,
): Promise<{ readonly port: number; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (near) => {
    hold(near, sockets);
    setTimeout(() => {
      const far = connect({ host: '127.0.0.1', port, noDelay: true });
      hold(far, sockets);
      pipeLate(near, far, rttMs / 2);
      pipeLate(far, near, rttMs / 2);
      near.resume();
    }, rttMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = closing.add(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: (server.address() as AddressInfo).port, close };
}

function hold(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
}

/** Timers of the same length fire in the order in which they were set, so nothing overtakes. */
function pipeLate(from: Socket, to: Socket, lateMs: number): void {
  from.on('data', (chunk) => setTimeout(() => to.writable && to.write(chunk), lateMs));
  from.once('end', () => setTimeout(() => to.end(), lateMs));
  from.once('close', () => setTimeout(() => to.destroySoon(), lateMs));
}
