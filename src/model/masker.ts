import { SecretFinder } from './secret-finder.ts';
import { formsOf, SHORTEST_ANYWHERE } from './secret-forms.ts';

/** A number with fewer digits is more likely something else that happens to be equal. */
const FEWEST_DIGITS = 5;

/**
 * Blots secrets out of texts by value: the secret itself and its base64, URL-encoded, JSON-quoted and
 * shell-quoted forms. The last line of defence before every sink; secrets should not get this far.
 */
export class Masker {
  readonly #secrets = new Set<string>();
  readonly #forms = new Set<string>();
  #search: Search | undefined;
  /** Whether a secret is a number, too. */
  #anyNumber = false;

  /** Secrets shorter than four characters are masked only where they stand as a word of their own. */
  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const form of formsOf(secret)) this.#forms.add(form);
    this.#anyNumber ||= secret.length >= FEWEST_DIGITS && Number.isFinite(Number(secret));
    this.#search = undefined;
  }

  /** The text with every secret as `***`. */
  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#search ??= searchFor(this.#forms);
    const { finder, words } = this.#search;
    let found = finder.next(text, 0);
    let masked = text;
    if (found !== undefined) {
      let shown = 0;
      masked = '';
      for (; found !== undefined; found = finder.next(text, shown)) {
        masked += `${text.slice(shown, found.start)}***`;
        shown = found.end;
      }
      masked += text.slice(shown);
    }
    return words === undefined ? masked : masked.replace(words, '***');
  }

  /**
   * How much of the beginning of a stream may be masked and shown while more is to come: behind that a secret
   * may have begun, which nobody would recognise by its halves.
   */
  settled(text: string): number {
    if (this.#forms.size === 0) return text.length;
    this.#search ??= searchFor(this.#forms);
    const { finder } = this.#search;
    const settled = finder.beginOfPart(text);
    if (settled === text.length) return settled;
    for (let found = finder.next(text, 0); found !== undefined; found = finder.next(text, found.end)) {
      if (found.start < settled && found.end > settled) return found.start;
    }
    return settled;
  }

  /** How much of the beginning of a text, before which something was cut away, may be the end of a secret. */
  restOfCut(text: string): number {
    if (this.#forms.size === 0) return 0;
    this.#search ??= searchFor(this.#forms);
    return this.#search.finder.endOfPart(text);
  }

  /**
   * Plain data with every text masked; class instances are turned to their JSON first. What holds no secret is not
   * copied but shared with what was given: neither may be changed any more.
   */
  maskDeep<T>(value: T): T {
    return this.#deep(value, 0) as T;
  }

  #deep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (typeof value === 'number') return this.#anyNumber ? this.#number(value, depth) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return this.#list(value, depth);
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.#deep((value.toJSON as () => unknown)(), depth);
    }
    return this.#map(value as Readonly<Record<string, unknown>>, depth);
  }

  #list(list: readonly unknown[], depth: number): readonly unknown[] {
    let masked: unknown[] | undefined;
    for (let i = 0; i < list.length; i++) {
      const item = this.#deep(list[i], depth + 1);
      if (masked === undefined && item !== list[i]) masked = list.slice();
      if (masked !== undefined) masked[i] = item;
    }
    return masked ?? list;
  }

  #map(map: Readonly<Record<string, unknown>>, depth: number): unknown {
    let masked: [string, unknown][] | undefined;
    // Plain data inherits nothing that would be listed, and a list of keys for each part of each event costs.
    for (const key in map) {
      const shownKey = this.mask(key);
      const value = this.#deep(map[key], depth + 1);
      if (masked === undefined && (value !== map[key] || shownKey !== key)) masked = entriesBefore(key, map);
      masked?.push([shownKey, value]);
    }
    return masked === undefined ? map : Object.fromEntries(masked);
  }

  /** A password of digits that YAML took for a number. An event's own fields (depth 1) are times and counts. */
  #number(value: number, depth: number): unknown {
    const text = String(value);
    return depth !== 1 && text.length >= FEWEST_DIGITS && this.#secrets.has(text) ? '***' : value;
  }
}

function entriesBefore(key: string, map: Readonly<Record<string, unknown>>): [string, unknown][] {
  const entries = Object.entries(map);
  return entries.slice(
    0,
    entries.findIndex(([name]) => name === key),
  );
}

interface Search {
  readonly finder: SecretFinder;
  /** The very short ones; undefined: there are none. */
  readonly words: RegExp | undefined;
}

function searchFor(forms: Iterable<string>): Search {
  const all = [...forms];
  const short = all.filter((form) => form.length < SHORTEST_ANYWHERE).sort((a, b) => b.length - a.length);
  const quoted = short.map((form) => form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return {
    finder: new SecretFinder(all.filter((form) => form.length >= SHORTEST_ANYWHERE)),
    words:
      quoted.length === 0
        ? undefined
        : new RegExp(`(?<![\\p{L}\\p{N}_])(?:${quoted.join('|')})(?![\\p{L}\\p{N}_])`, 'gu'),
  };
}
