/** Where the time of a node's task went. What a loop's items say is summed up in the event of the whole loop. */
export interface TaskProfile {
  /** When the node came to it: milliseconds since the run started, by a clock that never jumps. */
  readonly startMs: number;
  /** When it was done. */
  readonly endMs: number;
  readonly phases: PhaseTimes;
  /** The same in its course; those of a loop's items are in the items' events alone. */
  readonly spans: readonly PhaseSpan[];
  /** Absent where nothing was to be looked at (skipped), and for a whole loop. */
  readonly ahead?: LookAhead;
}

/** Milliseconds by what they were spent on; each is counted once, so together they are all of the time. */
export interface PhaseTimes {
  /** For a place in the limits of region and run. */
  readonly waitMs: number;
  /** For the connection, and the shells on it, to be open. */
  readonly connectMs: number;
  readonly checkMs: number;
  readonly applyMs: number;
  /** Large files. */
  readonly transferMs: number;
  /** Between two tries. */
  readonly pauseMs: number;
  /** On the controller: templates, conditions, other nodes' turns of the one process. */
  readonly otherMs: number;
}

/** A phase as it was: one may lie inside another (connect in check or apply, transfer in apply). */
export interface PhaseSpan {
  readonly phase: 'wait' | 'connect' | 'check' | 'apply' | 'transfer' | 'pause';
  readonly startMs: number;
  readonly durationMs: number;
}

/**
 * Whether a task's look was answered before its turn: the answer was `used`, or there was one that no longer counted
 * (something changed since, or the arguments came out otherwise), or none had been asked for.
 */
export type LookAhead = 'used' | 'changed-since' | 'other-arguments' | 'not-asked';

/** Once per node that took part or was connected to, at the run's end; only when a profile was asked for. */
export interface NodeProfile {
  readonly type: 'node-profile';
  readonly region: string;
  readonly node: string;
  /** Of all its tasks. */
  readonly phases: PhaseTimes;
  readonly ahead: AheadCounts;
  /** Absent: it was never connected to. */
  readonly connection?: ConnectionProfile;
}

/** Looks at coming tasks: every one `asked` ends in one of the four that follow. */
export interface AheadCounts {
  readonly asked: number;
  readonly used: number;
  readonly changedSince: number;
  readonly otherArguments: number;
  /** Nobody came for the answer, or it was asked anew before somebody came. */
  readonly unused: number;
  /** Looks that waited for their turn. */
  readonly notAsked: number;
}

export interface ConnectionProfile {
  readonly connectMs: number;
  /** The longest row of requests that each waited for the one before, without the opening of connection and channels. */
  readonly roundTrips: number;
  /** Requests to the node's shells, and uploads. */
  readonly requests: number;
  /** Shells started on the node. */
  readonly channels: number;
  /** Through shells and uploads, before SSH packs and encrypts them. */
  readonly bytesSent: number;
  readonly bytesReceived: number;
}
