import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { ByteChannel, OpenChannel } from '../../src/transport/channel.ts';
import { ShellLink } from '../../src/transport/link.ts';
import { openChild } from '../../src/transport/local.ts';

/** A shell that may stand for /bin/sh on a node, with the tools that come with it. */
export interface ShellKind {
  readonly name: string;
  readonly program: string;
  /** Folder of the tools, put before the PATH; busybox brings its own. */
  readonly tools: string | undefined;
}

/** The kinds that this machine has; `close` removes what was made for them. */
export function installShells(): { kinds: ShellKind[]; close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'oms-play-shells-'));
  const kinds: ShellKind[] = [];
  for (const name of ['dash', 'bash']) {
    const found = which(name);
    if (found === undefined) continue;
    // Called as `sh`, bash keeps to POSIX more closely: that is how a node has it.
    symlinkSync(found, join(mkdirIn(folder, name), 'sh'));
    kinds.push({ name: `${name} as sh`, program: join(folder, name, 'sh'), tools: undefined });
  }
  const busybox = which('busybox');
  if (busybox !== undefined) {
    const tools = mkdirIn(folder, 'busybox');
    spawnSync(busybox, ['--install', '-s', tools]);
    kinds.push({ name: 'busybox ash', program: join(tools, 'sh'), tools });
  }
  return { kinds, close: () => rmSync(folder, { recursive: true }) };
}

/** Starts programs as an SSH server would, with that shell in the place of /bin/sh. */
export function openWith(kind: ShellKind): OpenChannel {
  return async (argv) => {
    const words = argv.map((word) => (word === '/bin/sh' ? kind.program : word));
    const path = kind.tools === undefined ? [] : ['env', `PATH=${kind.tools}:${process.env['PATH'] ?? ''}`];
    return replacing(await openChild([...path, ...words]), kind.program);
  };
}

/** A link to this machine through that shell. */
export function linkWith(open: OpenChannel): ShellLink {
  return new ShellLink({
    name: 'hz-1',
    loginUser: userInfo().username,
    openChannel: open,
    openConnection: () => Promise.reject(new Error('not here')),
    lost: () => undefined,
    close: async () => undefined,
  });
}

/** The same channel over a line on which each chunk takes `oneWayMs`. */
export function delayed(open: OpenChannel, oneWayMs: number): OpenChannel {
  return async (argv) => {
    const channel = await open(argv);
    const stdin = slowly(oneWayMs);
    stdin.pipe(channel.stdin);
    return {
      ...channel,
      stdin,
      stdout: channel.stdout.pipe(slowly(oneWayMs)),
      stderr: channel.stderr.pipe(slowly(oneWayMs)),
    };
  };
}

/** The same channel, whose stderr comes so much later. */
export function withLateStderr(open: OpenChannel, ms: number): OpenChannel {
  return async (argv) => {
    const channel = await open(argv);
    return { ...channel, stderr: channel.stderr.pipe(slowly(ms)) };
  };
}

function slowly(ms: number): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      setTimeout(() => this.push(chunk), ms);
      next();
    },
    flush(next) {
      setTimeout(next, ms);
    },
  });
}

function replacing(channel: ByteChannel, program: string): ByteChannel {
  const stdin = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      const at = chunk.indexOf('/bin/sh -c');
      next(null, at === -1 ? chunk : Buffer.from(chunk.toString('latin1').replaceAll('/bin/sh -c', `${program} -c`), 'latin1')); // prettier-ignore
    },
  });
  stdin.pipe(channel.stdin);
  channel.stdin.on('error', () => stdin.destroy());
  stdin.on('error', () => undefined);
  return { ...channel, stdin };
}

function which(name: string): string | undefined {
  const found = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).stdout.toString().trim();
  return found === '' ? undefined : found;
}

function mkdirIn(folder: string, name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}
