import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { posix } from 'node:path';
import type { Duplex } from 'node:stream';
import { duplexPair } from 'node:stream';
import { lookScript } from '../../src/modules/distribution/sweep-script.ts';
import type { ShellCommand } from '../../src/transport/command.ts';
import type { ByteChannel } from '../../src/transport/channel.ts';
import type { ExecResult, Listener } from '../../src/transport/contract.ts';
import { TransportError } from '../../src/transport/contract.ts';
import { NodeError } from '../../src/transport/node-error.ts';
import type {
  CommandOptions,
  FileStat,
  LookUp,
  NodeWriter,
  ReconnectOptions,
  WriteOptions,
} from '../../src/transport/node.ts';
import { createRunScope } from '../../src/transport/run-scope.ts';
import type { LookFor, Placement, RawPath, TreeLook } from '../../src/transport/tree.ts';
import { pathText } from '../../src/transport/tree.ts';
import { entryOf, type Entry } from './fake-file.ts';
import type { FakeDisk } from './fake-tree.ts';
import { fakeLook, fakePlace } from './fake-tree.ts';

/** A file as a case writes it; text is short for a file with that content, null: nothing there. */
export type FakeFile =
  | string
  | null
  | {
      readonly content?: string;
      readonly base64?: string;
      readonly directory?: boolean;
      readonly link?: string;
      readonly type?: 'other';
      readonly mode?: string;
      readonly owner?: string;
      readonly group?: string;
      readonly uid?: number;
      readonly gid?: number;
      readonly mtime?: number;
    };

/** How the node answers a command whose shown form holds `match` (all of it, when `exact`). */
export interface FakeCommand {
  readonly match: string;
  readonly exact?: boolean;
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Answers this often, then the next one that matches does. */
  readonly times?: number;
  /** What it changes on the node. */
  readonly then?: { readonly files: Readonly<Record<string, FakeFile>> };
}

/** An HTTP server that the node can reach. */
export interface FakeHttp {
  readonly at: string;
  readonly path?: string;
  readonly method?: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Answers this often, then the next one that matches does. */
  readonly times?: number;
}

export interface FakeState {
  readonly files?: Readonly<Record<string, FakeFile>>;
  readonly commands?: readonly FakeCommand[];
  readonly http?: readonly FakeHttp[];
  /** Open ports as host:port, with what they send. */
  readonly ports?: Readonly<Record<string, string>>;
  /** Why the node cannot be reached anew when `reconnect` is asked. */
  readonly away?: string;
}

