const HASHED = 4;

/** Where a text was found: from `start` to before `end`. */
export interface Found {
  readonly start: number;
  readonly end: number;
}

/** In buckets: many secrets begin alike. */
interface SameLength {
  readonly length: number;
  readonly texts: Set<string>;
}

/**
 * Finds any of many texts, each of at least four characters, in one pass: a regular expression of a thousand
 * alternatives takes seconds for what a program may print.
 */
export class SecretFinder {
  /** Texts by a hash of their first four characters and by their length, the longest first. */
  readonly #byHash = new Map<number, SameLength[]>();
  readonly #byFirst = new Map<string, readonly string[]>();
  readonly #isBegin = new Uint8Array(0x10000);
  readonly #longest: number;

  constructor(texts: Iterable<string>) {
    const sorted = [...texts].sort((a, b) => b.length - a.length);
    this.#longest = sorted[0]?.length ?? 0;
    for (const text of sorted) {
      let hash = 0;
      for (let i = 0; i < HASHED; i++) hash = rolled(hash, text.charCodeAt(i));
      this.#keep(hash, text);
      this.#byFirst.set(text.charAt(0), [...(this.#byFirst.get(text.charAt(0)) ?? []), text]);
      this.#isBegin[hash] = 1;
    }
  }

  #keep(hash: number, text: string): void {
    const bucket = this.#byHash.get(hash) ?? [];
    this.#byHash.set(hash, bucket);
    const last = bucket.at(-1);
    if (last?.length === text.length) last.texts.add(text);
    else bucket.push({ length: text.length, texts: new Set([text]) });
  }

  /** The first place from an index on; among those that begin there the longest. */
  next(text: string, from: number): Found | undefined {
    let hash = 0;
    // So many characters must have been read before the hash stands for four of them.
    const ready = from + HASHED - 1;
    for (let i = from; i < text.length; i++) {
      hash = ((hash << 4) ^ text.charCodeAt(i)) & 0xffff;
      if (this.#isBegin[hash] !== 1 || i < ready) continue;
      const start = i - HASHED + 1;
      const found = this.#byHash
        .get(hash)
        ?.find((one) => one.texts.has(text.slice(start, start + one.length)));
      if (found !== undefined) return { start, end: start + found.length };
    }
    return undefined;
  }

  /** How many characters at the beginning of the text are the end of one that is sought, but not all of it. */
  endOfPart(text: string): number {
    const texts = [...this.#byFirst.values()].flat();
    for (let length = Math.min(this.#longest - 1, text.length); length > 0; length--) {
      const part = text.slice(0, length);
      if (texts.some((one) => one.length > length && one.endsWith(part))) return length;
    }
    return 0;
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
