import type { NodeReader } from '../../transport/node.ts';
import { ModuleError } from '../define.ts';
import type { AdminState, ServerArgs } from './args.ts';
import { ask } from './socket.ts';

/** A server of a backend, as haproxy tells it. */
export interface Server {
  readonly backend: string;
  readonly server: string;
  /** What it was told, by this socket or the configuration. */
  readonly state: AdminState;
  /** Why it is out although it was not told so: another server that it follows, or its name has no address. */
  readonly heldBy: 'track' | 'resolution' | undefined;
  /** UP, DOWN, MAINT, DRAIN, no check … */
  readonly status: string;
  readonly weight: number;
  /** As it was configured. */
  readonly firstWeight: number;
  readonly sessions: number;
}

// Bits of srv_admin_state, as "show servers state" documents them.
const FORCED_MAINT = 0x01;
const INHERITED_MAINT = 0x02;
const FORCED_DRAIN = 0x08;
const RESOLUTION_MAINT = 0x20 | 0x40;

/** The servers that the task is about, of one backend or all. Throws ModuleError when there is none. */
export async function readServers(node: NodeReader, args: ServerArgs): Promise<readonly Server[]> {
  const answer = await ask(node, args.socket, 'show servers state; show stat');
  const all = parseServers(answer);
  if (all === undefined) {
    throw new ModuleError({
      message: `haproxy at ${args.socket} of ${node.name} answered something unexpected`,
      hint: 'haproxy 1.6 or newer is needed, and "level operator" at least',
      stdout: answer.slice(0, 1000),
    });
  }
  const found = all.filter(
    ({ backend, server }) => server === args.host && (args.backend === undefined || backend === args.backend),
  );
  if (found.length > 0) return found;
  const known = all.map(({ backend, server }) => `${backend}/${server}`).join(', ');
  const where = args.backend === undefined ? 'any backend' : `backend ${args.backend}`;
  throw new ModuleError({
    message: `haproxy on ${node.name} has no server ${args.host} in ${where}`,
    hint: known === '' ? 'it has no servers at all' : `those that it has: ${known}`,
  });
}

/** Reads the answers to "show servers state" and "show stat"; undefined: they are no such answers. */
export function parseServers(text: string): readonly Server[] | undefined {
  const lines = text.split('\n').map((line) => line.trim());
  const states = table(lines, /^# be_id /, ' ');
  const stats = table(lines, /^# pxname,/, ',');
  if (states === undefined || stats === undefined) return undefined;
  const live = new Map(stats.map((row) => [`${row['pxname']}/${row['svname']}`, row]));
  return states.map((row) => {
    const [backend = '', server = ''] = [row['be_name'], row['srv_name']];
    const now = live.get(`${backend}/${server}`);
    const admin = Number(row['srv_admin_state']);
    return {
      ...{ backend, server, state: stateOf(admin), heldBy: heldBy(admin) },
      status: now?.['status'] ?? '',
      weight: Number(row['srv_uweight']),
      firstWeight: Number(row['srv_iweight']),
      sessions: Number(now?.['scur'] ?? 0),
    };
  });
}

function stateOf(admin: number): AdminState {
  if ((admin & FORCED_MAINT) !== 0) return 'maint';
  return (admin & FORCED_DRAIN) === 0 ? 'ready' : 'drain';
}

function heldBy(admin: number): Server['heldBy'] {
  if ((admin & INHERITED_MAINT) !== 0) return 'track';
  return (admin & RESOLUTION_MAINT) === 0 ? undefined : 'resolution';
}

type Row = Readonly<Record<string, string>>;

/** The rows below a head line, up to the next empty line. */
function table(lines: readonly string[], head: RegExp, separator: string): readonly Row[] | undefined {
  const start = lines.findIndex((line) => head.test(line));
  if (start < 0) return undefined;
  const names = (lines[start] ?? '').replace(/^# /, '').split(separator);
  const end = lines.indexOf('', start);
  return lines
    .slice(start + 1, end < 0 ? undefined : end)
    .map((line) => Object.fromEntries(line.split(separator).map((cell, i) => [names[i] ?? `${i}`, cell])));
}
