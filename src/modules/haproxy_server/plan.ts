import type { Change } from '../../model/result.ts';
import type { ServerArgs } from './args.ts';
import type { Server } from './servers.ts';

/** What has to be done about one server, in this order. */
export interface ServerPlan {
  readonly name: string;
  readonly changes: readonly Change[];
  readonly state: boolean;
  readonly weight: boolean;
}

/** Compares a server with what was asked for. */
export function planServer(args: ServerArgs, now: Server): ServerPlan {
  const name = `${now.backend}/${now.server}`;
  const row = (key: string, before: string | number, after: string | number): Change => ({
    subject: name,
    summary: key === 'state' ? `${before} → ${after}` : `${key} ${before} → ${after}`,
    diff: { kind: 'values', rows: [{ name: key, before, after }] },
  });
  const state = args.state === now.state ? undefined : args.state;
  const target = args.weight === undefined ? undefined : weightOf(args.weight, now.firstWeight);
  const weight = target !== undefined && target !== now.weight;
  return {
    name,
    changes: [
      ...(state === undefined ? [] : [row('state', now.state, state)]),
      ...(weight ? [row('weight', now.weight, target)] : []),
      ...(endsSessions(args) && now.sessions > 0 ? [row('sessions', now.sessions, 0)] : []),
      ...(mustComeUp(args) && !isUp(now) ? [row('status', now.status, 'UP')] : []),
    ],
    state: state !== undefined,
    weight,
  };
}

/** Whether its sessions are to come to an end. */
export function endsSessions(args: ServerArgs): boolean {
  return args.state !== 'ready' && (args.drain || args.shutdown_sessions);
}

/** Whether its health check is waited for. */
export function mustComeUp(args: ServerArgs): boolean {
  return args.wait && args.state === 'ready';
}

/** Whether it takes part; "UP 1/2" is on its way down, but does. */
export function isUp({ status }: Server): boolean {
  return /^(UP|no check)/.test(status);
}

/** The weight in numbers; haproxy rounds a share down. */
export function weightOf(wanted: string, first: number): number {
  if (!wanted.endsWith('%')) return Number(wanted);
  return Math.min(256, Math.floor((first * Number(wanted.slice(0, -1))) / 100));
}
