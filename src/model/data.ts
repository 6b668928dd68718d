/** What variables, arguments and results are made of: JSON, and in check mode what cannot be known yet. */
export type Data = null | boolean | number | string | readonly Data[] | DataMap | Unknown;
export interface DataMap {
  readonly [key: string]: Data;
}

/** True for a plain map, not for a list, null or an {@link Unknown}. */
export function isDataMap(value: Data | undefined): value is DataMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Data as words: text as it is, anything else as JSON. */
export function wordsOf(value: Data): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

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
