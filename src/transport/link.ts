import type { Duplex } from 'node:stream';
import type { ByteChannel, OpenChannel } from './channel.ts';
import type {
  Become,
  ExecRequest,
  ExecResult,
  Link,
  LinkStats,
  Listener,
  Opening,
  SshAddress,
  StartRequest,
  StreamRequest,
  UploadRequest,
} from './contract.ts';
import { TransportError } from './contract.ts';
import { quote, script } from './command.ts';
import { openBecomeShell, openLoginShell } from './become.ts';
import { LinkMeter } from './meter.ts';
import { ShellPool } from './pool.ts';
import { ShellRetired, ShellSession } from './shell.ts';
import type { Running } from './shell.ts';
import { streamThrough } from './stream.ts';
import { uploadThrough } from './upload.ts';

const SHELLS_AT_ONCE = 2;
/** sshd allows ten sessions on a connection, and an administrator often fewer: two shells, an upload, and one to end what hangs. */
const CHANNELS_AT_ONCE = 4;
const KILL_LIMIT_MS = 10_000;

/** What a link needs of the way to its machine. */
export interface Way {
  /** The node as messages name it. */
  readonly name: string;
  /** Who one is there without becoming anyone. */
  readonly loginUser: string;
  readonly openChannel: OpenChannel;
  /** Opens a shell, where becoming another user is the way's own; undefined: by become's method. */
  openShell?(become: Become | undefined): Promise<ByteChannel>;
  openConnection(host: string, port: number): Promise<Duplex>;
  readonly sshAddress?: SshAddress | undefined;
  listen?(onConnection: (stream: Duplex) => void): Promise<Listener>;
  /** Why the way is gone, when it is. */
  lost(): TransportError | undefined;
  close(): Promise<void>;
}

/** A link whose shells, one for each user, are opened when they are first needed and then stay. */
export class ShellLink implements Link {
  readonly #way: Way;
  readonly #shells: ShellPool;
  readonly #meter = new LinkMeter();
  readonly #uploads = new Set<ByteChannel>();
  readonly #interrupted = new WeakMap<ByteChannel, TransportError>();
  readonly #started = new Set<ByteChannel>();
  #channels = 0;
  #uploading: Promise<unknown> = Promise.resolve();
  /** Their channels stay open for a while: a program that goes on writing there would be ended by it. */
  readonly #retired: ShellSession[] = [];
  #stopped: TransportError | undefined;

  constructor(way: Way) {
    this.#way = way;
    this.#shells = new ShellPool(SHELLS_AT_ONCE, (become) => this.#openShell(become));
  }

  async exec(request: ExecRequest): Promise<ExecResult> {
    const become = this.#effective(request.become);
    for (;;) {
      try {
        return await this.#shells.use(become, (shell) => this.#meter.request(shell.exec(request)));
      } catch (error) {
        if (!(error instanceof ShellRetired)) throw error;
      }
    }
  }

  /** One upload at a time: they share the line anyway. */
  upload(request: UploadRequest): Promise<void> {
    return this.#sendInLine(request, (channel) =>
      uploadThrough(channel, this.#counted(request), this.#way.name),
    );
  }

  stream(request: StreamRequest): Promise<void> {
    return this.#sendInLine(request, (channel) =>
      streamThrough(channel, this.#counted(request), this.#way.name),
    );
  }

  openConnection(host: string, port: number): Promise<Duplex> {
    return this.#way.openConnection(host, port);
  }

  async start(request: StartRequest): Promise<ByteChannel> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const channel = await this.#start(this.#effective(request.become));
    this.#started.add(channel);
    void channel.done.then(() => this.#started.delete(channel));
    channel.stdin.on('error', () => undefined);
    // Not in the argument list, which everybody on the node can read.
    const exports = Object.entries(request.environment ?? {}).map(
      ([name, value]) => `export ${name}=${quote(value)}\n`,
    );
    channel.stdin.write(`${exports.join('')}exec /bin/sh -c ${quote(request.command.text)}\n`);
    return channel;
  }

  get sshAddress(): SshAddress | undefined {
    return this.#way.sshAddress;
  }

  async listen(onConnection: (stream: Duplex) => void): Promise<Listener> {
    const listener = this.#way.listen?.(onConnection);
    if (listener !== undefined) return listener;
    throw new TransportError('forward-refused', `${this.#way.name}: it is not reached by SSH`);
  }

  lost(): TransportError | undefined {
    return this.#way.lost();
  }

  stats(): LinkStats {
    return this.#meter.stats();
  }

  openings(): readonly Opening[] {
    return this.#meter.openings;
  }

