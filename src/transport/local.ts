import { spawn } from 'node:child_process';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import type { Duplex } from 'node:stream';
import type { ByteChannel } from './channel.ts';
import type { Link, Target } from './contract.ts';
import { TransportError } from './contract.ts';
import { ShellLink } from './link.ts';

/** A link to the controller itself: the same shells, as child processes. */
export function openLocalLink(target: Target): Link {
  return new ShellLink({
    name: target.name,
    loginUser: userInfo().username,
    openChannel: openChild,
    openConnection: (host, port) => openTcp(target.name, host, port),
    lost: () => undefined,
    close: async () => undefined,
  });
}

/** Starts a program of the controller's in a session of its own, so that Ctrl-C at the terminal is ours to handle. */
export async function openChild(
  argv: readonly string[],
  options: { readonly terminal?: boolean } = {},
): Promise<ByteChannel> {
  if (options.terminal === true) {
    throw new TransportError('become-refused', 'the controller gives its programs no terminal');
  }
  const [command = '', ...args] = argv;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const done = new Promise<number | undefined>((resolve) => {
    child.on('close', (code) => resolve(code ?? undefined));
    child.on('error', (error) => {
      child.stderr.push(`${error.message}\n`);
      resolve(undefined);
    });
  });
  const destroy = (): void => {
    child.stdin.destroy();
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, done, destroy };
}

function openTcp(name: string, host: string, port: number): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => {
      reject(
        new TransportError('forward-refused', `${name}: no connection to ${host}:${port}: ${error.message}`),
      );
    });
  });
}
