import type { Duplex } from 'node:stream';
import pLimit from 'p-limit';
import { KeyRing, loginPlan } from './auth.ts';
import type { Connector, Link, Target } from './contract.ts';
import { TransportError } from './contract.ts';
import { dial } from './dial.ts';
import type { Endpoint } from './endpoint.ts';
import { hostKeyCheck } from './host-keys.ts';
import { KnownHosts } from './known-hosts.ts';
import { ShellLink } from './link.ts';
import { SshConfigFile } from './ssh-config.ts';
import { handshake, TurnedAway } from './ssh-connection.ts';
import type { SshConnection } from './ssh-connection.ts';
import { connectError, turnedAway } from './ssh-errors.ts';

const CONNECTING_AT_ONCE = 30;
const RETRY_MS = 500;

export interface SshOptions {
  /** Connections being opened at once; default 30. */
  readonly maxConnecting?: number | undefined;
  /** Socket of the SSH agent; default SSH_AUTH_SOCK. '' means none. */
  readonly agentSocket?: string | undefined;
  /** The folder that `.ssh` is in; default the user's home. */
  readonly home?: string | undefined;
  /** Waits before a second try; default half a second to one second. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/** Opens SSH links. Connections to the same jump host are shared. The library is loaded when first needed. */
export function createSshConnector(options: SshOptions = {}): Connector {
  return new SshConnector(options);
}

class SshConnector implements Connector {
  readonly #options: SshOptions;
  readonly #config: SshConfigFile;
  readonly #keys = new KeyRing();
  readonly #knownHosts = new KnownHosts();
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #jumps = new Map<string, Promise<SshConnection>>();
  readonly #connections = new Set<SshConnection>();

  constructor(options: SshOptions) {
    this.#options = options;
    this.#config = new SshConfigFile(options.home);
    this.#limit = pLimit(options.maxConnecting ?? CONNECTING_AT_ONCE);
  }

  async connect(target: Target): Promise<Link> {
    const connection = await this.#connect(target);
    return new ShellLink({
      name: connection.endpoint.label,
      loginUser: connection.endpoint.user,
      openChannel: (argv, channel) => connection.openChannel(argv, channel),
      openConnection: (host, port) => connection.openConnection(host, port),
      sshAddress: connection.address,
      listen: (onConnection) => connection.listen(onConnection),
      lost: () => connection.lost(),
      close: () => connection.close(),
    });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections].map((connection) => connection.close()));
    this.#jumps.clear();
  }

  async #connect(target: Target): Promise<SshConnection> {
    const endpoint = await this.#config.resolve(target);
    // Outside of the limit: those who wait for a jump host must not take the places that it needs.
    const jump = endpoint.jump === undefined ? undefined : await this.#jump(endpoint, endpoint.jump);
    const connection = await this.#limit(() => this.#openWithRetry(endpoint, jump));
    this.#connections.add(connection);
    void connection.closed.then(() => this.#connections.delete(connection));
    return connection;
  }

  /** The connection to a jump host, opened once for all nodes behind it, again when it was lost. */
  async #jump(endpoint: Endpoint, target: Target): Promise<SshConnection> {
    const key = jumpKey(target);
    const known = this.#jumps.get(key);
    const opening = known ?? this.#connect(target);
    if (known === undefined) {
      this.#jumps.set(key, opening);
      const forget = (): void => void (this.#jumps.get(key) === opening && this.#jumps.delete(key));
      opening.then((connection) => void connection.closed.then(forget), forget);
    }
    try {
      return await opening;
    } catch (error) {
      const { message, hint } = error as TransportError;
      throw new TransportError(
        'jump-failed',
        `${endpoint.label}: its jump host cannot be reached: ${message}`,
        hint,
      );
    }
  }

  async #openWithRetry(endpoint: Endpoint, jump: SshConnection | undefined): Promise<SshConnection> {
    try {
      return await this.#open(endpoint, jump);
    } catch (error) {
      if (!(error instanceof TurnedAway)) throw error;
      await (this.#options.pause ?? shortPause)();
    }
    try {
      return await this.#open(endpoint, jump);
    } catch (error) {
      throw error instanceof TurnedAway ? error.error : error;
    }
  }

  async #open(endpoint: Endpoint, jump: SshConnection | undefined): Promise<SshConnection> {
    const agentSocket = this.#options.agentSocket ?? process.env['SSH_AUTH_SOCK'];
    const [library, login, hostKey] = await Promise.all([
      import('node-ssh'),
      loginPlan(endpoint, this.#keys, agentSocket),
      hostKeyCheck(endpoint, this.#knownHosts),
    ]);
    const stream = await (jump === undefined ? dialNode(endpoint) : throughJump(endpoint, jump));
    const connection = await handshake(stream, { library, endpoint, login, hostKey });
    void jump?.closed.then(() => connection.abandon());
    return connection;
  }
}

async function dialNode(endpoint: Endpoint): Promise<Duplex> {
  try {
    return await dial(endpoint.host, endpoint.port, endpoint.connectTimeoutMs);
  } catch (error) {
    const failure = connectError(error as Error, endpoint, 'dial');
    throw turnedAway(error as Error, 'dial') ? new TurnedAway(failure) : failure;
  }
}

async function throughJump(endpoint: Endpoint, jump: SshConnection): Promise<Duplex> {
  const opening = jump.openConnection(endpoint.host, endpoint.port);
  const late = new Promise<undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), endpoint.connectTimeoutMs);
    const stop = (): void => clearTimeout(timer);
    opening.then(stop, stop);
  });
  try {
    const stream = await Promise.race([opening, late]);
    if (stream !== undefined) return stream;
  } catch (error) {
    const { message, hint } = error as TransportError;
    throw new TransportError('jump-failed', `${endpoint.label}: ${message}`, hint);
  }
  opening.then((stream) => stream.destroy(), () => undefined); // prettier-ignore
  throw connectError(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }), endpoint, 'dial');
}

function jumpKey(target: Target): string {
  const { address, port, user, password, privateKeyFile } = target;
  const jump = target.jump === undefined ? '' : jumpKey(target.jump);
  return JSON.stringify([address, port, user, password?.reveal(), privateKeyFile, jump]);
}

/** Not all at the same moment again. */
function shortPause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, RETRY_MS * (1 + Math.random())));
}
