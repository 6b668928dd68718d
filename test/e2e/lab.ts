import { execFile, spawn } from 'node:child_process';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import type { RunEvent } from '../../src/events/event.ts';

export const root = join(import.meta.dirname, '..', '..');
export const labInventory = join(root, 'inventory', 'lab');
export const cache = join(root, '.cache', 'lab');
export const NODES = ['hz-1', 'hz-2', 'hlj-1', 'hlj-2'];
/** A node's address in the lab. */
export const ADDRESSES: Readonly<Record<string, string>> = {
  'hz-1': '10.77.0.11',
  'hz-2': '10.77.0.12',
  'hlj-1': '10.77.0.21',
  'hlj-2': '10.77.0.22',
};
export const VIPS = ['10.77.0.10', '10.77.0.20'];
/** Every secret of inventory/lab. */
export const SECRETS = ['lab-Meta_2026', 'lab-Ops_2026'];

/** What a process left behind. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of oms-play with its events. */
export interface Played extends Ended {
  readonly events: readonly RunEvent[];
}

/** Runs oms-play as a user does, with people's output; OMS_PLAY_MAIN names another build. */
export async function omsPlay(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, [process.env['OMS_PLAY_MAIN'] ?? join(root, 'dist', 'main.js'), ...args]);
}

/** Runs a playbook on the lab with JSON output; `deploy.yml` when no playbook is among the arguments. */
export async function deploy(...args: readonly string[]): Promise<Played> {
  const playbook = args.some((arg) => arg.endsWith('.yml')) ? [] : ['deploy.yml'];
  const inventory = args.includes('-i') ? [] : ['-i', labInventory];
  const ended = await omsPlay('run', ...playbook, ...inventory, '--output', 'json', ...args);
  return { ...ended, events: eventsOf(ended.stdout) };
}

function eventsOf(stdout: string): readonly RunEvent[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent);
}

/** `./scripts/lab …`; throws with its words when it fails. */
export async function lab(...args: readonly string[]): Promise<string> {
  const ended = await run(join(root, 'scripts', 'lab'), args);
  if (ended.code !== 0)
    throw new Error(`lab ${args.join(' ')}: exit ${ended.code}\n${ended.stdout}${ended.stderr}`);
  return ended.stdout;
}

/** A shell command on a node, from outside; its output, whatever its exit code. */
export async function onNode(node: string, command: string): Promise<string> {
  return (await run(join(root, 'scripts', 'lab'), ['exec', node, 'sh', '-c', command])).stdout.trimEnd();
}

/** What a command answers; never throws for its exit code. */
export function run(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({
        code: code ?? -1,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      });
    });
  });
}

/** The answer of an address, whatever certificate it shows; status 0: no answer. */
export function get(url: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
    const none = (): void => {
      resolve({ status: 0, body: '' });
    };
    const asked = ask(url, { rejectUnauthorized: false, timeout: 5000, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', none);
      answer.on('end', () => {
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
    });
    asked.on('timeout', () => asked.destroy());
    asked.on('error', none);
    asked.end();
  });
}

interface Health {
  readonly healthy: boolean;
  readonly config: Readonly<Record<string, string>>;
}

/** `data` of /oms/health. */
export async function health(host: string, scheme = 'http'): Promise<Health | undefined> {
  const { body } = await get(`${scheme}://${host}:8089/oms/health`);
  return body.startsWith('{') ? (JSON.parse(body) as { data: Health }).data : undefined;
}

/** Rows of the MetaDB. */
export async function sql<Row>(query: string): Promise<readonly Row[]> {
  const login = { host: '10.77.0.5', port: 2883, user: 'oms_meta_user', password: 'lab-Meta_2026' };
  const connection = await createConnection(login);
  try {
    const [rows] = await connection.query(query);
    return rows as unknown as readonly Row[];
  } finally {
    await connection.end();
  }
}

/** The pid of a program in a node's container. */
export async function pidOf(node: string, program: string): Promise<string> {
  return onNode(node, `docker exec oms supervisorctl pid ${program}`);
}

/** A copy of inventory/lab in `dir`, changed by replacing texts; each must be there. */
export function changedInventory(dir: string, changes: readonly (readonly [string, string])[]): string {
  const copy = join(dir, `inventory-${Math.random().toString(36).slice(2)}`);
  cpSync(labInventory, copy, { recursive: true });
  for (const file of [join(copy, 'inventory.yml'), join(copy, 'group_vars', 'all.yml')]) {
    let text = readFileSync(file, 'utf8').replaceAll('{{inventory_dir}}/../..', root);
    for (const [old, now] of changes) text = text.replace(old, now);
    writeFileSync(file, text);
  }
  return copy;
}

/** Certificate and key for a name, self-signed, made by openssl; with `days` -1 it has expired. */
export async function certificate(
  dir: string,
  name: string,
  days = 365,
): Promise<{ crt: string; key: string }> {
  const folder = join(dir, `${name}-${days}`);
  mkdirSync(folder, { recursive: true });
  const [crt, key] = [join(folder, 'oms.crt'), join(folder, 'oms.key')];
  await exec('openssl', [
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-subj',
    `/CN=${name}`,
    '-out',
    `${crt}.csr`,
  ]);
  const signed = ['-signkey', key, '-days', String(days), '-out', crt];
  await exec('openssl', ['x509', '-req', '-in', `${crt}.csr`, ...signed]);
  return { crt, key };
}

function exec(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], (error, _out, stderr) => {
      if (error) reject(new Error(`${file} ${args.join(' ')}: ${stderr}`));
      else resolve();
    });
  });
}
