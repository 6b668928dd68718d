import type { Duplex } from 'node:stream';

/**
 * Makes what is written to a stream in one turn of the program leave in one piece. ssh2 writes each packet in three: its
 * length, its content, its seal. On a socket that waits for nothing these would be three system calls and three packets on
 * the way, and the other side would be woken three times.
 */
export function gathered<Stream extends Duplex>(stream: Stream): Stream {
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean;
  let holding = false;
  const release = (): void => {
    holding = false;
    stream.uncork();
  };
  stream.write = (...args: unknown[]): boolean => {
    if (!holding) {
      holding = true;
      stream.cork();
      process.nextTick(release);
    }
    return write(...args);
  };
  return stream;
}
