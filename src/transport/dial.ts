import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A TCP connection, without Nagle's waiting: requests are small and must leave at once. */
export function dial(host: string, port: number, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    // It stays: until the next owner listens, an error must not end the program.
    socket.on('error', reject);
    socket.once('close', () => clearTimeout(timer));
  });
}
