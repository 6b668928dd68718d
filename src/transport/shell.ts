import { StringDecoder } from 'node:string_decoder';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ByteChannel } from './channel.ts';
import type { CommandOutput, ExecRequest, ExecResult } from './contract.ts';
import { TaskTimeoutError } from './contract.ts';
import { FrameReader } from './frame.ts';
import { keptOf, KeptOutput } from './kept-output.ts';
import type { Frame } from './frame.ts';
import type { LinkMeter } from './meter.ts';
import { hasOwnGroup, helloText, requestText } from './request.ts';

const AFTER_KILL_MS = 5_000;
const BEGIN_LIMIT_MS = 2_000;
const BEGIN_LOOK_MS = 10;
const NOISE_KEPT = 2_000;
/** What answers nothing for so long is no shell: a menu of a bastion host, a question of a login script. */
const HELLO_LIMIT_MS = 60_000;

type StreamName = 'stdout' | 'stderr';

interface Pending {
  readonly request: ExecRequest;
  readonly stdout: KeptOutput;
  readonly stderr: KeptOutput;
  readonly decoders: Readonly<Record<StreamName, StringDecoder>> | undefined;
  readonly resolve: (result: ExecResult) => void;
  readonly reject: (error: Error) => void;
  exitCode: number;
  /** Process group of the command; known when it has begun. */
  group: number | undefined;
  timer: NodeJS.Timeout | undefined;
  /** Set when the time limit has passed: settles when everything of the group has been ended. */
  ending: Promise<void> | undefined;
  streamsEnded: number;
}

/** The shell did not begin with this request and takes no more: another shell has to be asked. */
export class ShellRetired extends Error {}

export interface ShellOptions {
  /** Called when it has ended itself since a command left processes behind that may still write to its streams. */
  readonly retired: (shell: ShellSession) => void;
  /** Ends process groups on the machine by another way: this shell is busy. */
  readonly killGroups: (groups: readonly number[]) => Promise<void>;
  /** The error for requests in flight when the shell ends; `words` is what it said last. */
  readonly ended: (words: string) => Error;
  /** The error when nothing that speaks as a shell has answered in time. */
  readonly silent: (words: string) => Error;
  /** Called when it speaks as a shell, or has failed. */
  readonly answers?: (() => void) | undefined;
  /** Counts the bytes. */
  readonly meter?: LinkMeter | undefined;
  /** For tests; default a minute. */
  readonly helloLimitMs?: number | undefined;
}

/** Processes on the node: the shell itself, and process groups. */
export interface Running {
  readonly shell: number | undefined;
  readonly groups: readonly number[];
}

/** A long-lived /bin/sh: requests are written behind each other, answers come back in the same order. */
export class ShellSession {
  readonly #channel: ByteChannel;
  readonly #options: ShellOptions;
  readonly #token = randomBytes(16).toString('hex');
  /** Those whose end has not been seen on that stream; both hold the same objects. */
  readonly #waiting: Record<StreamName, Pending[]> = { stdout: [], stderr: [] };
  readonly #greeted: Record<StreamName, boolean> = { stdout: false, stderr: false };
  #unsent: string[] = [];
  #noise = '';
  #shellPid: number | undefined;
  #failure: Error | undefined;
  #retires = false;
  readonly #helloTimer: NodeJS.Timeout;

