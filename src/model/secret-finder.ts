const HASHED = 4;

/** Where a text was found: from `start` to before `end`. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/**
 * Finds any of many texts, each of at least four characters, in one pass: a regular expression of a thousand
 * alternatives takes seconds for what a program may print.
 */
export class SecretFinder {
  /** Texts by a hash of their first four characters, the longest first. */
  readonly #byHash = new Map<number, readonly string[]>();
  readonly #byFirst = new Map<string, readonly string[]>();
  readonly #isBegin = new Uint8Array(0x10000);
  readonly #longest: number;

  constructor(texts: Iterable<string>) {
    const sorted = [...texts].sort((a, b) => b.length - a.length);
    this.#longest = sorted[0]?.length ?? 0;
    for (const text of sorted) {
      let hash = 0;
      for (let i = 0; i < HASHED; i++) hash = rolled(hash, text.charCodeAt(i));
      this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), text]);
      this.#byFirst.set(text.charAt(0), [...(this.#byFirst.get(text.charAt(0)) ?? []), text]);
      this.#isBegin[hash] = 1;
    }
  }

  /** All places, from left to right, none within another. */
  *find(text: string): Generator<Found> {
    let hash = 0;
    // So many characters must have been read before the hash stands for four of them.
    let ready = HASHED - 1;
    for (let i = 0; i < text.length; i++) {
      hash = rolled(hash, text.charCodeAt(i));
      if (i < ready || this.#isBegin[hash] !== 1) continue;
      const start = i - HASHED + 1;
      const found = this.#byHash.get(hash)?.find((one) => text.startsWith(one, start));
      if (found === undefined) continue;
      yield { start, end: start + found.length };
      i = start + found.length - 1;
      ready = i + HASHED;
    }
  }

  /** Index where the end of the text is the beginning of one that is sought; its length when it is not. */
  beginOfPart(text: string): number {
    for (let at = Math.max(0, text.length - this.#longest + 1); at < text.length; at++) {
      const candidates = this.#byFirst.get(text.charAt(at));
      if (candidates === undefined) continue;
      const rest = text.slice(at);
      if (candidates.some((one) => one.length > rest.length && one.startsWith(rest))) return at;
    }
    return text.length;
  }
}

/** Sixteen bits, of which each character is gone after four more. */
function rolled(hash: number, code: number): number {
  return ((hash << 4) ^ code) & 0xffff;
}