  async interrupt(): Promise<void> {
    const error = new TransportError('interrupted', `${this.#way.name}: interrupted`);
    this.#stopped = error;
    for (const channel of this.#uploads) {
      this.#interrupted.set(channel, error);
      channel.destroy();
    }
    const kills = this.#shells.takeBusy().map(async ({ become, shell: opening }) => {
      const shell = await opening;
      const running = await shell.running();
      shell.fail(error);
      await this.#kill(become, running);
    });
    await Promise.allSettled(kills);
    this.#stopped = undefined;
  }

  async close(): Promise<void> {
    this.#stopped = new TransportError('interrupted', `${this.#way.name}: the connection was closed`);
    this.#shells.close(this.#stopped);
    for (const shell of this.#retired) shell.release();
    for (const channel of [...this.#uploads, ...this.#started]) channel.destroy();
    await this.#way.close();
  }

  #effective(become: Become | undefined): Become | undefined {
    return become === undefined || become.user === this.#way.loginUser ? undefined : become;
  }

  #start(become: Become | undefined): Promise<ByteChannel> {
    const { openChannel, name } = this.#way;
    const way = this.#way;
    this.#meter.channel();
    if (this.#channels >= CHANNELS_AT_ONCE) this.#retired.shift()?.release();
    this.#channels += 1;
    const free = (): void => void (this.#channels -= 1);
    const usual = (): Promise<ByteChannel> =>
      become === undefined ? openLoginShell(openChannel) : openBecomeShell(openChannel, become, name);
    const opening = way.openShell === undefined ? usual() : way.openShell(become);
    opening.then((channel) => void channel.done.then(free), free);
    return opening;
  }

  async #openShell(become: Become | undefined): Promise<ShellSession> {
    const answers = this.#meter.opening(become?.user);
    const channel = this.#start(become);
    channel.catch(answers);
    return new ShellSession(await channel, {
      killGroups: (groups) => this.#kill(become, { shell: undefined, groups }),
      retired: (shell) => this.#keep(shell),
      silent: (words) => this.#way.lost() ?? noShell(this.#way.name, words),
      ended: (words) => this.#way.lost() ?? shellEnded(this.#way.name, words),
      meter: this.#meter,
      answers,
    });
  }

  #keep(shell: ShellSession): void {
    this.#retired.push(shell);
    if (this.#channels >= CHANNELS_AT_ONCE) this.#retired.shift()?.release();
  }

  #sendInLine(
    { become }: { readonly become?: Become | undefined },
    send: (channel: ByteChannel) => Promise<void>,
  ): Promise<void> {
    const turn = this.#uploading.then(() => this.#send(become, send));
    this.#uploading = turn.catch(() => undefined);
    return turn;
  }

  async #send(become: Become | undefined, send: (channel: ByteChannel) => Promise<void>): Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    const channel = await this.#start(this.#effective(become));
    this.#uploads.add(channel);
    try {
      await this.#meter.request(send(channel));
    } catch (error) {
      throw this.#interrupted.get(channel) ?? this.#stopped ?? this.#way.lost() ?? error;
    } finally {
      this.#uploads.delete(channel);
      channel.destroy();
    }
  }

  #counted<R extends UploadRequest | StreamRequest>(request: R): R {
    let sent = 'resumeAt' in request ? (request.resumeAt ?? 0) : 0;
    const onProgress = (done: number, total: number): void => {
      this.#meter.sent(done - sent);
      sent = done;
      request.onProgress?.(done, total);
    };
    return { ...request, onProgress };
  }

  /** By a channel of its own: the shell is busy, and only the same user may end what it runs. */
  async #kill(become: Become | undefined, running: Running): Promise<void> {
    if (running.shell === undefined && running.groups.length === 0) return;
    const shell = await this.#openShell(become);
    const giveUp = setTimeout(() => shell.fail(shellEnded(this.#way.name, '')), KILL_LIMIT_MS);
    try {
      await shell.exec({ command: script(killText(running)) });
    } finally {
      clearTimeout(giveUp);
      shell.fail(shellEnded(this.#way.name, ''));
    }
  }
}

/**
 * TERM, two seconds to end well, then KILL. `kill -TERM -PID` is the one form that dash, bash and busybox
 * share. A group that is none (sudo's shell) is a process.
 */
function killText({ shell, groups }: Running): string {
  const all = groups.join(' ');
  return [
    // First the shell, or it would begin with what was asked next.
    shell === undefined ? ':' : `kill -KILL ${shell} 2>/dev/null`,
    'signal() { kill "-$1" "-$2" 2>/dev/null || kill "-$1" "$2" 2>/dev/null; }',
    // A process that has ended but was not collected yet is Z, and no reason to wait.
    'lives() { [ ! -e /proc/self ] || grep -qsE "\\) [^ZX] [0-9]+ $1 " /proc/[0-9]*/stat; }',
    `alive() { for g in ${all}; do kill -0 "-$g" 2>/dev/null && lives "$g" && return 0; done; return 1; }`,
    `for g in ${all}; do signal TERM "$g"; done`,
    'i=0; while [ $i -lt 20 ] && alive; do sleep 0.1 2>/dev/null || { sleep 1; i=$((i+9)); }; i=$((i+1)); done',
    `for g in ${all}; do signal KILL "$g"; done; :`,
  ].join('\n');
}

function noShell(name: string, words: string): TransportError {
  const said = words === '' ? '' : ` It said: ${words}`;
  return new TransportError(
    'lost',
    `${name}: what was started on the node as /bin/sh does not answer as a shell.${said}`,
    'Check that the account gets a plain shell: no menu, no forced command, no question at login.',
  );
}

function shellEnded(name: string, words: string): TransportError {
  const said = words === '' ? '' : ` It said: ${words}`;
  return new TransportError(
    'lost',
    `${name}: the shell on the node ended unexpectedly.${said}`,
    'Check that the login user may run /bin/sh and that nothing ends its processes.',
  );
}
