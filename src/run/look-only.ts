import type { Duplex } from 'node:stream';
import type { ShellCommand } from '../transport/command.ts';
import type { ExecResult } from '../transport/contract.ts';
import type { CommandOptions, FileStat, LookUp, NodeReader, ReconnectOptions } from '../transport/node.ts';
import type { RunScope } from '../transport/run-scope.ts';
import type { LookFor, RawPath, TreeLook } from '../transport/tree.ts';

/** The node with nothing but ways to look: in a module written in JavaScript no compiler keeps check from writing. */
export function lookOnly(node: NodeReader): NodeReader {
  return new LookOnly(node);
}

class LookOnly implements NodeReader {
  readonly name: string;
  readonly address: string;
  readonly region: string;
  readonly #node: NodeReader;

  constructor(node: NodeReader) {
    this.name = node.name;
    this.address = node.address;
    this.region = node.region;
    this.#node = node;
  }

  get scope(): RunScope {
    return this.#node.scope;
  }

  query(command: ShellCommand, options?: CommandOptions): Promise<ExecResult> {
    return this.#node.query(command, options);
  }

  readFile(path: string): Promise<Buffer | undefined> {
    return this.#node.readFile(path);
  }

  stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStat | undefined> {
    return this.#node.stat(path, options);
  }

  lookUp(path: string): Promise<LookUp> {
    return this.#node.lookUp(path);
  }

  checksum(path: string): Promise<string | undefined> {
    return this.#node.checksum(path);
  }

  lookAtTree(
    folder: string,
    wanted: readonly LookFor[],
    options?: { readonly everything?: boolean },
  ): Promise<TreeLook | undefined> {
    return this.#node.lookAtTree(folder, wanted, options);
  }

  readTree(
    folder: string,
    files: readonly { readonly path: RawPath; readonly size: number }[],
  ): Promise<readonly Buffer[] | undefined> {
    return this.#node.readTree(folder, files);
  }

  openConnection(host: string, port: number): Promise<Duplex> {
    return this.#node.openConnection(host, port);
  }

  reconnect(options: ReconnectOptions): Promise<void> {
    return this.#node.reconnect(options);
  }
}
