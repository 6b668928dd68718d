import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import ssh2 from 'ssh2';
import type { AuthContext } from 'ssh2';
import { Secret } from '../../src/model/secret.ts';
import type { Connector, Link, Target } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { script } from '../../src/transport/command.ts';
import { usableKeyPair } from '../../src/transport/key-pair.ts';
import { createSshConnector } from '../../src/transport/ssh.ts';
import type { SshOptions } from '../../src/transport/ssh.ts';
import { byPassword, startServer } from './ssh-server.ts';
import type { ServerOptions, TestServer } from './ssh-server.ts';

export const hostKey = newKey();
export const userKey = newKey();
/** What every test server takes unless it is told otherwise. */
export const password = new Secret('right-pw');

interface NewKey {
  readonly private: string;
  readonly public: string;
}

/** An ed25519 key that can be read. */
export function newKey(locked?: { passphrase: string; cipher: string; rounds: number }): NewKey {
  const make = (): NewKey => ssh2.utils.generateKeyPairSync('ed25519', locked ?? {});
  return usableKeyPair(make, ssh2.utils.parseKey, locked?.passphrase);
}

/** Servers, connectors and a home folder for one test; all gone after it. */
export interface SshFixture {
  readonly home: () => string;
  readonly serve: (options?: Partial<ServerOptions>) => Promise<TestServer>;
  readonly connector: (options?: SshOptions) => Connector;
  /** Writes a file into the home folder and gives its path. */
  readonly file: (name: string, text: string) => string;
}

/** Call it inside `describe`. */
export function sshFixture(): SshFixture {
  let home = '';
  let connectors: Connector[] = [];
  let servers: TestServer[] = [];
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'oms-play-ssh-'));
    mkdirSync(join(home, '.ssh'));
    [connectors, servers] = [[], []];
  });
  afterEach(async () => {
    await Promise.all(connectors.map((connector) => connector.close()));
    await Promise.all(servers.map((server) => server.close()));
    rmSync(home, { recursive: true });
  });
  return {
    home: () => home,
    async serve(options = {}) {
      const server = await startServer({
        hostKeys: [hostKey.private],
        auth: byPassword('right-pw'),
        ...options,
      });
      servers.push(server);
      return server;
    },
    connector(options = {}) {
      const made = createSshConnector({ home, agentSocket: '', pause: async () => undefined, ...options });
      connectors.push(made);
      return made;
    },
    file(name, text) {
      const path = join(home, name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
  };
}

/** A target on loopback with host key checking off. */
export function target(port: number, more: Partial<Target> = {}): Target {
  return {
    name: 'hz-1',
    connection: 'ssh',
    address: '127.0.0.1',
    port,
    user: 'admin',
    password: undefined,
    privateKeyFile: undefined,
    privateKeyPassphrase: undefined,
    knownHostsFile: undefined,
    hostKeyChecking: 'no',
    jump: undefined,
    connectTimeoutMs: 3000,
    ...more,
  };
}

/** What a command says on stdout. */
export async function say(link: Link, text: string): Promise<string> {
  const result = await link.exec({ command: script(text) });
  return result.stdout.toString();
}

/** The TransportError that `promise` fails with; it must not show a secret. */
export async function failure(promise: Promise<unknown>): Promise<TransportError> {
  const error = await promise.then(
    () => expect.fail('was expected to fail'),
    (e: unknown) => e,
  );
  expect(error).to.be.instanceOf(TransportError);
  expect(String(error))
    .not.to.contain('right-pw')
    .and.not.to.contain('wrong-pw')
    .and.not.to.contain('key-phrase');
  return error as TransportError;
}

/** A server that asks one question and lets in for the right answer. */
export function askFor(
  prompt: string,
  right: string,
  heard?: (answer: string) => void,
): (attempt: AuthContext) => void {
  return (attempt) => {
    if (attempt.method !== 'keyboard-interactive') return attempt.reject(['keyboard-interactive']);
    attempt.prompt([{ prompt, echo: false }], ([answer = '']) => {
      heard?.(answer);
      if (answer === right) attempt.accept();
      else attempt.reject(['keyboard-interactive']);
    });
  };
}

/** The port that the server listens on. */
export function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

/** False when there is no ssh-add. */
export async function addToAgent(socket: string, key: string): Promise<boolean> {
  for (let i = 0; i < 20; i++) {
    const code = await new Promise<number | null>((resolve) => {
      const adding = spawn('ssh-add', ['-q', key], {
        stdio: 'ignore',
        env: { ...process.env, SSH_AUTH_SOCK: socket },
      });
      adding.on('close', resolve).on('error', () => resolve(null));
    });
    if (code === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
