import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Listener } from './contract.ts';
import { TransportError } from './contract.ts';

const LOOPBACK = '127.0.0.1';

/** Ports of the other side's loopback whose connections come through an SSH connection. */
export class ForwardedPorts {
  readonly #client: Client;
  readonly #label: string;
  readonly #takers = new Map<number, (stream: Duplex) => void>();

  constructor(client: Client, label: string) {
    this.#client = client;
    this.#label = label;
    client.on('tcp connection', (details, accept, reject) => {
      const taker = this.#takers.get(details.destPort);
      if (taker === undefined) return reject();
      const stream: ClientChannel = accept();
      stream.on('error', () => undefined);
      taker(stream);
    });
  }

  /** Throws TransportError `forward-refused`. */
  open(onConnection: (stream: Duplex) => void): Promise<Listener> {
    return new Promise((resolve, reject) => {
      this.#client.forwardIn(LOOPBACK, 0, (error, port) => {
        if (error !== undefined) return reject(this.#refused(error));
        this.#takers.set(port, onConnection);
        resolve({ port, close: () => this.#close(port) });
      });
    });
  }

  #close(port: number): Promise<void> {
    this.#takers.delete(port);
    return new Promise((resolve) => {
      try {
        this.#client.unforwardIn(LOOPBACK, port, () => resolve());
      } catch {
        resolve();
      }
    });
  }

  #refused(error: Error): TransportError {
    return new TransportError(
      'forward-refused',
      `${this.#label}: the server opens no port for us: ${error.message}`,
      'Set AllowTcpForwarding to yes or remote in the sshd_config of the node.',
    );
  }
}
