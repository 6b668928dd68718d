import type { Duplex } from 'node:stream';
import type { BecomeMethod } from '../model/connection.ts';
import type { Secret } from '../model/secret.ts';
import type { ByteChannel } from './channel.ts';
import type { ShellCommand } from './command.ts';

/** How a machine is reached, everything resolved. */
export interface Target {
  readonly name: string;
  /** `local`: the controller itself, without SSH. */
  readonly connection: 'ssh' | 'local';
  readonly address: string;
  readonly port: number | undefined;
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly privateKeyFile: string | undefined;
  readonly privateKeyPassphrase: Secret | undefined;
  /** Path of the user's known_hosts; undefined: ~/.ssh/known_hosts. */
  readonly knownHostsFile: string | undefined;
  /** undefined: as ~/.ssh/config says, else `yes`. */
  readonly hostKeyChecking: 'yes' | 'accept-new' | 'no' | undefined;
  /** The machine to go through. */
  readonly jump: Target | undefined;
  readonly connectTimeoutMs: number;
}

/** The other user that a command runs as. */
export interface Become {
  readonly user: string;
  readonly password: Secret | undefined;
  /** undefined: sudo. */
  readonly method?: BecomeMethod | undefined;
  /** The program in place of the method's name. */
  readonly exe?: string | undefined;
  /** In place of the method's own: `-H` of sudo, `-s /bin/sh` of su. */
  readonly flags?: readonly string[] | undefined;
}

/** The same text for the same user by the same way; holds the password. */
export function becomeKey(become: Become | undefined): string {
  if (become === undefined) return '';
  const { user, password, method = 'sudo', exe, flags } = become;
  const secret = password?.reveal() ?? '';
  if (method === 'sudo' && exe === undefined && flags === undefined) return `${user}\0${secret}`;
  return [user, secret, method, exe ?? '', ...(flags ?? ['-'])].join('\0');
}

/** One request to the long-lived shell. Requests of one link may be in flight together; they run in order. */
export interface ExecRequest {
  readonly command: ShellCommand;
  readonly become?: Become | undefined;
  /** Bytes for the command's standard input; without them it reads /dev/null. */
  readonly stdin?: Buffer | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** From the moment it begins on the node; then its process group is ended and TaskTimeoutError thrown. */
  readonly timeoutMs?: number | undefined;
  /** Called with decoded output while it comes; characters are never cut. Makes a process group of its own. */
  readonly onOutput?: ((stream: 'stdout' | 'stderr', text: string) => void) | undefined;
  /**
   * It runs in the shell itself, not in a subshell, which costs a process less: promised to be programs and the
   * functions of looks.ts, nothing that exits or changes a shell. When it ends with 0, what it says on stderr may be missing.
   */
  readonly direct?: boolean | undefined;
  /** Of each stream's output so many bytes are kept, one half its beginning, the other its end; default: all. */
  readonly keepBytes?: number | undefined;
  /** Called when it is put in line: what is asked of the same user's shell from now on comes behind it. */
  readonly onSent?: (() => void) | undefined;
}

/** What a command printed. */
export interface CommandOutput {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The streams of which only the beginning and the end were kept. */
  readonly cut?: ByStream<OutputCut> | undefined;
  /** Files on the controller that hold the whole of a stream. */
  readonly files?: ByStream<string> | undefined;
}

export interface ExecResult extends CommandOutput {
  readonly exitCode: number;
}

export type ByStream<T> = Readonly<Partial<Record<'stdout' | 'stderr', T>>>;

/** After so many bytes others are left out; behind it comes the end. */
export interface OutputCut {
  readonly at: number;
  readonly leftOut: number;
}

/** Sends a file of the controller's to `path`, which is a temporary name; the caller renames it. */
export interface UploadRequest {
  readonly localPath: string;
  /** Sent in place of the file. */
  readonly content?: Buffer | undefined;
  readonly path: string;
  readonly become?: Become | undefined;
  /** Go on behind what is there already (`path` holds the first bytes of an earlier try). */
  readonly resumeAt?: number | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Resolves when so many more bytes may be sent. */
  readonly allow?: ((bytes: number) => Promise<void>) | undefined;
}

