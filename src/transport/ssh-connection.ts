import type { Duplex } from 'node:stream';
import type * as NodeSsh from 'node-ssh';
import type { Client, ClientChannel } from 'ssh2';
import { authFailed, connectError, lostError, turnedAway } from './ssh-errors.ts';
import type { Phase } from './ssh-errors.ts';
import type { LoginPlan } from './auth.ts';
import type { ByteChannel } from './channel.ts';
import { quote } from './command.ts';
import { TransportError } from './contract.ts';
import type { Listener, SshAddress } from './contract.ts';
import type { Endpoint } from './endpoint.ts';
import { ForwardedPorts } from './forwarded-ports.ts';
import { gathered } from './gathered.ts';
import type { HostKeyCheck } from './host-keys.ts';

const KEEPALIVE_MS = 15_000;
const KEEPALIVES_MISSED = 4;
const CHANNEL_RETRY_MS = 500;
const CLOSE_WITHIN_MS = 1_000;

/** Thrown by an attempt that the server turned away; holds the error to report when that was the last one. */
export class TurnedAway extends Error {
  readonly error: TransportError;

  constructor(error: TransportError) {
    super(error.message);
    this.error = error;
  }
}

export interface Handshake {
  /** Loaded before the stream is opened: an event of the stream that comes in between would be missed. */
  readonly library: typeof NodeSsh;
  readonly endpoint: Endpoint;
  readonly login: LoginPlan;
  readonly hostKey: HostKeyCheck;
}

/** Speaks SSH on an open byte stream until the login is through. Throws TransportError or {@link TurnedAway}. */
export async function handshake(
  stream: Duplex,
  { library, endpoint, login, hostKey }: Handshake,
): Promise<SshConnection> {
  let phase: Phase = 'handshake';
  const ssh = new library.NodeSSH();
  let shown: Buffer | undefined;
  const noting: HostKeyCheck = { ...hostKey, verify: (key) => hostKey.verify((shown = key)) };
  const connecting = ssh.connect(configOf(stream, { library, endpoint, login, hostKey: noting }));
  // node-ssh lets go of its error listener once connected; an error without one would end the program.
  const client = ssh.connection;
  let lastError: Error | undefined;
  client?.on('error', (error: Error) => (lastError = error));
  client?.once('handshake', () => (phase = 'login'));
  try {
    await connecting;
  } catch (error) {
    stream.destroy();
    throw failureOf(lastError ?? (error as Error), phase, { library, endpoint, login, hostKey });
  }
  if (client === null) throw lostError(endpoint, lastError);
  return new SshConnection(client, { endpoint, hostKey: shown }, () => lastError);
}

function configOf(stream: Duplex, { endpoint, login, hostKey }: Handshake): NodeSsh.Config {
  return {
    sock: gathered(stream),
    username: endpoint.user,
    authHandler: login.handler,
    hostVerifier: (key: Buffer, verify: (good: boolean) => void): void => {
      void hostKey.verify(key).then(verify);
    },
    ...(hostKey.algorithms === undefined ? {} : { algorithms: { serverHostKey: [...hostKey.algorithms] } }),
    readyTimeout: endpoint.connectTimeoutMs,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVES_MISSED,
  };
}

function failureOf(
  error: Error & { level?: string },
  phase: Phase,
  { endpoint, login, hostKey }: Handshake,
): Error {
  const refusal = hostKey.refusal();
  if (refusal !== undefined) return refusal;
  if (error.level === 'client-authentication') return login.badKey ?? authFailed(endpoint, login.tried());
  // ssh2 says "no matching host key format" by words only, but with a level of its own.
  const noCommonKey = error.level === 'handshake' && /host key/i.test(error.message);
  if (noCommonKey) return hostKey.otherType() ?? connectError(error, endpoint, phase);
  const failure = connectError(error, endpoint, phase);
  return turnedAway(error, phase) ? new TurnedAway(failure) : failure;
}

/** Who is at the other end. */
export interface Server {
  readonly endpoint: Endpoint;
  /** What it has shown and what was accepted. */
  readonly hostKey: Buffer | undefined;
}

