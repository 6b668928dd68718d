import type { Duplex } from 'node:stream';
import type { NodeReader } from '../../transport/node.ts';
import { tryConnection } from '../connection.ts';
import { firstMatch } from '../regex.ts';

const MOST_BYTES = 1024 * 1024;

export interface Awaited {
  readonly host: string;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly state: 'started' | 'stopped' | 'present' | 'absent';
  readonly search_regex?: string | undefined;
  readonly limitMs: number;
}

/** One look: whether the state is reached, and what was seen, in words. */
export interface Glance {
  readonly reached: boolean;
  readonly seen: string;
  readonly match?: string | undefined;
}

/** Looks once. */
export function glance(node: NodeReader, awaited: Awaited): Promise<Glance> {
  return awaited.path === undefined ? portGlance(node, awaited) : fileGlance(node, awaited, awaited.path);
}

async function fileGlance(node: NodeReader, awaited: Awaited, path: string): Promise<Glance> {
  const wantsThere = awaited.state === 'started' || awaited.state === 'present';
  if (wantsThere && awaited.search_regex !== undefined) {
    const text = (await node.readFile(path))?.toString('utf8');
    if (text === undefined) return { reached: false, seen: 'there is no such file' };
    const match = firstMatch(awaited.search_regex, text, 'search_regex');
    return { reached: match !== undefined, seen: 'the file does not match', match };
  }
  const there = (await node.stat(path, { follow: true })) !== undefined;
  return { reached: there === wantsThere, seen: there ? 'the file is there' : 'there is no such file' };
}

async function portGlance(node: NodeReader, awaited: Awaited): Promise<Glance> {
  const { host, port = 0, limitMs, state, search_regex } = awaited;
  const socket = await tryConnection(node, { host, port, timeoutMs: limitMs });
  const wantsOpen = state === 'started' || state === 'present';
  if (typeof socket === 'string') return { reached: !wantsOpen, seen: socket };
  try {
    if (!wantsOpen || search_regex === undefined) return { reached: wantsOpen, seen: 'the port is open' };
    const match = await matchInStream(socket, search_regex, limitMs);
    return { reached: match !== undefined, seen: 'the port is open, what it sends does not match', match };
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

function matchInStream(socket: Duplex, regex: string, limitMs: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = (match: string | undefined): void => {
      clearTimeout(timer);
      resolve(match);
    };
    const timer = setTimeout(() => finish(undefined), limitMs);
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text = (text + chunk).slice(-MOST_BYTES);
      try {
        const match = firstMatch(regex, text, 'search_regex');
        if (match !== undefined) finish(match);
      } catch (error) {
        clearTimeout(timer);
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on('close', () => finish(undefined));
    socket.on('error', () => finish(undefined));
  });
}
