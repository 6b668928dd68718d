import type { DataMap } from './data.ts';

/**
 * A value that check mode cannot know: it comes from a task that would change something first.
 * `known` holds the members that are certain all the same (`changed`, `failed`, `skipped`).
 */
export class Unknown {
  readonly reason: string;
  readonly known: DataMap;

  constructor(reason: string, known: DataMap = {}) {
    this.reason = reason;
    this.known = known;
  }

  toJSON(): string {
    return `(unknown: ${this.reason})`;
  }
}

/** Thrown by rendering when the answer depends on an {@link Unknown}. */
export class UnknownValueError extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`not known in check mode: ${reason}`);
    this.name = 'UnknownValueError';
    this.reason = reason;
  }
}
