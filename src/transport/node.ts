import type { Duplex } from 'node:stream';
import type { ByteChannel } from './channel.ts';
import type { ExecResult, Listener, SshAddress } from './contract.ts';
import type { ShellCommand } from './command.ts';
import type { FileStat, LookUp } from './file-stat.ts';
import type { ReconnectOptions } from './reconnect.ts';
import type { RunScope } from './run-scope.ts';
import type { LookFor, Placement, RawPath, TreeLook } from './tree.ts';

export type { FileStat, LookUp } from './file-stat.ts';
export type { ReconnectOptions } from './reconnect.ts';

export interface CommandOptions {
  readonly stdin?: Buffer | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** For `run`: called with decoded output while it comes, beside the events. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
  /** For `query`: called when it is on its way; the way to the node is open by then. */
  readonly onSent?: () => void;
}

export interface RunOptions extends CommandOptions {
  /**
   * One of the usual tools, that ends by itself and says nothing worth showing: its output is no event, and it gets
   * no process group of its own, which costs several times as much on the node. `programs`: nothing but programs
   * with their arguments, joined by &&; that needs no subshell either.
   */
  readonly brief?: 'script' | 'programs';
}

/** A node as `check` sees it: it can look, not touch. Every call goes out at once; calls may overlap. */
export interface NodeReader {
  readonly name: string;
  readonly address: string;
  /** The region that it is in; empty: none. */
  readonly region: string;
  /** The run that this is done in: work that nodes share hangs on it. */
  readonly scope: RunScope;
  /** Runs a command that changes nothing on the node; that is the caller's promise. */
  query(command: ShellCommand, options?: CommandOptions): Promise<ExecResult>;
  /** undefined: there is no such file. Throws ModuleError when it cannot be read. */
  readFile(path: string): Promise<Buffer | undefined>;
  /** undefined: there is nothing at that path. Links are followed on request. */
  stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStat | undefined>;
  /** The same for the path itself, with what is there above it where there is nothing; one request. */
  lookUp(path: string): Promise<LookUp>;
  /** SHA-256 in hex of a file's bytes; undefined: no such file. */
  checksum(path: string): Promise<string | undefined>;
  /**
   * What is at many paths below a folder, in one request; `everything`: with a list of all that it holds. undefined:
   * something is there that is no folder or may not be looked into, and `stat` tells which.
   */
  lookAtTree(
    folder: string,
    wanted: readonly LookFor[],
    options?: { readonly everything?: boolean },
  ): Promise<TreeLook | undefined>;
  /** The bytes of files below a folder, in one request; undefined: one has not that size any more. */
  readTree(
    folder: string,
    files: readonly { readonly path: RawPath; readonly size: number }[],
  ): Promise<readonly Buffer[] | undefined>;
  /** A TCP connection that starts at the node. */
  openConnection(host: string, port: number): Promise<Duplex>;
  /**
   * Closes the way to the node and opens it anew, again and again until a command answers there (as the user that the
   * task becomes) or the time is over; what is in flight over it fails. For modules that wait for a node to come back:
   * set the contract's `waits` when `check` does this. Throws the TransportError of the last try, and at once for what
   * waiting does not mend (a wrong sudo password, another host key) and when the run is interrupted.
   */
  reconnect(options: ReconnectOptions): Promise<void>;
}

export interface WriteOptions {
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Keep the inode: for a file that is bind-mounted by itself into a running container. */
  readonly inPlace?: boolean;
}

export interface UploadOptions extends WriteOptions {
  /** SHA-256 of the file, where it is known already. */
  readonly sha256?: string;
  /** Resolves when so many more bytes may be sent. */
  readonly allow?: (bytes: number) => Promise<void>;
}

/** A node as `apply` sees it. */
export interface NodeWriter extends NodeReader {
  /** Runs a command; its output is streamed as events while it comes. Does not throw on a non-zero exit. */
  run(command: ShellCommand, options?: RunOptions): Promise<ExecResult>;
  /** Puts the content there whole or not at all: a temporary file beside it, mode and owner set, then renamed. */
  writeFile(path: string, content: Buffer | string, options?: WriteOptions): Promise<void>;
  /** The same for a large file of the controller's: streamed, with progress, resumed, checksum compared. */
  uploadFile(localPath: string, path: string, options?: UploadOptions): Promise<void>;
  /** Makes folders and puts many files below one at once: each whole or not at all, and none when one does not come. */
  placeAll(placement: Placement): Promise<void>;
  /** Tells the reader of the run how far a long step has come. */
  progress(label: string, done: number, total: number, unit: 'bytes' | 'steps' | Pace): void;
  /** Starts a program; before it has said something it must not be sent anything. It is ended at the run's end. */
  start(command: ShellCommand): Promise<ByteChannel>;
  /** Where its neighbours reach its sshd, with the host key that was accepted; undefined: it has none. */
  sshAddress(): Promise<SshAddress | undefined>;
  /** Listens on a free port of its 127.0.0.1. Throws TransportError kind `forward-refused`. */
  listen(onConnection: (stream: Duplex) => void): Promise<Listener>;
  /** The same node as the user that logs in, who becomes nobody. */
  asLoginUser(): NodeWriter;
  /** Another node of the run, to work on in this one's favour; undefined: there is none of that name. */
  neighbour(name: string): NodeWriter | undefined;
}

/** Bytes, and how fast they go; what is not known yet is missing. */
export interface Pace {
  readonly unit: 'bytes';
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
  /** All nodes of the region that are at it, together. */
  readonly inRegion?: RegionPace;
}

/** The same for all nodes of a region that take part. */
export interface RegionPace {
  readonly nodes: number;
  readonly done: number;
  readonly total: number;
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
}
