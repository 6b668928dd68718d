import { problem } from '../diagnostics/diagnostic.ts';
import type { Checked } from '../diagnostics/diagnostic.ts';
import type { SourceEntry, SourceNode } from '../model/source.ts';
import { placesOf } from './places.ts';
import type { Places } from './places.ts';

const MAX_DEPTH = 100;
const PLAIN = /[-+.\w]+|[[\]{},:]/y;

/** A JSON text with the place of every value; `file` is the name it is shown by. Many times faster than as YAML. */
export function parseJson(text: string, file: string): Checked<SourceNode | undefined> {
  const places = placesOf(text, file);
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    return noJson(places, deep, `It is nested more than ${MAX_DEPTH} levels deep.`);
  }
  const reader = new JsonReader(text, places);
  try {
    return { value: reader.whole(), problems: [] };
  } catch (error) {
    if (!(error instanceof NoJson)) throw error;
    const over = error.offset >= text.trimEnd().length;
    return noJson(
      places,
      error.offset,
      over ? 'The JSON text ends before it is whole.' : 'Here it is no JSON.',
    );
  }
}

function noJson(places: Places, offset: number, detail: string): Checked<undefined> {
  const at = places.range(offset, offset + 1);
  return { value: undefined, problems: [problem('yaml-syntax', at, 'not JSON', detail)] };
}

/** Thrown inside where the text is no JSON; never leaves this file. */
class NoJson extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('not JSON');
    this.offset = offset;
  }
}

/** Brackets in texts do not count. */
function tooDeepAt(text: string): number | undefined {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') i = endOfText(text, i) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth > MAX_DEPTH) return i;
  }
  return undefined;
}

/** The offset behind the quote that closes the text beginning at `start`; by hand: a pattern overflows on long ones. */
function endOfText(text: string, start: number): number {
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i += 1;
    else if (code === 0x22) return i + 1;
  }
  return text.length;
}

/** One pass over a text that is not nested too deeply. */
class JsonReader {
  readonly #text: string;
  readonly #places: Places;
  #position = 0;
  #start = 0;

  constructor(text: string, places: Places) {
    this.#text = text;
    this.#places = places;
  }

  whole(): SourceNode {
    const value = this.#value();
    if (this.#next() !== '') throw new NoJson(this.#start);
    return value;
  }

  #value(): SourceNode {
    const token = this.#next();
    const start = this.#start;
    if (token === '{') return this.#map(start);
    if (token === '[') return this.#list(start);
    const at = this.#places.range(start, this.#position);
    if (!token.startsWith('"')) return { kind: 'scalar', value: this.#plain(token), quoted: false, at };
    const textAt = { line: at.line, column: at.column + 1 };
    return { kind: 'scalar', value: this.#textOf(token), quoted: true, at, textAt };
  }

  #list(start: number): SourceNode {
    const items: SourceNode[] = [];
    if (!this.#takes(']')) {
      do items.push(this.#value());
      while (this.#goesOn(']'));
    }
    return { kind: 'list', items, at: this.#places.range(start, this.#position) };
  }

  #map(start: number): SourceNode {
    const entries = new Map<string, SourceEntry>();
    if (!this.#takes('}')) {
      do {
        const key = this.#textOf(this.#next());
        const keyAt = this.#places.range(this.#start, this.#position);
        if (this.#next() !== ':') throw new NoJson(this.#start);
        entries.set(key, { key, keyAt, value: this.#value() });
      } while (this.#goesOn('}'));
    }
    return { kind: 'map', entries: [...entries.values()], at: this.#places.range(start, this.#position) };
  }

  /** True at a comma, false at the closing bracket. */
  #goesOn(close: string): boolean {
    const token = this.#next();
    if (token !== ',' && token !== close) throw new NoJson(this.#start);
    return token === ',';
  }

  #textOf(token: string): string {
    if (!token.startsWith('"')) throw new NoJson(this.#start);
    try {
      return JSON.parse(token) as string;
    } catch {
      throw new NoJson(token.endsWith('"') && token.length > 1 ? this.#start : this.#text.length);
    }
  }

  #plain(token: string): boolean | null | number | string {
    if (token === 'true' || token === 'false') return token === 'true';
    if (token === 'null') return null;
    if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?$/.test(token)) throw new NoJson(this.#start);
    // Whole numbers that cannot be kept exactly stay text.
    const value = Number(token);
    return Number.isFinite(value) && (Number.isSafeInteger(value) || !/^-?\d+$/.test(token)) ? value : token;
  }

  /** The next token; empty at the end. */
  #next(): string {
    while (/[ \t\n\r]/.test(this.#text.charAt(this.#position))) this.#position += 1;
    this.#start = this.#position;
    if (this.#start >= this.#text.length) return '';
    if (this.#text.charAt(this.#start) === '"') this.#position = endOfText(this.#text, this.#start);
    else {
      PLAIN.lastIndex = this.#start;
      this.#position += PLAIN.exec(this.#text)?.[0].length ?? 0;
    }
    if (this.#position === this.#start) throw new NoJson(this.#start);
    return this.#text.slice(this.#start, this.#position);
  }

  #takes(character: string): boolean {
    const before = this.#position;
    if (this.#next() === character) return true;
    this.#position = before;
    return false;
  }
}
