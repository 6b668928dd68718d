import type { Duplex } from 'node:stream';
import type { ByteChannel } from './channel.ts';
import { script, type ShellCommand } from './command.ts';
import type { Look } from './looks.ts';
import type { Become, ExecRequest, ExecResult, Listener, SshAddress } from './contract.ts';
import { TaskTimeoutError, TransportError } from './contract.ts';
import type {
  CommandOptions,
  FileStat,
  LookUp,
  NodeWriter,
  Pace,
  RunOptions,
  UploadOptions,
  WriteOptions,
} from './node.ts';
import { inEnglish, readRemoteFile, remoteChecksum, remoteLookUp, remoteStat } from './read-files.ts';
import type { NodeOptions } from './node-options.ts';
import { placeAll } from './place-files.ts';
import { reconnect, type ReconnectOptions } from './reconnect.ts';
import { createRunScope } from './run-scope.ts';
import type { RunScope } from './run-scope.ts';
import { sendFile, uploadAs, type AroundUpload } from './send-file.ts';
import { lookAtTree, readTree } from './tree-look.ts';
import type { LookFor, Placement, RawPath, TreeLook } from './tree.ts';
import { assertWritten, finishScript, makeTemporary, sha256, writeScript } from './write-files.ts';

export { NodeError } from './node-error.ts';
export type { NodeOptions, OutputSink } from './node-options.ts';

const READ_LIMIT_BYTES = 64 * 1024 * 1024;
/** Content from this size on goes through a stream of its own: bash reads its script at 0.6 MB/s. */
const STREAM_FROM_BYTES = 64 * 1024;

/** A node over a link, with nothing but /bin/sh and the usual tools on its side. Throws NodeError. */
export function createNode(options: NodeOptions): NodeWriter {
  return new RemoteNode(options, options.become);
}

class RemoteNode implements NodeWriter {
  readonly name: string;
  readonly address: string;
  readonly region: string;
  readonly scope: RunScope;
  readonly #options: NodeOptions;
  readonly #become: Become | undefined;

  constructor(options: NodeOptions, become: Become | undefined) {
    this.name = options.name;
    this.address = options.address;
    this.region = options.region ?? '';
    this.scope = options.scope ?? createRunScope().scope;
    this.#options = options;
    this.#become = become;
  }

  query(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    return this.#exec(this.#request(command, options, { onSent: options.onSent }));
  }

