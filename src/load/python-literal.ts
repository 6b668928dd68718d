import type { SourceEntry, SourceNode, SourceRange } from '../model/source.ts';

/** Levels of nesting; deeper text is no literal, as a stack of its own would have it in Python. */
const MAX_DEPTH = 50;

/** The place of a part of the text. */
export type PlaceAt = (start: number, end: number) => SourceRange;

/** Thrown inside when the text is no literal; never leaves this file. */
class NoLiteral extends Error {}

// Nearly all values are plain words and addresses: they are told apart without the cost of a failure.
const MAYBE = /^[ \t]*(?:[-+.\d'"[({]|(?:True|False|None)(?!\w)|[bBrRuU]{1,2}['"])/;

/**
 * A value as Python's `ast.literal_eval` reads it, which is what Ansible does with values of INI inventories:
 * numbers, quoted text, True, False, None, lists, tuples, sets and maps. undefined: it is no literal, so text.
 */
export function pythonLiteral(text: string, placeAt: PlaceAt): SourceNode | undefined {
  if (!MAYBE.test(text) || /^[ \t]*[\d.]*\d\.\d*\./.test(text)) return undefined;
  const reader = new Reader(text, placeAt);
  try {
    return reader.whole();
  } catch (error) {
    if (error instanceof NoLiteral) return undefined;
    throw error;
  }
}

const NUMBER =
  /(?:[-+][ \t]*)?(?:0[xX](?:_?[\da-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][-+]?\d(?:_?\d)*)?)(?![\w.])/y;
const STRING_START = /([bB]?[rR]?|[rR][bB]|[uU])('''|"""|'|")/y;
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '\\': '\\', "'": "'", '"': '"', a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
};

/** One pass over the text; every step consumes at least a character. */
class Reader {
  readonly #text: string;
  readonly #placeAt: PlaceAt;
  #position = 0;

  constructor(text: string, placeAt: PlaceAt) {
    this.#text = text;
    this.#placeAt = placeAt;
  }

  whole(): SourceNode {
    const value = this.#value(0);
    this.#blanks();
    const bare = this.#peek() === ',';
    // "1, 2" without brackets is a tuple in Python.
    const result = bare ? this.#bareTuple(value) : value;
    this.#blanks();
    if (this.#position < this.#text.length && this.#peek() !== '#') throw new NoLiteral();
    return result;
  }

  #bareTuple(first: SourceNode): SourceNode {
    const items = [first];
    while (this.#take(',')) {
      this.#blanks();
      if (this.#position >= this.#text.length || this.#peek() === '#') break;
      items.push(this.#value(1));
      this.#blanks();
    }
    return { kind: 'list', items, at: this.#placeAt(0, this.#text.length) };
  }

  #value(depth: number): SourceNode {
    if (depth > MAX_DEPTH) throw new NoLiteral();
    this.#blanks();
    const start = this.#position;
    const next = this.#peek();
    if (next === '[') return this.#list(']', start, depth);
    if (next === '(') return this.#tuple(start, depth);
    if (next === '{') return this.#braces(start, depth);
    return this.#string(start) ?? this.#number(start) ?? this.#word(start);
  }

  #list(end: string, start: number, depth: number): SourceNode {
    this.#position += 1;
    const items: SourceNode[] = [];
    while (!this.#takeBlank(end)) {
      items.push(this.#value(depth + 1));
      if (!this.#takeBlank(',')) {
        if (!this.#takeBlank(end)) throw new NoLiteral();
        break;
      }
    }
    return { kind: 'list', items, at: this.#placeAt(start, this.#position) };
  }

  /** "(1)" is 1 and "(1,)" is a tuple. */
  #tuple(start: number, depth: number): SourceNode {
    const list = this.#list(')', start, depth);
    const alone = list.kind === 'list' && list.items.length === 1;
    const comma = /,[ \t]*\)$/.test(this.#text.slice(Math.max(start, this.#position - 200), this.#position));
    return alone && !comma ? (list.items[0] ?? list) : list;
  }

  #braces(start: number, depth: number): SourceNode {
    this.#position += 1;
    if (this.#takeBlank('}')) return { kind: 'map', entries: [], at: this.#placeAt(start, this.#position) };
    const entries = new Map<string, SourceEntry>();
    const items: SourceNode[] = [];
    do {
      this.#blanks();
      if (this.#peek() === '}') break;
      const key = this.#value(depth + 1);
      if (this.#takeBlank(':')) entries.set(keyOf(key), this.#entry(key, depth));
      else items.push(key);
    } while (this.#takeBlank(','));
    if (!this.#takeBlank('}') || (entries.size > 0 && items.length > 0)) throw new NoLiteral();
    const at = this.#placeAt(start, this.#position);
    if (items.length > 0) return { kind: 'list', items, at };
    return { kind: 'map', entries: [...entries.values()], at };
  }

  #entry(key: SourceNode, depth: number): SourceEntry {
    return { key: keyOf(key), keyAt: key.at, value: this.#value(depth + 1) };
  }

  #number(start: number): SourceNode | undefined {
    const raw = this.#match(NUMBER)?.[0];
    if (raw === undefined) return undefined;
    const at = this.#placeAt(start, this.#position);
    const value = numberOf(raw);
    if (value === undefined) throw new NoLiteral();
    return { kind: 'scalar', value, quoted: false, at };
  }

  /** Texts side by side are one. */
  #string(start: number): SourceNode | undefined {
    let value: string | undefined;
    let bytes: boolean | undefined;
    let end = start;
    for (;;) {
      const [, prefix = '', quote = ''] = this.#match(STRING_START) ?? [];
      if (quote === '') break;
      // Bytes and text do not go together in Python.
      if ((bytes ??= /b/i.test(prefix)) !== /b/i.test(prefix)) throw new NoLiteral();
      value = (value ?? '') + this.#stringBody(quote, /r/i.test(prefix));
      end = this.#position;
      this.#blanks();
    }
    if (value === undefined) return undefined;
    return { kind: 'scalar', value, quoted: true, at: this.#placeAt(start, end) };
  }

  #stringBody(quote: string, raw: boolean): string {
    const parts: string[] = [];
    while (!this.#text.startsWith(quote, this.#position)) {
      const character = this.#text.charAt(this.#position);
      if (character === '') throw new NoLiteral();
      this.#position += 1;
      if (character !== '\\') parts.push(character);
      else if (raw) parts.push(`\\${this.#text.charAt(this.#position++)}`);
      else parts.push(this.#escape());
    }
    this.#position += quote.length;
    return parts.join('');
  }

  #escape(): string {
    const code = this.#match(/x([\da-fA-F]{2})|u([\da-fA-F]{4})|U000([\da-fA-F]{5})|U00(10[\da-fA-F]{4})/y);
    const hex = code?.[1] ?? code?.[2] ?? code?.[3] ?? code?.[4];
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    const octal = this.#match(/[0-7]{1,3}/y)?.[0];
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    const character = this.#text.charAt(this.#position);
    if (character === '' || /[xuUN]/.test(character)) throw new NoLiteral();
    this.#position += 1;
    return ESCAPES[character] ?? `\\${character}`;
  }

  #word(start: number): SourceNode {
    const word = this.#match(/(?:True|False|None)(?!\w)/y)?.[0];
    if (word === undefined) throw new NoLiteral();
    const value = word === 'None' ? null : word === 'True';
    return { kind: 'scalar', value, quoted: false, at: this.#placeAt(start, this.#position) };
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text) ?? undefined;
    if (found !== undefined) this.#position += found[0].length;
    return found;
  }

  #peek(): string {
    return this.#text.charAt(this.#position);
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#position += 1;
    return true;
  }

  #takeBlank(character: string): boolean {
    this.#blanks();
    return this.#take(character);
  }

  #blanks(): void {
    while (/[ \t\f]/.test(this.#peek())) this.#position += 1;
  }
}

function keyOf(node: SourceNode): string {
  if (node.kind !== 'scalar') throw new NoLiteral();
  return node.value === null ? 'None' : String(node.value);
}

/** A number; whole ones that cannot be kept exactly stay text; undefined: Python refuses it too (0755). */
function numberOf(raw: string): number | string | undefined {
  const digits = raw.replace(/[_ \t]/g, '');
  const body = digits.replace(/^[-+]/, '');
  if (/^0\d/.test(body) && /^\d+$/.test(body) && /[1-9]/.test(body)) return undefined;
  const magnitude = Number(body);
  const value = digits.startsWith('-') ? -magnitude : magnitude;
  if (!Number.isFinite(value)) return raw;
  const whole = !/[.eE]/.test(body) || /^0[xX]/.test(body);
  return whole && !Number.isSafeInteger(value) ? raw : value + 0;
}
