import type { Duplex } from 'node:stream';
import type { ShellCommand } from './command.ts';
import type { Become, ExecRequest, ExecResult, Link } from './contract.ts';
import type { CommandOptions, FileStat, NodeWriter, WriteOptions } from './node.ts';
import { inEnglish, readRemoteFile, remoteChecksum, remoteStat } from './read-files.ts';
import { sendFile, uploadAs } from './send-file.ts';
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
    ((label: string, done: number, total: number, unit: 'bytes' | 'steps') => void) | undefined;
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
  readonly #options: NodeOptions;

  constructor(options: NodeOptions) {
    this.name = options.name;
    this.address = options.address;
    this.#options = options;
  }

  query(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    return this.#exec(this.#request(command, options));
  }

  async run(command: ShellCommand, options: CommandOptions = {}): Promise<ExecResult> {
    const sink = this.#options.openOutput?.();
    const onOutput = (stream: 'stdout' | 'stderr', text: string): void => {
      sink?.write(stream, text);
      options.onOutput?.(stream, text);
    };
    try {
      return await this.#exec({ ...this.#request(command, options), onOutput });
    } finally {
      sink?.end();
    }
  }

  readFile(path: string): Promise<Buffer | undefined> {
    const limit = this.#options.limitBytes ?? READ_LIMIT_BYTES;
    return readRemoteFile(this.#ask, this.name, path, limit);
  }

  stat(path: string, options: { readonly follow?: boolean } = {}): Promise<FileStat | undefined> {
    return remoteStat(this.#ask, this.name, path, options.follow === true);
  }

  checksum(path: string): Promise<string | undefined> {
    return remoteChecksum(this.#ask, this.name, path);
  }

  async openConnection(host: string, port: number): Promise<Duplex> {
    const link = await this.#options.link();
    return link.openConnection(host, port);
  }

  async writeFile(path: string, content: Buffer | string, options: WriteOptions = {}): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    if (bytes.length >= STREAM_FROM_BYTES) return this.#streamFile(path, bytes, options);
    const result = await this.#ask(writeScript(path, bytes, options), bytes);
    assertWritten(result, this.name, path);
  }

  uploadFile(
    localPath: string,
    path: string,
    options: WriteOptions & { readonly sha256?: string } = {},
  ): Promise<void> {
    const { link, become } = this.#options;
    const onProgress = (done: number, total: number): void => this.progress(path, done, total, 'bytes');
    return sendFile({ ask: this.#ask, link, become, node: this.name, onProgress }, localPath, path, options);
  }

  progress(label: string, done: number, total: number, unit: 'bytes' | 'steps'): void {
    this.#options.onProgress?.(label, done, total, unit);
  }

  async #streamFile(path: string, content: Buffer, options: WriteOptions): Promise<void> {
    const made = await this.#ask(`${makeTemporary(path)}\nprintf %s "$t"`);
    assertWritten(made, this.name, path);
    const temporary = made.stdout.toString('utf8');
    const { link, become } = this.#options;
    const receiver = { ask: this.#ask, link, node: this.name };
    await uploadAs(receiver, path, { localPath: '', content, path: temporary, become });
    assertWritten(await this.#ask(finishScript(path, temporary, sha256(content), options)), this.name, path);
  }

  readonly #ask = (text: string, stdin?: Buffer): Promise<ExecResult> => {
    return this.#exec(this.#request(inEnglish(text), stdin === undefined ? {} : { stdin }));
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

  async #exec(request: ExecRequest): Promise<ExecResult> {
    const link = await this.#options.link();
    return link.exec(request);
  }
}
