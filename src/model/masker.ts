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

  /** Secrets shorter than four characters are masked only where they stand as a word of their own. */
  add(secret: string): void {
    if (secret === '' || this.#secrets.has(secret)) return;
    this.#secrets.add(secret);
    for (const form of formsOf(secret)) this.#forms.add(form);
    this.#search = undefined;
  }

  /** The text with every secret as `***`. */
  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#search ??= searchFor(this.#forms);
    const { finder, words } = this.#search;
    let masked = '';
    let shown = 0;
    for (const { start, end } of finder.find(text)) {
      masked += `${text.slice(shown, start)}***`;
      shown = end;
    }
    const rest = shown === 0 ? text : masked + text.slice(shown);
    return words === undefined ? rest : rest.replace(words, '***');
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
    for (const { start, end } of finder.find(text)) if (start < settled && end > settled) return start;
    return settled;
  }

  /** A deep copy of plain data with every text masked; class instances are turned to their JSON first. */
  maskDeep<T>(value: T): T {
    return this.#deep(value, 0) as T;
  }

  #deep(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (typeof value === 'number') return this.#number(value, depth);
    if (Array.isArray(value)) return value.map((item) => this.#deep(item, depth + 1));
    if (typeof value !== 'object' || value === null) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.#deep((value.toJSON as () => unknown)(), depth);
    }
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [this.mask(k), this.#deep(v, depth + 1)]),
    );
  }

  /** A password of digits that YAML took for a number. An event's own fields (depth 1) are times and counts. */
  #number(value: number, depth: number): unknown {
    const text = String(value);
    return depth !== 1 && text.length >= FEWEST_DIGITS && this.#secrets.has(text) ? '***' : value;
  }
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
