/** One word of a line and where it stood; `raw` when neither quotes nor backslashes were taken off. */
export interface IniWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly raw: boolean;
}

const PART = /[^\s'"\\#]+|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])/y;

/**
 * Words of a host's line as Python's shlex has them: blanks between words, quotes and backslashes inside,
 * `#` begins a comment wherever it is not quoted. A number is the offset of a quote that is not closed.
 */
export function iniWords(line: string): readonly IniWord[] | number {
  const words: IniWord[] = [];
  let position = 0;
  for (;;) {
    while (/\s/.test(line.charAt(position))) position += 1;
    if (position >= line.length || line.charAt(position) === '#') return words;
    const start = position;
    const parts: string[] = [];
    while (position < line.length && !/[\s#]/.test(line.charAt(position))) {
      PART.lastIndex = position;
      const found = PART.exec(line);
      if (found === null) return position;
      parts.push(found[1] ?? found[2]?.replace(/\\(["\\])/g, '$1') ?? found[3] ?? found[0]);
      position += found[0].length;
    }
    const text = parts.join('');
    words.push({ text, start, end: position, raw: text === line.slice(start, position) });
  }
}
