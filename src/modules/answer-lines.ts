/** What a look has printed: lines that begin with a word which says what follows. */
export class Lines {
  readonly #lines: readonly (readonly [string, string])[];

  constructor(text: string) {
    this.#lines = text.split('\n').map((line) => {
      const blank = line.indexOf(' ');
      return blank === -1 ? [line, ''] : [line.slice(0, blank), line.slice(blank + 1)];
    });
  }

  /** What follows the word first; undefined: it is not there, or nothing follows. */
  one(word: string): string | undefined {
    return this.all(word)[0];
  }

  all(word: string): readonly string[] {
    return this.#lines.flatMap(([first, rest]) => (first === word && rest !== '' ? [rest] : []));
  }

  has(word: string): boolean {
    return this.#lines.some(([first]) => first === word);
  }
}
