import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import ssh2 from 'ssh2';
import type { AuthContext, Connection, ServerChannel } from 'ssh2';

/** How the test's SSH server behaves. */
export interface ServerOptions {
  readonly hostKeys: readonly string[];
  /** Decides on each try to log in. */
  readonly auth: (attempt: AuthContext) => void;
  /** Called with the raw connection before SSH begins; true: it is turned away. */
  readonly turnAway?: (count: number) => boolean;
  /** Shell text that runs before the command, as a start-up file would. */
  readonly startUp?: string;
  readonly refuseChannels?: (count: number) => boolean;
}

export interface TestServer {
  readonly port: number;
  /** Connections accepted so far, and programs started. */
  readonly counts: {
    connections: number;
    loggedIn: number;
    programs: number;
    open: number;
    mostOpen: number;
  };
  /** Cuts all connections without a word. */
  cut(): void;
  close(): Promise<void>;
}

/** A real SSH server on loopback that runs commands on this machine. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const sockets = new Set<Socket>();
  const counts = { connections: 0, loggedIn: 0, programs: 0, open: 0, mostOpen: 0 };
  const server = new ssh2.Server({ hostKeys: [...options.hostKeys] }, (client) =>
    serve(client, options, counts),
  );
  // The library's own listener runs after this one.
  const inner = (server as unknown as { _srv: NodeJS.EventEmitter })._srv;
  inner.prependListener('connection', (socket: Socket) => {
    counts.connections += 1;
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    if (options.turnAway?.(counts.connections) === true) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as { port: number }).port,
    counts,
    cut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cut();
      }),
  };
}

/** Lets in with that password by `password` only. */
export function byPassword(password: string): (attempt: AuthContext) => void {
  return (attempt) => {
    if (attempt.method === 'password' && attempt.password === password) attempt.accept();
    else attempt.reject(['password']);
  };
}

/** Lets in with that public key (`ssh-… AAAA…`). */
export function byKey(publicKey: string): (attempt: AuthContext) => void {
  const blob = Buffer.from(publicKey.split(' ')[1] ?? '', 'base64');
  return (attempt) => {
    if (attempt.method === 'publickey' && attempt.key.data.equals(blob)) attempt.accept();
    else attempt.reject(['publickey']);
  };
}

function serve(client: Connection, options: ServerOptions, counts: TestServer['counts']): void {
  counts.open += 1;
  counts.mostOpen = Math.max(counts.mostOpen, counts.open);
  let waiting = true;
  const done = (): void => {
    if (waiting) counts.open -= 1;
    waiting = false;
  };
  client.on('error', () => undefined);
  client.on('close', done);
  client.on('authentication', options.auth);
  client.on('ready', () => {
    done();
    counts.loggedIn += 1;
    client.on('session', (accept, reject) => {
      if (options.refuseChannels?.(counts.programs + 1) === true) {
        counts.programs += 1;
        reject();
        return;
      }
      accept().on('exec', (acceptExec, _reject, { command }) => {
        counts.programs += 1;
        runProgram(acceptExec(), `${options.startUp ?? ''}\n${command}`);
      });
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      const socket = connect({ port: destPort, host: destIP, noDelay: true });
      socket.once('error', () => reject());
      socket.once('connect', () => {
        const channel = accept();
        channel.on('error', () => undefined);
        socket.on('error', () => undefined);
        socket.pipe(channel).pipe(socket);
      });
    });
  });
}

function runProgram(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command], { detached: true });
  child.stdin.on('error', () => undefined);
  channel.on('error', () => undefined);
  channel.on('close', () => child.stdin.destroy());
  channel.pipe(child.stdin);
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  child.on('close', (code) => {
    channel.exit(code ?? 255);
    channel.end();
  });
}
