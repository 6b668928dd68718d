/** A regular expression that takes time in proportion to the text, whatever the expression. */
export interface SafeRegex {
  /** True when it matches from the beginning of the text; the end only where the expression says `$`. */
  test(text: string): boolean;
}

/** Why an expression cannot be used. */
export class RegexError extends Error {}

type Step =
  | { readonly kind: 'character'; readonly test: (character: string) => boolean; readonly next: number }
  | { readonly kind: 'choice'; readonly next: number[] }
  | { readonly kind: 'place'; readonly test: Place; readonly next: number }
  | { readonly kind: 'end' };
type Place = (before: string | undefined, after: string | undefined) => boolean;
type Test = (character: string) => boolean;

/** Adds the steps that match something before those at `next`; gives the first of them. */
type Part = (next: number, steps: Step[]) => number;

const LONGEST = 1_000;
const MOST_STEPS = 10_000;
const isWord: Test = (character) => /\w/.test(character);
const CLASSES: Readonly<Record<string, Test>> = {
  d: (character) => /\d/.test(character),
  D: (character) => /\D/.test(character),
  w: isWord,
  W: (character) => !isWord(character),
  s: (character) => /\s/.test(character),
  S: (character) => /\S/.test(character),
};
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' };

/**
 * Compiles an expression. What cannot be matched in one pass (back references, looking around) is refused; all
 * ways through the expression are followed at the same time, so that no expression is slow.
 */
export function safeRegex(source: string): SafeRegex {
  if (source.length > LONGEST) throw new RegexError(`it is longer than ${LONGEST} characters`);
  const steps: Step[] = [{ kind: 'end' }];
  const start = new Parser(source).whole()(0, steps);
  return { test: (text) => run(steps, start, text) };
}

function run(steps: readonly Step[], start: number, text: string): boolean {
  const characters = [...text];
  let now = new Set<number>([start]);
  for (let i = 0; i <= characters.length && now.size > 0; i++) {
    const [before, after] = [characters[i - 1], characters[i]];
    const next = new Set<number>();
    // A set that grows while it is walked: each step is looked at once for each character.
    for (const index of now) {
      const step = steps[index];
      if (step === undefined) continue;
      if (step.kind === 'end') return true;
      if (step.kind === 'choice') step.next.forEach((one) => now.add(one));
      else if (step.kind === 'place') {
        if (step.test(before, after)) now.add(step.next);
      } else if (after !== undefined && step.test(after)) next.add(step.next);
    }
    now = next;
  }
  return false;
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= MOST_STEPS) throw new RegexError('its repetitions multiply to too much');
  return steps.push(step) - 1;
}

const nothing: Part = (next) => next;

function character(test: Test): Part {
  return (next, steps) => push(steps, { kind: 'character', test, next });
}

function place(test: Place): Part {
  return (next, steps) => push(steps, { kind: 'place', test, next });
}

function sequence(parts: readonly Part[]): Part {
  return (next, steps) => parts.reduceRight((after, part) => part(after, steps), next);
}

function either(parts: readonly Part[]): Part {
  if (parts.length === 1) return parts[0] ?? nothing;
  return (next, steps) => push(steps, { kind: 'choice', next: parts.map((part) => part(next, steps)) });
}

function repeated(part: Part, least: number, most: number): Part {
  const times = (count: number): Part => sequence(Array.from({ length: count }, () => part));
  const loop: Part = (next, steps) => {
    const choice: number[] = [next];
    const index = push(steps, { kind: 'choice', next: choice });
    choice.push(part(index, steps));
    return index;
  };
  if (most === Infinity) return sequence([times(least), loop]);
  const optional: Part = (next, steps) => {
    let first = next;
    for (let i = least; i < most; i++) {
      first = push(steps, { kind: 'choice', next: [part(first, steps), next] });
    }
    return first;
  };
  return sequence([times(least), optional]);
}

/** Reads an expression as Python and JavaScript write it, as far as both mean the same. */
class Parser {
  readonly #source: string;
  #position = 0;
  #ignoreCase = false;

  constructor(source: string) {
    this.#source = source;
  }