/** A program that is talked to while it runs, on a channel of its own. */
export interface StartRequest {
  readonly command: ShellCommand;
  readonly become?: Become | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** Bytes for a program that takes them in, on a channel of its own. */
export interface StreamRequest {
  /**
   * Says `ready` when it reads its input, `there` when it has all it needs; from then on it waits for the end of its
   * input, and cleans up behind itself when that comes.
   */
  readonly script: (words: { readonly ready: string; readonly there: string }) => string;
  readonly bytes: AsyncIterable<Buffer>;
  /** Their number. */
  readonly total: number;
  /** Where they go, for messages. */
  readonly path: string;
  readonly become?: Become | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Makes use of what has arrived; until it has settled the program is kept. */
  readonly whenThere: () => Promise<void>;
}

/** How other machines reach a machine's sshd, as it was found out when logging in. */
export interface SshAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The host key that was shown and accepted, in SSH's wire form. */
  readonly hostKey: Buffer;
}

/** A port on the machine's loopback whose connections come to the controller. */
export interface Listener {
  readonly port: number;
  close(): Promise<void>;
}

/** An open way to one machine: one SSH connection with a long-lived shell in it, or a local shell. */
export interface Link {
  exec(request: ExecRequest): Promise<ExecResult>;
  upload(request: UploadRequest): Promise<void>;
  /** Feeds a program there; in line with uploads. */
  stream?(request: StreamRequest): Promise<void>;
  /** A TCP connection that starts at the machine. Throws TransportError kind `forward-refused`. */
  openConnection(host: string, port: number): Promise<Duplex>;
  /** Starts a program; before it has said something it must not be sent anything. It is ended when the link is closed. */
  start?(request: StartRequest): Promise<ByteChannel>;
  /** Who logged in, and where; undefined: not by SSH. */
  readonly sshAddress?: SshAddress | undefined;
  /** Listens on a free port of the machine's 127.0.0.1. Throws TransportError kind `forward-refused`. */
  listen?(onConnection: (stream: Duplex) => void): Promise<Listener>;
  /** Ends the process groups of what is running there now; requests in flight fail with kind `interrupted`. */
  interrupt(): Promise<void>;
  /** Why the way is gone, when it is known to be. */
  lost?(): TransportError | undefined;
  /** What went over it so far, for profiles; also when it is closed. */
  stats?(): LinkStats;
  /** When it was opening its shells, for profiles. */
  openings?(): readonly Opening[];
  close(): Promise<void>;
}

/** A while in which something was being opened, in performance.now(); it still is where the end is open. */
export interface Opening {
  readonly start: number;
  readonly end: number | undefined;
  /** Whose shell, where it is not that of who logs in. */
  readonly user?: string | undefined;
}

/** What went over one link, without the opening of connection and channels. See meter.ts for what a round trip is. */
export interface LinkStats {
  readonly roundTrips: number;
  /** Requests to its shells, and uploads. */
  readonly requests: number;
  /** Shells that were started there, those for uploads included. */
  readonly channels: number;
  /** Through shells and uploads, before SSH packs and encrypts them. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Opens links. Bounds how many connections are being opened at once and retries a refused one once. */
export interface Connector {
  connect(target: Target): Promise<Link>;
  close(): Promise<void>;
}

export type TransportErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'refused'
  | 'unknown-host'
  | 'auth-failed'
  | 'bad-key-file'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'become-password'
  | 'become-refused'
  | 'forward-refused'
  | 'jump-failed'
  | 'lost'
  | 'interrupted';

/** The way to a machine failed; the node counts as unreachable (except for the become kinds: failed). */
export class TransportError extends Error {
  readonly kind: TransportErrorKind;
  /** How to mend it. */
  readonly hint: string | undefined;

  constructor(kind: TransportErrorKind, message: string, hint?: string) {
    super(message);
    this.name = 'TransportError';
    this.kind = kind;
    this.hint = hint;
  }
}

/** A command ran longer than its limit and was ended; or a task did, which may have had no command (then without output). */
export class TaskTimeoutError extends Error {
  readonly timeoutMs: number;
  readonly output: CommandOutput;

  constructor(timeoutMs: number, output?: CommandOutput) {
    super(`timed out after ${timeoutMs / 1000} s${output === undefined ? '' : '; its processes were ended'}`);
    this.name = 'TaskTimeoutError';
    this.timeoutMs = timeoutMs;
    this.output = output ?? { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };
  }

  get stdout(): Buffer {
    return this.output.stdout;
  }

  get stderr(): Buffer {
    return this.output.stderr;
  }
}