/** One SSH connection with the login done. */
export class SshConnection {
  readonly endpoint: Endpoint;
  /** Where it leads, with the host key that was accepted. */
  readonly address: SshAddress | undefined;
  readonly #client: Client;
  readonly #ports: ForwardedPorts;
  readonly #lastError: () => Error | undefined;
  readonly #closed: Promise<void>;
  #setClosed: () => void = () => undefined;
  #open = true;

  constructor(client: Client, server: Server, lastError: () => Error | undefined) {
    const { endpoint, hostKey } = server;
    const { host, port, user } = endpoint;
    this.#client = client;
    this.endpoint = endpoint;
    this.address = hostKey === undefined ? undefined : { host, port, user, hostKey };
    this.#ports = new ForwardedPorts(client, endpoint.label);
    this.#lastError = lastError;
    this.#closed = new Promise((resolve) => (this.#setClosed = resolve));
    client.once('close', () => this.abandon());
    client.on('error', () => this.#abandonSoon());
  }

  /**
   * Counts the connection as gone now. ssh2 does not always say so itself: a stream through a jump host that
   * is lost never closes.
   */
  abandon(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#setClosed();
    this.#client.destroy();
  }

  /** Resolves when the connection is gone, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  /** Why it is gone, when it is. */
  lost(): TransportError | undefined {
    return this.#open ? undefined : lostError(this.endpoint, this.#lastError());
  }

  /** Starts a program. A channel that the server refuses is asked for once more. */
  async openChannel(
    argv: readonly string[],
    { terminal = false }: { readonly terminal?: boolean } = {},
  ): Promise<ByteChannel> {
    const command = argv.map(quote).join(' ');
    try {
      return this.#toByteChannel(await this.#exec(command, terminal));
    } catch (error) {
      if (!this.#open) throw lostError(this.endpoint, this.#lastError());
      await new Promise((resolve) => setTimeout(resolve, CHANNEL_RETRY_MS));
      return this.#exec(command, terminal).then(
        (channel) => this.#toByteChannel(channel),
        () => Promise.reject(this.lost() ?? this.#noChannel(error as Error)),
      );
    }
  }

  /** A TCP connection that starts at the other side. */
  openConnection(host: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      const refused = (error: Error): void =>
        reject(
          this.lost() ??
            new TransportError(
              'forward-refused',
              `${this.endpoint.label}: no connection from there to ${host}:${port}: ${error.message}`,
              'Check that the service listens there, and that AllowTcpForwarding is on in the sshd_config of the node.',
            ),
        );
      try {
        this.#client.forwardOut('127.0.0.1', 0, host, port, (error, channel) => {
          if (error) refused(error);
          else resolve(channel);
        });
      } catch (error) {
        refused(error as Error);
      }
    });
  }

  /** A port of the other side's 127.0.0.1 whose connections come here. */
  async listen(onConnection: (stream: Duplex) => void): Promise<Listener> {
    const lost = this.lost();
    if (lost !== undefined) throw lost;
    return this.#ports.open(onConnection);
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#client.end();
    this.#abandonSoon();
    await this.#closed;
  }

  #abandonSoon(): void {
    const timer = setTimeout(() => this.abandon(), CLOSE_WITHIN_MS);
    void this.#closed.then(() => clearTimeout(timer));
  }

  #exec(command: string, terminal: boolean): Promise<ClientChannel> {
    const options = terminal ? { pty: { term: 'dumb', cols: 200, rows: 24 } } : {};
    return new Promise((resolve, reject) => {
      this.#client.exec(command, options, (error, channel) => {
        if (error) reject(error);
        else resolve(channel);
      });
    });
  }

  #noChannel(error: Error): TransportError {
    return new TransportError(
      'refused',
      `${this.endpoint.label}: the server does not start a program for this user: ${error.message}`,
      'Check MaxSessions in the sshd_config of the node, and that the account may run commands.',
    );
  }

  #toByteChannel(channel: ClientChannel): ByteChannel {
    let code: number | undefined;
    channel.on('exit', (status: number | null) => (code = status ?? undefined));
    const ended = new Promise<void>((resolve) => channel.once('close', () => resolve()));
    const done = Promise.race([ended, this.#closed]).then(() => code);
    const destroy = (): void => channel.close();
    return { stdin: channel, stdout: channel, stderr: channel.stderr, done, destroy };
  }
}