  whole(): Part {
    if (this.#take('(?i)')) this.#ignoreCase = true;
    const part = this.#choices();
    if (this.#position < this.#source.length) throw new RegexError('there is a ")" too many');
    return part;
  }

  #choices(): Part {
    const parts = [this.#sequence()];
    while (this.#take('|')) parts.push(this.#sequence());
    return either(parts);
  }

  #sequence(): Part {
    const parts: Part[] = [];
    while (this.#position < this.#source.length && !/[|)]/.test(this.#peek())) parts.push(this.#repetition());
    return sequence(parts);
  }

  #repetition(): Part {
    const part = this.#single();
    const [found, least, comma, most] = this.#match(/[*+?]|\{(\d{1,4})(,?)(\d{0,4})\}/y) ?? [];
    if (found === undefined) return part;
    // Greedy or not, what matches at all is the same.
    this.#take('?');
    if (/^[*+?{]/.test(this.#peek()) && this.#match(/[*+?]|\{\d+,?\d*\}/y) !== undefined) {
      throw new RegexError('a repetition is repeated: put it into ( )');
    }
    if (found === '*') return repeated(part, 0, Infinity);
    if (found === '+') return repeated(part, 1, Infinity);
    if (found === '?') return repeated(part, 0, 1);
    const low = Number(least);
    const high = comma === '' ? low : most === '' ? Infinity : Number(most);
    if (high < low) throw new RegexError(`{${low},${high}} runs backwards`);
    return repeated(part, low, high);
  }

  #single(): Part {
    const next = this.#source.charAt(this.#position++);
    if (next === '(') return this.#group();
    if (next === '[') return character(this.#class());
    if (next === '.') return character((one) => one !== '\n');
    if (next === '^') return place((before) => before === undefined);
    if (next === '$') return place((_, after) => after === undefined);
    if (next === '\\') return this.#escape();
    if (/[*+?]/.test(next)) throw new RegexError(`there is nothing in front of "${next}" to repeat`);
    return character(this.#same(next));
  }

  #group(): Part {
    if (this.#take('?:') || this.#match(/\?P?<[A-Za-z_]\w*>/y) !== undefined || this.#peek() !== '?') {
      const part = this.#choices();
      if (!this.#take(')')) throw new RegexError('a "(" is not closed');
      return part;
    }
    throw new RegexError('looking ahead or behind and settings inside, "(?…", are not possible');
  }

  #escape(): Part {
    const next = this.#source.charAt(this.#position++);
    if (next === '') throw new RegexError('it ends in a backslash');
    if (/[1-9]|k/.test(next)) throw new RegexError('references back, such as \\1, are not possible');
    const known = CLASSES[next];
    if (known !== undefined) return character(known);
    const isBorder: Place = (before, after) => isWord(before ?? ' ') !== isWord(after ?? ' ');
    if (next === 'b') return place(isBorder);
    if (next === 'B') return place((before, after) => !isBorder(before, after));
    if (next === 'A') return place((before) => before === undefined);
    if (next === 'Z' || next === 'z') return place((_, after) => after === undefined);
    return character(this.#same(escaped(next)));
  }

  #class(): Test {
    const negated = this.#take('^');
    const tests: Test[] = [];
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      if (this.#position >= this.#source.length) throw new RegexError('a "[" is not closed');
      tests.push(this.#classMember());
    }
    this.#position += 1;
    return (one) => tests.some((test) => test(one)) !== negated;
  }

  #classMember(): Test {
    const low = this.#classCharacter();
    if (typeof low !== 'string') return low;
    if (this.#peek() !== '-' || /^\]?$/.test(this.#source.charAt(this.#position + 1))) return this.#same(low);
    this.#position += 1;
    const high = this.#classCharacter();
    if (typeof high !== 'string' || high < low) throw new RegexError(`the range after "${low}-" is none`);
    const inside: Test = (one) => one >= low && one <= high;
    return this.#ignoreCase ? (one) => inside(one.toLowerCase()) || inside(one.toUpperCase()) : inside;
  }

  #classCharacter(): string | Test {
    const next = String.fromCodePoint(this.#source.codePointAt(this.#position) ?? 0);
    this.#position += next.length;
    if (next !== '\\') return next;
    const code = this.#source.charAt(this.#position++);
    if (code === '') throw new RegexError('a "[" is not closed');
    return CLASSES[code] ?? escaped(code);
  }

  #same(wanted: string): Test {
    if (!this.#ignoreCase) return (one) => one === wanted;
    const lower = wanted.toLowerCase();
    return (one) => one.toLowerCase() === lower;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#source) ?? undefined;
    if (found !== undefined) this.#position += found[0].length;
    return found;
  }

  #peek(): string {
    return this.#source.charAt(this.#position);
  }

  #take(text: string): boolean {
    if (!this.#source.startsWith(text, this.#position)) return false;
    this.#position += text.length;
    return true;
  }
}

/** What a letter behind a backslash stands for; letters without a meaning are refused, as in Python. */
function escaped(letter: string): string {
  const control = CONTROLS[letter];
  if (control !== undefined) return control;
  if (/[A-Za-z0]/.test(letter)) throw new RegexError(`"\\${letter}" is not known`);
  return letter;
}
