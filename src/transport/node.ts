import type { Duplex } from 'node:stream';
import type { ExecResult } from './contract.ts';
import type { ShellCommand } from './command.ts';

export interface FileStat {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Four octal digits, e.g. "0755". */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly linkTarget: string | undefined;
}

export interface CommandOptions {
  readonly stdin?: Buffer | string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** For `run`: called with decoded output while it comes, beside the events. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** A node as `check` sees it: it can look, not touch. Every call goes out at once; calls may overlap. */
export interface NodeReader {
  readonly name: string;
  readonly address: string;
  /** Runs a command that changes nothing on the node; that is the caller's promise. */
  query(command: ShellCommand, options?: CommandOptions): Promise<ExecResult>;
  /** undefined: there is no such file. Throws ModuleError when it cannot be read. */
  readFile(path: string): Promise<Buffer | undefined>;
  /** undefined: there is nothing at that path. Links are followed on request. */
  stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStat | undefined>;
  /** SHA-256 in hex of a file's bytes; undefined: no such file. */
  checksum(path: string): Promise<string | undefined>;
  /** A TCP connection that starts at the node. */
  openConnection(host: string, port: number): Promise<Duplex>;
}

export interface WriteOptions {
  readonly mode?: string;
  readonly owner?: string;
  readonly group?: string;
  /** Keep the inode: for a file that is bind-mounted by itself into a running container. */
  readonly inPlace?: boolean;
}

/** A node as `apply` sees it. */
export interface NodeWriter extends NodeReader {
  /** Runs a command; its output is streamed as events while it comes. Does not throw on a non-zero exit. */
  run(command: ShellCommand, options?: CommandOptions): Promise<ExecResult>;
  /** Puts the content there whole or not at all: a temporary file beside it, mode and owner set, then renamed. */
  writeFile(path: string, content: Buffer | string, options?: WriteOptions): Promise<void>;
  /** The same for a large file of the controller's: streamed, with progress, resumed, checksum compared. */
  uploadFile(
    localPath: string,
    path: string,
    options?: WriteOptions & { readonly sha256?: string },
  ): Promise<void>;
  /** Tells the reader of the run how far a long step has come. */
  progress(label: string, done: number, total: number, unit: 'bytes' | 'steps'): void;
}