  async run(command: ShellCommand, options: RunOptions = {}): Promise<ExecResult> {
    if (options.brief !== undefined) {
      return this.#write(this.#request(command, options, { direct: options.brief === 'programs' }));
    }
    if (this.#options.runInstead !== undefined) return this.#runInstead(command, options);
    const sink = this.#options.openOutput?.();
    const onOutput = (stream: 'stdout' | 'stderr', text: string): void => {
      sink?.write(stream, text);
      options.onOutput?.(stream, text);
    };
    const request = this.#request(command, options, { onOutput, keepBytes: sink?.keepBytes });
    try {
      const result = await this.#write(request);
      sink?.end();
      return sink?.complete === undefined ? result : { ...result, ...sink.complete(result) };
    } catch (error) {
      sink?.end();
      if (!(error instanceof TaskTimeoutError) || sink?.complete === undefined) throw error;
      throw new TaskTimeoutError(error.timeoutMs, sink.complete(error.output));
    }
  }

  /** Its output comes in one piece, when it has ended. */
  async #runInstead(command: ShellCommand, options: CommandOptions): Promise<ExecResult> {
    const result = await this.#options.runInstead?.(this, command, options);
    if (result === undefined) throw new Error('nothing was run');
    const sink = this.#options.openOutput?.();
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = result[stream].toString('utf8');
      if (text !== '') sink?.write(stream, text);
    }
    sink?.end();
    return result;
  }

  readFile(path: string): Promise<Buffer | undefined> {
    const limit = this.#options.limitBytes ?? READ_LIMIT_BYTES;
    return readRemoteFile(this.#looker(), this.name, path, limit);
  }

  stat(path: string, options: { readonly follow?: boolean } = {}): Promise<FileStat | undefined> {
    return remoteStat(this.#looker(), this.name, path, options.follow === true);
  }

  lookUp(path: string): Promise<LookUp> {
    return remoteLookUp(this.#looker(), this.name, path, false);
  }

  checksum(path: string): Promise<string | undefined> {
    return remoteChecksum(this.#looker(), this.name, path);
  }

  lookAtTree(
    folder: string,
    wanted: readonly LookFor[],
    options: { readonly everything?: boolean } = {},
  ): Promise<TreeLook | undefined> {
    const ask = (text: string, stdin: Buffer): Promise<ExecResult> => this.#ask(text, stdin);
    return lookAtTree(ask, folder, wanted, { ...options, node: this.name });
  }

  readTree(
    folder: string,
    files: readonly { readonly path: RawPath; readonly size: number }[],
  ): Promise<readonly Buffer[] | undefined> {
    return readTree((text, stdin) => this.#ask(text, stdin), folder, files, this.name);
  }

  async openConnection(host: string, port: number): Promise<Duplex> {
    const link = await this.#options.link();
    return link.openConnection(host, port);
  }

  reconnect(options: ReconnectOptions): Promise<void> {
    const { name, scope } = this;
    const close = async (): Promise<void> => this.#options.dropLink?.();
    // Without the task's own time limit: that is the module's to keep.
    const tryOnce = async (): Promise<unknown> =>
      (await this.#options.link()).exec({ command: script(':'), become: this.#become });
    return reconnect({ name, close, tryOnce, signal: scope.signal }, options);
  }

  async writeFile(path: string, content: Buffer | string, options: WriteOptions = {}): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.length >= STREAM_FROM_BYTES) return this.#streamFile(path, bytes, options);
    const result = await this.#askToWrite(writeScript(path, bytes, options), bytes);
    assertWritten(result, this.name, path);
  }

  uploadFile(localPath: string, path: string, options: UploadOptions = {}): Promise<void> {
    const onProgress = (done: number, total: number): void => this.progress(path, done, total, 'bytes');
    return sendFile(
      { ...this.#receiver(), ask: (text) => this.#askToWrite(text), onProgress },
      localPath,
      path,
      options,
    );
  }

  placeAll(placement: Placement): Promise<void> {
    const onProgress = (done: number, total: number): void =>
      this.progress(placement.folder, done, total, 'bytes');
    const ask = (text: string, stdin?: Buffer): Promise<ExecResult> => this.#askToWrite(text, stdin);
    return placeAll({ ...this.#receiver(), ask, onProgress }, placement);
  }

  progress(label: string, done: number, total: number, unit: 'bytes' | 'steps' | Pace): void {
    this.#options.onProgress?.(label, done, total, unit);
  }

  async start(command: ShellCommand): Promise<ByteChannel> {
    const link = await this.#options.link();
    if (link.start === undefined)
      throw new TransportError('refused', `${this.name}: no program can be started there`);
    return link.start({ command, become: this.#become, environment: this.#options.environment });
  }

  async sshAddress(): Promise<SshAddress | undefined> {
    const { sshAddress: found } = await this.#options.link();
    return found === undefined ? undefined : { ...found, host: this.#options.peerAddress ?? this.address };
  }

  async listen(onConnection: (stream: Duplex) => void): Promise<Listener> {
    const link = await this.#options.link();
    if (link.listen === undefined)
      throw new TransportError('forward-refused', `${this.name}: it opens no ports`);
    return link.listen(onConnection);
  }

  asLoginUser(): NodeWriter {
    return new RemoteNode(this.#options, undefined);
  }

  neighbour(name: string): NodeWriter | undefined {
    return this.#options.neighbour?.(name);
  }

  async #streamFile(path: string, content: Buffer, options: WriteOptions): Promise<void> {
    const made = await this.#ask(`${makeTemporary(path)}\nprintf %s "$t"`);
    assertWritten(made, this.name, path);
    const temporary = made.stdout.toString('utf8');
    const receiver = { ...this.#receiver(), ask: (text: string) => this.#ask(text) };
    await uploadAs(receiver, path, { localPath: '', content, path: temporary, become: this.#become });
    const finish = finishScript(path, temporary, sha256(content), options);
    assertWritten(await this.#askToWrite(finish), this.name, path);
  }

  /** What sending a file needs of this node. */
  #receiver() {
    const { name: node } = this;
    const options = this.#options;
    const aroundUpload: AroundUpload = (send) => options.aroundUpload?.(send) ?? send();
    return { link: () => options.link(), become: this.#become, aroundUpload, node };
  }

  #looker(): (look: Look) => Promise<ExecResult> {
    return (look) => this.#exec(this.#request(script(look), {}, { direct: true }));
  }

  #ask(text: string, stdin?: Buffer): Promise<ExecResult> {
    return this.#exec(this.#request(inEnglish(text), stdin === undefined ? {} : { stdin }));
  }

  #askToWrite(text: string, stdin?: Buffer): Promise<ExecResult> {
    return this.#write(this.#request(inEnglish(text), stdin === undefined ? {} : { stdin }));
  }

  /** All fields at once: an object that is copied and then added to costs a microsecond. */
  #request(command: ShellCommand, options: CommandOptions, more: Partial<ExecRequest> = {}): ExecRequest {
    const { stdin } = options;
    return {
      command,
      onSent: more.onSent,
      onOutput: more.onOutput,
      keepBytes: more.keepBytes,
      direct: more.direct,
      become: this.#become,
      stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin,
      environment:
        options.environment === undefined
          ? this.#options.environment
          : { ...this.#options.environment, ...options.environment },
      timeoutMs: shorter(options.timeoutMs, this.#options.timeoutMs),
    };
  }

  async #write(request: ExecRequest): Promise<ExecResult> {
    const ended: (() => void)[] = [];
    const onSent = (): void => void ended.push(this.#options.onWrite?.() ?? (() => undefined));
    try {
      // Not added but replaced, see #request.
      return await this.#exec({ ...request, onSent });
    } finally {
      for (const end of ended) end();
    }
  }

  async #exec(request: ExecRequest): Promise<ExecResult> {
    const link = await this.#options.link();
    const { aroundCommand } = this.#options;
    if (aroundCommand === undefined) return link.exec(request);
    return aroundCommand((ms) => link.exec({ ...request, timeoutMs: shorter(ms, request.timeoutMs) }));
  }
}

function shorter(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
}