/** Two modules look for what killed runs have left; a case that is not about it need not answer. */
const LEFT_OVERS = lookScript().text;
const NOTHING = { exitCode: 0, stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

/** A node in memory: its files, scripted answers to commands, and a note of everything that wrote. */
export class FakeNode implements NodeWriter {
  readonly name = 'hz-1';
  readonly address = '10.0.1.11';
  readonly region = 'cn-hangzhou';
  readonly scope = createRunScope().scope;
  /** Shown forms of what `run` was asked, in order. */
  readonly ran: string[] = [];
  /** Paths that were written. */
  readonly wrote: string[] = [];
  readonly queried: string[] = [];
  /** How often and how long it was waited for. */
  readonly reconnected: ReconnectOptions[] = [];
  readonly standardInputs: string[] = [];
  readonly requests: { method: string; url: string; body: string; headers: http.IncomingHttpHeaders }[] = [];
  readonly #files = new Map<string, Entry>();
  readonly #used = new Map<unknown, number>();
  readonly #state: FakeState;

  constructor(state: FakeState = {}) {
    this.#state = state;
    this.#put({ '/': { directory: true }, ...state.files });
  }

  async query(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    this.queried.push(command.shown);
    if (command.text === LEFT_OVERS && !this.#answers(command)) return NOTHING;
    return this.#answer(command, options);
  }

  async run(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    this.ran.push(command.shown);
    const answer = this.#answer(command, options);
    if (answer.stdout.length > 0) options.onOutput?.('stdout', answer.stdout.toString());
    return answer;
  }

  async readFile(path: string): Promise<Buffer | undefined> {
    const entry = this.#entry(path, true);
    if (entry !== undefined && entry.stat.type !== 'file') throw new NodeError(`${path} is no file on hz-1`);
    return entry?.content;
  }

  async stat(path: string, options: { readonly follow?: boolean } = {}): Promise<FileStat | undefined> {
    return this.#entry(path, options.follow === true)?.stat;
  }

  async lookUp(path: string): Promise<LookUp> {
    const stat = this.#entry(path, false)?.stat;
    if (stat !== undefined) return { stat };
    let above = posix.dirname(path);
    while (this.#entry(above, false) === undefined) above = posix.dirname(above);
    return { stat, above, isFolder: this.#entry(above, true)?.stat.type === 'directory' };
  }

  async checksum(path: string): Promise<string | undefined> {
    const bytes = await this.readFile(path);
    return bytes === undefined ? undefined : createHash('sha256').update(bytes).digest('hex');
  }

  async writeFile(path: string, content: Buffer | string, options: WriteOptions = {}): Promise<void> {
    this.wrote.push(path);
    if (this.#entry(posix.dirname(path), true)?.stat.type !== 'directory') {
      throw new NodeError(`could not write ${path}: no such folder`);
    }
    const before = this.#entry(path, true)?.stat ?? { owner: 'root', group: 'root', mode: '0644' };
    const { mode = before.mode, owner = before.owner, group = before.group } = options;
    const text = Buffer.from(content).toString('base64');
    this.#put({
      [path]: { base64: text, mode, owner, group },
    });
  }

  async lookAtTree(folder: string, wanted: readonly LookFor[]): Promise<TreeLook | undefined> {
    return fakeLook(this.#disk(), folder, wanted);
  }

  readTree(folder: string, files: readonly { readonly path: RawPath }[]): Promise<readonly Buffer[]> {
    const read = async ({ path }: { readonly path: RawPath }): Promise<Buffer> =>
      (await this.readFile(posix.join(folder, pathText(path)))) ?? Buffer.alloc(0);
    return Promise.all(files.map(read));
  }

  placeAll(placement: Placement): Promise<void> {
    return fakePlace(this.#disk(), placement, this.wrote);
  }

  async uploadFile(localPath: string, path: string, options: WriteOptions = {}): Promise<void> {
    await this.writeFile(path, await readFile(localPath), options);
  }

  /** What is at a path, for expectations. */
  entry(path: string): Entry | undefined {
    return this.#entry(path, false);
  }

  progress(): void {
    // Nobody watches.
  }

  async start(): Promise<ByteChannel> {
    throw new TransportError('refused', 'hz-1: no program can be started there');
  }

  async sshAddress(): Promise<undefined> {
    return undefined;
  }

  async listen(): Promise<Listener> {
    throw new TransportError('forward-refused', 'hz-1: it opens no ports');
  }

  asLoginUser(): NodeWriter {
    return this;
  }

  neighbour(): NodeWriter | undefined {
    return undefined;
  }

  async openConnection(host: string, port: number): Promise<Duplex> {
    const at = `${host}:${port}`;
    const isHttp = this.#state.http?.some((server) => server.at === at) === true;
    const sends = this.#state.ports?.[at];
    if (!isHttp && sends === undefined)
      throw new TransportError('forward-refused', `${at} refused the connection`);
    const [ours, theirs] = duplexPair();
    if (isHttp) this.#serve(at, theirs);
    else theirs.write(sends ?? '');
    return ours;
  }

  async reconnect(options: ReconnectOptions): Promise<void> {
    this.reconnected.push(options);
    const { away } = this.#state;
    if (away !== undefined) throw new TransportError('timeout', `hz-1: ${away}`);
  }

  #serve(at: string, socket: Duplex): void {
    const server = http.createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        this.requests.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        const rule = this.#pick(
          this.#state.http ?? [],
          (r) => r.at === at && (r.path ?? url) === url && (r.method ?? method) === method,
        );
        response.writeHead(rule?.status ?? (rule === undefined ? 404 : 200), { ...rule?.headers });
        response.end(method === 'HEAD' ? undefined : rule?.body);
      });
    });
    server.emit('connection', socket);
  }

  #disk(): FakeDisk {
    return {
      paths: () => [...this.#files.keys()].sort(),
      entry: (path, follow) => this.#entry(path, follow),
      put: (files) => this.#put(files),
    };
  }

  #answer(command: ShellCommand, options: CommandOptions): ExecResult {
    if (options.stdin !== undefined) this.standardInputs.push(options.stdin.toString());
    const rule = this.#pick(this.#state.commands ?? [], (r) =>
      r.exact === true ? command.shown === r.match : command.shown.includes(r.match),
    );
    if (rule === undefined) throw new Error(`the case does not say how the node answers: ${command.shown}`);
    if (rule.then !== undefined) this.#put(rule.then.files);
    const { exitCode = 0, stdout = '', stderr = '' } = rule;
    return { exitCode, stdout: Buffer.from(stdout), stderr: Buffer.from(stderr) };
  }

  #answers(command: ShellCommand): boolean {
    return (
      this.#state.commands?.some((rule) => rule.exact !== true && command.shown.includes(rule.match)) === true
    );
  }

  #pick<T extends { readonly times?: number }>(
    rules: readonly T[],
    matches: (rule: T) => boolean,
  ): T | undefined {
    const rule = rules.find((r) => matches(r) && (this.#used.get(r) ?? 0) < (r.times ?? Infinity));
    if (rule !== undefined) this.#used.set(rule, (this.#used.get(rule) ?? 0) + 1);
    return rule;
  }

  #entry(path: string, follow: boolean): Entry | undefined {
    const entry = this.#files.get(posix.join(path, '.').replace(/(.)\/$/, '$1'));
    if (!follow || entry?.stat.linkTarget === undefined) return entry;
    return this.#entry(posix.resolve(posix.dirname(path), entry.stat.linkTarget), true);
  }

  #put(files: Readonly<Record<string, FakeFile>>): void {
    for (const [path, file] of Object.entries(files)) {
      if (file === null) {
        for (const known of this.#files.keys()) {
          if (known === path || known.startsWith(`${path}/`)) this.#files.delete(known);
        }
        continue;
      }
      this.#files.set(path, entryOf(file));
      for (let parent = posix.dirname(path); !this.#files.has(parent); parent = posix.dirname(parent)) {
        this.#files.set(parent, entryOf({ directory: true }));
      }
    }
  }
}