  constructor(channel: ByteChannel, options: ShellOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#listen('stdout');
    this.#listen('stderr');
    channel.stdin.on('error', () => undefined);
    void channel.done.then(() => this.fail(options.ended(this.#noise.trim())));
    this.#helloTimer = setTimeout(
      () => this.fail(options.silent(this.#noise.trim())),
      options.helloLimitMs ?? HELLO_LIMIT_MS,
    );
    this.#send(helloText(this.#token));
  }

  /** False once it cannot take requests any more. */
  get alive(): boolean {
    return this.#failure === undefined;
  }

  exec(request: ExecRequest): Promise<ExecResult> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const text = requestText(this.#token, request);
      const pending = newPending(request, resolve, reject);
      this.#waiting.stdout.push(pending);
      this.#waiting.stderr.push(pending);
      this.#send(text);
      request.onSent?.();
    });
  }

  /**
   * What has to be ended to end what runs now. A command that has just begun may not have told its process group
   * yet: without it the command would outlive its shell, so its word is waited for.
   */
  async running(): Promise<Running> {
    const until = Date.now() + BEGIN_LIMIT_MS;
    while (this.alive && this.#isBeginning() && Date.now() < until) await sleep(BEGIN_LOOK_MS);
    return this.#runningNow();
  }

  #isBeginning(): boolean {
    const current = this.#waiting.stdout[0];
    return current !== undefined && hasOwnGroup(current.request) && current.group === undefined;
  }

  #runningNow(): Running {
    const current = this.#waiting.stdout[0] ?? this.#waiting.stderr[0];
    const own = current !== undefined && hasOwnGroup(current.request);
    // Without a group of its own a command is in the shell's.
    const group = own ? current.group : this.#shellPid;
    return { shell: own ? this.#shellPid : undefined, groups: group === undefined ? [] : [group] };
  }

  /** Rejects everything in flight and to come with `error`, and lets go of the channel. */
  fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#channel.destroy();
    this.#refuse(error);
  }

  /** Lets go of the channel of a shell that has retired. */
  release(): void {
    this.#channel.destroy();
  }

  #refuse(error: Error): void {
    this.#failure = error;
    clearTimeout(this.#helloTimer);
    this.#options.answers?.();
    const open = new Set([...this.#waiting.stdout, ...this.#waiting.stderr]);
    this.#waiting.stdout = [];
    this.#waiting.stderr = [];
    for (const pending of open) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
  }

  /** Requests made in the same turn travel in one write. */
  #send(text: string): void {
    this.#unsent.push(text);
    if (this.#unsent.length > 1) return;
    process.nextTick(() => {
      const all = this.#unsent.join('');
      this.#unsent = [];
      if (!this.alive) return;
      this.#options.meter?.sent(Buffer.byteLength(all));
      this.#channel.stdin.write(all);
    });
  }

  #listen(name: StreamName): void {
    const reader = new FrameReader(this.#token, {
      data: (bytes) => this.#data(name, bytes),
      frame: (frame) => this.#frame(name, frame),
    });
    this.#channel[name].on('data', (chunk: Buffer) => {
      this.#options.meter?.received(chunk.length);
      reader.push(chunk);
    });
    this.#channel[name].on('error', () => undefined);
  }

  #data(name: StreamName, bytes: Buffer): void {
    const pending = this.#waiting[name][0];
    if (!this.#greeted[name] || pending === undefined) {
      this.#noise = (this.#noise + bytes.toString('utf8', 0, NOISE_KEPT)).slice(-NOISE_KEPT);
      return;
    }
    pending[name].push(bytes);
    if (pending.decoders !== undefined) emit(pending, name, pending.decoders[name].write(bytes));
  }

  #frame(name: StreamName, frame: Frame): void {
    if (frame.kind === 'H') {
      this.#greeted[name] = true;
      this.#noise = '';
      clearTimeout(this.#helloTimer);
      this.#options.answers?.();
      if (name === 'stdout') this.#shellPid = frame.value;
      return;
    }
    const pending = this.#waiting[name][0];
    if (pending === undefined) return;
    if (frame.kind === 'B') return this.#begun(pending, frame.value);
    if (frame.kind === 'S') return void (this.#retires = true);
    this.#waiting[name].shift();
    if (name === 'stdout') pending.exitCode = frame.value;
    pending.streamsEnded += 1;
    if (pending.streamsEnded !== 2 && !isAnswered(pending)) return;
    settle(pending);
    if (pending.streamsEnded !== 2) return;
    if (this.#retires) this.#retire();
  }

  #retire(): void {
    this.#refuse(new ShellRetired('this shell takes no more requests'));
    this.#options.retired(this);
  }

  #begun(pending: Pending, group: number): void {
    pending.group = group;
    const { timeoutMs } = pending.request;
    if (timeoutMs === undefined) return;
    pending.timer = setTimeout(() => this.#timeOut(pending, group), timeoutMs);
  }

  #timeOut(pending: Pending, group: number): void {
    pending.ending = this.#options.killGroups([group]).catch(() => undefined);
    // When even the kill does not help (a process in the kernel's hands), the shell is given up.
    pending.timer = setTimeout(() => {
      pending.reject(timeoutOf(pending));
      this.fail(this.#options.ended('a command could not be ended'));
    }, AFTER_KILL_MS);
  }
}

function newPending(
  request: ExecRequest,
  resolve: (result: ExecResult) => void,
  reject: (error: Error) => void,
): Pending {
  const decoders =
    request.onOutput === undefined
      ? undefined
      : { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const fresh = { exitCode: -1, group: undefined, timer: undefined, ending: undefined, streamsEnded: 0 };
  const kept = { stdout: new KeptOutput(request.keepBytes), stderr: new KeptOutput(request.keepBytes) };
  return { request, ...kept, decoders, resolve, reject, ...fresh };
}

/**
 * Whether what is there is enough, though stderr has not ended: sshd (Nagle's algorithm) holds that back until the first
 * packet is acknowledged, which is 40 ms and a round trip later when there is nothing else to send.
 */
function isAnswered({ request, exitCode, ending }: Pending): boolean {
  return request.direct === true && exitCode === 0 && ending === undefined;
}

function settle(pending: Pending): void {
  clearTimeout(pending.timer);
  if (pending.decoders !== undefined) {
    emit(pending, 'stdout', pending.decoders.stdout.end());
    emit(pending, 'stderr', pending.decoders.stderr.end());
  }
  if (pending.ending !== undefined) {
    return void pending.ending.then(() => pending.reject(timeoutOf(pending)));
  }
  const { exitCode } = pending;
  pending.resolve({ exitCode, ...outputOf(pending) });
}

function outputOf({ stdout, stderr }: Pending): CommandOutput {
  return keptOf(stdout, stderr);
}

function timeoutOf(pending: Pending): TaskTimeoutError {
  const limit = pending.request.timeoutMs ?? 0;
  return new TaskTimeoutError(limit, outputOf(pending));
}

function emit(pending: Pending, name: StreamName, text: string): void {
  if (text !== '') pending.request.onOutput?.(name, text);
}
