import type { Duplex } from 'node:stream';
import type { Secret } from '../model/secret.ts';
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

/** The other user that a command runs as, through sudo. */
export interface Become {
  readonly user: string;
  readonly password: Secret | undefined;
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
}

export interface ExecResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
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
}

/** An open way to one machine: one SSH connection with a long-lived shell in it, or a local shell. */
export interface Link {
  exec(request: ExecRequest): Promise<ExecResult>;
  upload(request: UploadRequest): Promise<void>;
  /** A TCP connection that starts at the machine. Throws TransportError kind `forward-refused`. */
  openConnection(host: string, port: number): Promise<Duplex>;
  /** Ends the process groups of what is running there now; requests in flight fail with kind `interrupted`. */
  interrupt(): Promise<void>;
  close(): Promise<void>;
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

/** A command ran longer than its limit and was ended. */
export class TaskTimeoutError extends Error {
  readonly stdout: Buffer;
  readonly stderr: Buffer;

  constructor(timeoutMs: number, stdout: Buffer, stderr: Buffer) {
    super(`timed out after ${timeoutMs / 1000} s; its processes were ended`);
    this.name = 'TaskTimeoutError';
    this.stdout = stdout;
    this.stderr = stderr;
  }
}
