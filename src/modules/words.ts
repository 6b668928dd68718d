import { ModuleError } from './define.ts';

/**
 * Splits a command line into words as Ansible's command does: blanks part words, quotes keep them together,
 * a backslash takes the next character as it is. Nothing is expanded.
 */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)|(['"\\])/gy;
  let word: string | undefined;
  for (let match = token.exec(line); match !== null; match = token.exec(line)) {
    const [, single, double, escaped, plain, stray] = match;
    if (stray !== undefined) throw new ModuleError(unclosed(line, stray));
    const part = single ?? double?.replace(/\\(["\\])/g, '$1') ?? escaped ?? plain;
    if (part !== undefined) word = (word ?? '') + part;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return word === undefined ? words : [...words, word];
}

function unclosed(line: string, stray: string): { message: string; hint: string } {
  return stray === '\\'
    ? { message: `the command line ends with a backslash: ${line}`, hint: 'Write \\\\ for a backslash.' }
    : { message: `a quote ${stray} is not closed in: ${line}`, hint: 'Close it, or give the words as argv.' };
}
