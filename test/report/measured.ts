import type {
  AheadCounts,
  ConnectionProfile,
  NodeProfile,
  PhaseTimes,
  TaskProfile,
} from '../../src/events/profile.ts';
import type { TaskFinished } from '../../src/events/event.ts';
import { finished, type Said } from './events.ts';

export function phases(times: Partial<PhaseTimes> = {}): PhaseTimes {
  const zero = { waitMs: 0, connectMs: 0, checkMs: 0, applyMs: 0, transferMs: 0, pauseMs: 0, otherMs: 0 };
  return { ...zero, ...times };
}

/** A task that a node came to at `startMs`. */
export function profileAt(startMs: number, times: Partial<PhaseTimes>): TaskProfile {
  const all = phases(times);
  const endMs = startMs + Object.values<number>({ ...all }).reduce((a, b) => a + b, 0);
  return { startMs, endMs, phases: all, spans: [] };
}

/** A finished task, by its number and name. */
export function worked(
  [task, name]: readonly [number, string],
  node: string,
  times: Partial<PhaseTimes>,
  more: Partial<TaskFinished> = {},
): Said {
  return finished(task, name, node, { profile: profileAt(0, times), ...more });
}

export function nodeProfile(
  node: string,
  times: Partial<PhaseTimes>,
  more: { readonly ahead?: Partial<AheadCounts>; readonly connection?: Partial<ConnectionProfile> } = {},
): Said & NodeProfile {
  const ahead = {
    asked: 0,
    used: 0,
    changedSince: 0,
    otherArguments: 0,
    unused: 0,
    notAsked: 0,
    ...more.ahead,
  };
  const nothing = { connectMs: 0, roundTrips: 0, requests: 0, channels: 1, bytesSent: 0, bytesReceived: 0 };
  const region = node.startsWith('hz') ? 'cn-hangzhou' : 'cn-heilongjiang';
  const connection = more.connection === undefined ? {} : { connection: { ...nothing, ...more.connection } };
  return { type: 'node-profile', region, node, phases: phases(times), ahead, ...connection };
}
