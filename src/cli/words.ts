/** One word of a command line and where it stood, quotes included. */
export interface Word {
  readonly text: string;
  readonly start: number;
  readonly length: number;
}

// A run of unquoted text, a quoted part, or an escaped character; a quote that never ends matches nothing.
const PART = /(?:[^\s'"\\]+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^]))/y;

/** Splits as a shell does: spaces between words, quotes and backslashes inside. A text tells what is wrong. */
export function splitWords(text: string): readonly Word[] | string {
  const words: Word[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(text.charAt(position))) position++;
    if (position >= text.length) return words;
    const start = position;
    let word = '';
    while (position < text.length && !/\s/.test(text.charAt(position))) {
      PART.lastIndex = position;
      const match = PART.exec(text);
      if (match === null)
        return `A quote is not closed, or a backslash stands alone, at character ${position + 1}.`;
      word += match[1] ?? match[2]?.replace(/\\(["\\$`])/g, '$1') ?? match[3] ?? match[0];
      position += match[0].length;
    }
    words.push({ text: word, start, length: position - start });
  }
}
