import type { Duplex } from 'node:stream';
import type { ByteChannel } from './channel.ts';
import type { Become, ExecRequest, ExecResult, Link, StartRequest, UploadRequest } from './contract.ts';
import { TaskTimeoutError, TransportError } from './contract.ts';
import { keptOf, KeptOutput } from './kept-output.ts';
import { LinkMeter } from './meter.ts';

const NO_OUTPUT = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

/** How a scripted node answers the commands that match: whole text or pattern. The first match answers. */
export interface FakeAnswer {
  readonly match: string | RegExp;
  readonly exitCode?: number;
  readonly stdout?: string | Buffer;
  readonly stderr?: string | Buffer;
  readonly delayMs?: number;
  /** Thrown in place of an answer. */
  readonly error?: Error;
}

/** One request that a fake link got. */
export interface FakeCall {
  readonly script: string;
  readonly become?: string;
  readonly stdin?: string;
}

export interface FakeOptions {
  readonly onUpload?: (request: UploadRequest) => Promise<void>;
  readonly onConnection?: (host: string, port: number) => Promise<Duplex>;
  readonly onStart?: (request: StartRequest) => Promise<ByteChannel>;
}

export interface FakeLink extends Link {
  readonly calls: FakeCall[];
  /** Who was become for each of those calls that became somebody. */
  readonly becomes: Become[];
  readonly uploads: UploadRequest[];
  /** Commands that no answer matched, in case the code under test swallowed the error. */
  readonly unmatched: string[];
}

/** A link that answers from a list, for tests. A command that nothing matches fails loudly. */
export function createFakeLink(answers: readonly FakeAnswer[], options: FakeOptions = {}): FakeLink {
  const calls: FakeCall[] = [];
  const becomes: Become[] = [];
  const uploads: UploadRequest[] = [];
  const unmatched: string[] = [];
  const running = new Set<(error: Error) => void>();
  const meter = new LinkMeter();
  const exec = async (request: ExecRequest): Promise<ExecResult> => {
    calls.push(callOf(request));
    if (request.become !== undefined) becomes.push(request.become);
    request.onSent?.();
    const answer = answers.find(({ match }) => matches(match, request.command.text));
    if (answer === undefined) {
      unmatched.push(request.command.text);
      throw new Error(`the fake node has no answer for: ${request.command.text}`);
    }
    if (answer.delayMs !== undefined) await waitFor(answer.delayMs, request.timeoutMs, running);
    if (answer.error !== undefined) throw answer.error;
    return resultOf(answer, request);
  };
  return {
    calls,
    becomes,
    uploads,
    unmatched,
    exec: (request) => meter.request(exec(request)),
    stats: () => meter.stats(),
    async upload(request) {
      uploads.push(request);
      await meter.request(options.onUpload?.(request) ?? Promise.resolve());
    },
    async openConnection(host, port) {
      if (options.onConnection !== undefined) return options.onConnection(host, port);
      throw new TransportError('forward-refused', `the fake node opens no connection to ${host}:${port}`);
    },
    ...(options.onStart === undefined ? {} : { start: options.onStart }),
    async interrupt() {
      for (const end of running) end(new TransportError('interrupted', 'the fake node was interrupted'));
    },
    async close() {
      running.clear();
    },
  };
}

function matches(match: string | RegExp, text: string): boolean {
  return typeof match === 'string' ? match === text : match.test(text);
}

function callOf(request: ExecRequest): FakeCall {
  const { command, become, stdin } = request;
  return {
    script: command.text,
    ...(become === undefined ? {} : { become: become.user }),
    ...(stdin === undefined ? {} : { stdin: stdin.toString('utf8') }),
  };
}

function resultOf(answer: FakeAnswer, request: ExecRequest): ExecResult {
  const [stdout, stderr] = [Buffer.from(answer.stdout ?? ''), Buffer.from(answer.stderr ?? '')];
  if (stdout.length > 0) request.onOutput?.('stdout', stdout.toString('utf8'));
  if (stderr.length > 0) request.onOutput?.('stderr', stderr.toString('utf8'));
  const exitCode = answer.exitCode ?? 0;
  if (request.keepBytes === undefined) return { exitCode, stdout, stderr };
  return { exitCode, ...keptOf(kept(stdout, request.keepBytes), kept(stderr, request.keepBytes)) };
}

function kept(bytes: Buffer, limit: number): KeptOutput {
  const output = new KeptOutput(limit);
  output.push(bytes);
  return output;
}

function waitFor(
  delayMs: number,
  timeoutMs: number | undefined,
  running: Set<(error: Error) => void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const tooLong = timeoutMs !== undefined && timeoutMs < delayMs;
    const timer = setTimeout(() => {
      running.delete(end);
      if (tooLong) reject(new TaskTimeoutError(timeoutMs, NO_OUTPUT));
      else resolve();
    }, Math.min(delayMs, timeoutMs ?? delayMs)); // prettier-ignore
    const end = (error: Error): void => {
      clearTimeout(timer);
      running.delete(end);
      reject(error);
    };
    running.add(end);
  });
}
