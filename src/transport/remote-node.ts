import type { Duplex } from 'node:stream';
import type { ByteChannel } from './channel.ts';
import { script, type ShellCommand } from './command.ts';
import type { Look } from './looks.ts';
import type { Become, ExecRequest, ExecResult, Link, Listener, SshAddress } from './contract.ts';
import { TransportError } from './contract.ts';
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
import { createRunScope } from './run-scope.ts';
import type { RunScope } from './run-scope.ts';
import { sendFile, uploadAs, type AroundUpload } from './send-file.ts';
import { assertWritten, finishScript, makeTemporary, sha256, writeScript } from './write-files.ts';

export { NodeError } from './node-error.ts';

const READ_LIMIT_BYTES = 64 * 1024 * 1024;
/** Content from this size on goes through a stream of its own: bash reads its script at 0.6 MB/s. */
const STREAM_FROM_BYTES = 64 * 1024;

/** Takes the output of one command. */
export interface OutputSink {
  write(stream: 'stdout' | 'stderr', text: string): void;
  /** There is no more to come. */
  end(): void;
}

export interface NodeOptions {
  readonly name: string;
  readonly address: string;
  /** Opens the way when it is first needed; called often. */
  readonly link: () => Promise<Link>;
  readonly become?: Become | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** For each command that has no limit of its own. */
  readonly timeoutMs?: number | undefined;
  /** Called for each `run`: where its output goes while it comes. */
  readonly openOutput?: (() => OutputSink) | undefined;
  readonly onProgress?:
    ((label: string, done: number, total: number, unit: 'bytes' | 'steps', more?: Pace) => void) | undefined;
  readonly region?: string | undefined;
  /** Without it the node is in a run of its own that never ends. */
  readonly scope?: RunScope | undefined;
  /** Where neighbours find it, when that is not `address`. */
  readonly peerAddress?: string | undefined;
  readonly neighbour?: ((name: string) => NodeWriter | undefined) | undefined;
  /** Called with the sending of each large file, which it has to start. */
  readonly aroundUpload?: AroundUpload | undefined;
  /** Called when something that writes was put in line in the node's shell; what it gives, when that has ended. */
  readonly onWrite?: (() => () => void) | undefined;
  /** The largest file that `readFile` brings over; default 64 MiB. */
  readonly limitBytes?: number | undefined;
}

/** A node over a link, with nothing but /bin/sh and the usual tools on its side. Throws NodeError. */
export function createNode(options: NodeOptions): NodeWriter {
  return new RemoteNode(options);
}

class RemoteNode implements NodeWriter {
  readonly name: string;
  readonly address: string;
  readonly region: string;
  readonly scope: RunScope;
  readonly #options: NodeOptions;

  constructor(options: NodeOptions) {
    this.name = options.name;
    this.address = options.address;
    this.region = options.region ?? '';
    this.scope = options.scope ?? createRunScope().scope;
    this.#options = options;
  }

  query(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    return this.#exec(this.#request(command, options));
  }

  async run(command: ShellCommand, options: RunOptions = {}): Promise<ExecResult> {
    if (options.brief !== undefined) {
      return this.#write({ ...this.#request(command, options), direct: options.brief === 'programs' });
    }
    const sink = this.#options.openOutput?.();
    const onOutput = (stream: 'stdout' | 'stderr', text: string): void => {
      sink?.write(stream, text);
      options.onOutput?.(stream, text);
    };
    try {
      return await this.#write({ ...this.#request(command, options), onOutput });
    } finally {
      sink?.end();
    }
  }

  readFile(path: string): Promise<Buffer | undefined> {
    const limit = this.#options.limitBytes ?? READ_LIMIT_BYTES;
    return readRemoteFile(this.#look, this.name, path, limit);
  }

  stat(path: string, options: { readonly follow?: boolean } = {}): Promise<FileStat | undefined> {
    return remoteStat(this.#look, this.name, path, options.follow === true);
  }

  lookUp(path: string): Promise<LookUp> {
    return remoteLookUp(this.#look, this.name, path, false);
  }

  checksum(path: string): Promise<string | undefined> {
    return remoteChecksum(this.#look, this.name, path);
  }

  async openConnection(host: string, port: number): Promise<Duplex> {
    const link = await this.#options.link();
    return link.openConnection(host, port);
  }

  async writeFile(path: string, content: Buffer | string, options: WriteOptions = {}): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.length >= STREAM_FROM_BYTES) return this.#streamFile(path, bytes, options);
    const result = await this.#askToWrite(writeScript(path, bytes, options), bytes);
    assertWritten(result, this.name, path);
  }

  uploadFile(localPath: string, path: string, options: UploadOptions = {}): Promise<void> {
    const { link, become, aroundUpload } = this.#options;
    const onProgress = (done: number, total: number): void => this.progress(path, done, total, 'bytes');
    return sendFile(
      { ask: this.#askToWrite, link, become, aroundUpload, node: this.name, onProgress },
      localPath,
      path,
      options,
    );
  }

  progress(label: string, done: number, total: number, unit: 'bytes' | 'steps', more?: Pace): void {
    this.#options.onProgress?.(label, done, total, unit, more);
  }

  async start(command: ShellCommand): Promise<ByteChannel> {
    const link = await this.#options.link();
    if (link.start === undefined)
      throw new TransportError('refused', `${this.name}: no program can be started there`);
    return link.start({ command, become: this.#options.become });
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
    return new RemoteNode({ ...this.#options, become: undefined });
  }

  neighbour(name: string): NodeWriter | undefined {
    return this.#options.neighbour?.(name);
  }

  async #streamFile(path: string, content: Buffer, options: WriteOptions): Promise<void> {
    const made = await this.#ask(`${makeTemporary(path)}\nprintf %s "$t"`);
    assertWritten(made, this.name, path);
    const temporary = made.stdout.toString('utf8');
    const { link, become, aroundUpload } = this.#options;
    const receiver = { ask: this.#ask, link, aroundUpload, node: this.name };
    await uploadAs(receiver, path, { localPath: '', content, path: temporary, become });
    const finish = finishScript(path, temporary, sha256(content), options);
    assertWritten(await this.#askToWrite(finish), this.name, path);
  }

  readonly #look = (look: Look): Promise<ExecResult> => {
    return this.#exec({ ...this.#request(script(look), {}), direct: true });
  };

  readonly #ask = (text: string, stdin?: Buffer): Promise<ExecResult> => {
    return this.#exec(this.#request(inEnglish(text), stdin === undefined ? {} : { stdin }));
  };

  readonly #askToWrite = (text: string, stdin?: Buffer): Promise<ExecResult> => {
    return this.#write(this.#request(inEnglish(text), stdin === undefined ? {} : { stdin }));
  };

  #request(command: ShellCommand, options: CommandOptions): ExecRequest {
    const { stdin } = options;
    return {
      command,
      become: this.#options.become,
      stdin: typeof stdin === 'string' ? Buffer.from(stdin) : stdin,
      environment: { ...this.#options.environment, ...options.environment },
      timeoutMs: options.timeoutMs ?? this.#options.timeoutMs,
    };
  }

  async #write(request: ExecRequest): Promise<ExecResult> {
    const ended: (() => void)[] = [];
    const onSent = (): void => void ended.push(this.#options.onWrite?.() ?? (() => undefined));
    try {
      return await this.#exec({ ...request, onSent });
    } finally {
      for (const end of ended) end();
    }
  }

  async #exec(request: ExecRequest): Promise<ExecResult> {
    const link = await this.#options.link();
    return link.exec(request);
  }
}
