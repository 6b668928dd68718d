// The floor: loops of a few lines over ssh2, without an engine. It is bundled and run as a process of its own
// (argument: a JSON file with RawWork), since start-up counts as it does for everyone.
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import type { Client, ClientChannel } from 'ssh2';

/** `connect` only logs in; the others do the commands: each its own exec, through one shell in step, or at once. */
export type RawWay = 'connect' | 'exec' | 'sh' | 'script';

export interface RawWork {
  readonly way: RawWay;
  readonly port: number;
  readonly user: string;
  readonly keyFile: string;
  readonly nodes: readonly { readonly name: string; readonly address: string }[];
  /** `%NODE%` stands for the node's name. */
  readonly commands: readonly string[];
}

const CONNECTING_AT_ONCE = 30;

const work = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as RawWork;
const key = readFileSync(work.keyFile);
let places = CONNECTING_AT_ONCE;
const waiting: (() => void)[] = [];

async function inPlace<T>(open: () => Promise<T>): Promise<T> {
  if (places > 0) places -= 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await open();
  } finally {
    const next = waiting.shift();
    if (next === undefined) places += 1;
    else next();
  }
}

function login(host: string): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new ssh2.Client();
    // Else each small request waits some 40 ms for the other side's acknowledgement.
    client.once('connect', () => client.setNoDelay(true));
    client.once('ready', () => resolve(client)).on('error', reject);
    client.connect({ host, port: work.port, username: work.user, privateKey: key });
  });
}

function start(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

async function execOnce(client: Client, command: string): Promise<void> {
  const channel = await start(client, command);
  await new Promise<void>((resolve, reject) => {
    channel.resume().once('exit', (code: number | null) => {
      if (code !== 0) reject(new Error(`${command}: ${code}`));
    });
    channel.once('close', resolve);
  });
}

async function oneShell(client: Client, commands: readonly string[]): Promise<void> {
  const channel = await start(client, '/bin/sh');
  let seen = '';
  let answered: (code: number) => void = () => undefined;
  channel.on('data', (chunk: Buffer) => {
    seen += chunk.toString('latin1');
    const end = /\x1e(\d+)\n/.exec(seen);
    if (end === null) return;
    seen = '';
    answered(Number(end[1]));
  });
  for (const command of commands) {
    const answer = new Promise<number>((resolve) => (answered = resolve));
    // The answer in one write: sshd holds a second small one back until the first is acknowledged, some 40 ms later.
    channel.write(`a=$(${command} </dev/null); printf '%s\\036%d\\n' "$a" $?\n`);
    const code = await answer;
    if (code !== 0) throw new Error(`${command}: ${code}`);
  }
}

async function doNode(node: RawWork['nodes'][number]): Promise<void> {
  const client = await inPlace(() => login(node.address));
  const commands = work.commands.map((command) => command.replaceAll('%NODE%', node.name));
  if (work.way === 'exec') for (const command of commands) await execOnce(client, command);
  if (work.way === 'sh') await oneShell(client, commands);
  if (work.way === 'script') await execOnce(client, commands.join(' && '));
  client.end();
}

await Promise.all(work.nodes.map(doNode));
process.exit(0);
