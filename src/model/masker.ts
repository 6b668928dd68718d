const SHORTEST_ANYWHERE = 4;

/**
 * Blots secrets out of texts by value: the secret itself and its base64, URL-encoded, JSON-quoted and
 * shell-quoted forms. The last line of defence before every sink; secrets should not get this far.
 */
export class Masker {
  readonly #forms = new Set<string>();
  #pattern: RegExp | undefined;

  /** Secrets shorter than four characters are masked only where they stand as a word of their own. */
  add(secret: string): void {
    if (secret === '') return;
    const before = this.#forms.size;
    for (const form of formsOf(secret)) this.#forms.add(form);
    if (this.#forms.size !== before) this.#pattern = undefined;
  }

  /** The text with every secret as `***`. */
  mask(text: string): string {
    if (this.#forms.size === 0) return text;
    this.#pattern ??= patternOf(this.#forms);
    return text.replace(this.#pattern, '***');
  }

  /** A deep copy of plain data with every text masked; class instances are turned to their JSON first. */
  maskDeep<T>(value: T): T {
    return this.#deep(value) as T;
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.mask(value);
    if (Array.isArray(value)) return value.map((item) => this.#deep(item));
    if (typeof value !== 'object' || value === null) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') {
      return this.#deep((value.toJSON as () => unknown)());
    }
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [this.mask(k), this.#deep(v)]));
  }
}

function formsOf(secret: string): string[] {
  const forms = [secret];
  if (secret.length < SHORTEST_ANYWHERE) return forms;
  forms.push(secret.replaceAll("'", `'\\''`), JSON.stringify(secret).slice(1, -1));
  forms.push(encodeURIComponent(secret), Buffer.from(secret).toString('base64').replace(/=+$/, ''));
  return forms;
}

function patternOf(forms: Iterable<string>): RegExp {
  const sorted = [...forms].sort((a, b) => b.length - a.length);
  const parts = sorted.map((form) => {
    const quoted = form.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    return form.length < SHORTEST_ANYWHERE ? `(?<![\\p{L}\\p{N}_])${quoted}(?![\\p{L}\\p{N}_])` : quoted;
  });
  return new RegExp(parts.join('|'), 'gu');
}
