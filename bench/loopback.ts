import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type Closing } from './closing.ts';
import { childrenByParent, childrenCpuSeconds, descendants, endTree } from './processes.ts';
import { addUser, removeLeftOvers, removeUser } from './test-user.ts';

/** A "node": one of the many addresses that the one sshd answers on. */
export interface LoopbackNode {
  readonly name: string;
  readonly address: string;
}

/** A connection to a loopback node: what sshd has started for it. */
export interface Session {
  readonly processes: readonly number[];
}

/** Runs a program that is the parent of all that its children leave behind, so that their CPU time counts as its. */
const ADOPTING: readonly string[] = [
  '/usr/bin/python3',
  '-I',
  '-c',
  'import ctypes, os, sys; ctypes.CDLL(None).prctl(36, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])',
];

const PER_NET = 250;
const MOST_NODES = 4 * PER_NET;
const READY_MS = 10_000;
const IDLE_MS = 5_000;

/**
 * Nodes without weight: an sshd of its own that answers on every address of 127.0.0.0/8, and a clean user with
 * nothing in its start-up files. Only connections from loopback get in. Everything is gone after `close`.
 */
export class LoopbackNodes {
  /** Keys, configuration, and the user's home; also a good place for what a run writes. */
  readonly folder: string;
  readonly user: string;
  readonly port: number;
  readonly uid: number;
  readonly #pid: number;
  readonly #close: () => void;

  private constructor(parts: {
    readonly folder: string;
    readonly user: string;
    readonly port: number;
    readonly pid: number;
    readonly uid: number;
    readonly close: () => void;
  }) {
    this.folder = parts.folder;
    this.user = parts.user;
    this.port = parts.port;
    this.uid = parts.uid;
    this.#pid = parts.pid;
    this.#close = parts.close;
  }

  /** `prefix` is the beginning of the user's name; the rest is this process's number. `countCpu` takes python3. */
  static async start(
    prefix: string,
    closing: Closing,
    { countCpu = false }: { readonly countCpu?: boolean } = {},
  ): Promise<LoopbackNodes> {
    if (process.getuid?.() !== 0) throw new Error('loopback nodes need root: an sshd and a user are made');
    removeLeftOvers(prefix);
    const folder = mkdtempSync(join(tmpdir(), `${prefix}-`));
    const removeFolder = closing.add(() => rmSync(folder, { recursive: true, force: true }));
    const user = `${prefix}-${process.pid}`;
    const uid = addUser(user, join(folder, 'home'));
    const removeOwnUser = closing.add(() => removeUser(user));
    const port = await freePort();
    writeServerFiles(folder, user, port);
    chownSync(join(folder, 'home'), uid, uid);
    mkdirSync('/run/sshd', { recursive: true });
    const [program = '', ...args] = [...(countCpu ? ADOPTING : []), ...sshdCommand(folder)];
    const sshd = spawn(program, args, { stdio: 'ignore' });
    const pid = sshd.pid;
    if (pid === undefined) throw new Error('sshd could not be started');
    const endSshd = closing.add(() => endTree(pid));
    const close = (): void => [endSshd, removeOwnUser, removeFolder].forEach((step) => step());
    await ready(port, pid, folder);
    return new LoopbackNodes({ folder, user, port, pid, uid, close });
  }

  get keyFile(): string {
    return join(this.folder, 'id_ed25519');
  }

  get knownHostsFile(): string {
    return join(this.folder, 'known_hosts');
  }

  /** A home for the programs that connect: nothing of whoever runs this gets in. */
  get controllerHome(): string {
    return join(this.folder, 'controller');
  }

  /** 127.0.1.1 … 127.0.4.250 */
  nodes(count: number): readonly LoopbackNode[] {
    if (count > MOST_NODES) throw new Error(`there are at most ${MOST_NODES} loopback nodes`);
    return Array.from({ length: count }, (_, i) => ({
      name: `n${String(i + 1).padStart(4, '0')}`,
      address: `127.0.${1 + Math.floor(i / PER_NET)}.${1 + (i % PER_NET)}`,
    }));
  }

  /** A folder that the nodes' user may write to; all nodes see the same one. */
  makeFolder(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    chownSync(path, this.uid, this.uid);
    return path;
  }

  /** The connections that are open now. */
  sessions(): readonly Session[] {
    const children = childrenByParent();
    return (children.get(this.#pid) ?? []).map((pid) => ({
      // The one that holds the connection first: its keeper would only notice, and say goodbye.
      processes: [...descendants(pid, children), pid],
    }));
  }

  /**
   * Seconds of CPU that all connections have taken so far on this side, once the last one is gone. Only meaningful
   * with `countCpu`.
   */
  async cpuSeconds(): Promise<number> {
    const until = Date.now() + IDLE_MS;
    while (descendants(this.#pid).length > 0 && Date.now() < until) await sleep(20);
    return childrenCpuSeconds(this.#pid);
  }

  /** Cuts a connection off as a crash would: no word of goodbye. */
  kill({ processes }: Session): void {
    for (const pid of processes) killNow(pid);
  }

  close(): void {
    this.#close();
  }
}

function sshdCommand(folder: string): readonly string[] {
  return ['/usr/sbin/sshd', '-D', '-f', join(folder, 'sshd_config'), '-E', join(folder, 'sshd.log')];
}

function writeServerFiles(folder: string, user: string, port: number): void {
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'controller'), { mode: 0o700 });
  for (const name of ['host_key', 'id_ed25519']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', user, '-f', join(folder, name)]);
  }
  const hostKey = readFileSync(join(folder, 'host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
  writeFileSync(join(folder, 'known_hosts'), `[127.*]:* ${hostKey}\n`);
  const config = [
    `Port ${port}`,
    'ListenAddress 0.0.0.0',
    // It has to listen on all addresses to answer on a thousand; only those of loopback get in.
    `AllowUsers ${user}@127.0.0.0/8`,
    `HostKey ${join(folder, 'host_key')}`,
    `AuthorizedKeysFile ${join(folder, 'id_ed25519.pub')}`,
    `PidFile ${join(folder, 'sshd.pid')}`,
    'AuthenticationMethods publickey',
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PermitUserRC no',
    'PrintMotd no',
    'PrintLastLog no',
    'LogLevel ERROR',
    'MaxStartups 1000:30:2000',
    'Subsystem sftp internal-sftp',
  ];
  writeFileSync(join(folder, 'sshd_config'), config.join('\n') + '\n');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

async function ready(port: number, pid: number, folder: string): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (await greets(port)) return;
    if (!isAlive(pid)) break;
    await sleep(50);
  }
  throw new Error(`sshd does not answer:\n${readFileSync(join(folder, 'sshd.log'), 'utf8')}`);
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const done = (good: boolean): void => {
      socket.destroy();
      resolve(good);
    };
    socket.once('data', (bytes) => done(bytes.toString('latin1').startsWith('SSH-')));
    socket.once('error', () => done(false));
    socket.once('close', () => resolve(false));
  });
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
