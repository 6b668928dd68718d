/**
 * Cuts a pattern at each `,` and `:` that is not inside brackets: `web[0:1]` is one term, and so is a regular
 * expression with `,` or `:` inside its (), [] or {}. What `isName` knows, e.g. an IPv6 address, is not cut at `:`.
 */
export function splitPattern(pattern: string, isName: (text: string) => boolean): readonly string[] {
  return cut(pattern, ',').flatMap((piece) =>
    isName(piece.replace(/^[&!]\s*/, '')) ? [piece] : cut(piece, ':'),
  );
}

function cut(text: string, separator: ',' | ':'): readonly string[] {
  const terms: string[] = [];
  // A term ends at either separator, whichever is being cut at.
  let [start, term, depth] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const isRegex = /^\s*[&!]?\s*~/.test(text.slice(term, term + 20));
    const character = text.charAt(i);
    if (isRegex && character === '\\') i += 1;
    else if (character === '[' || (isRegex && /[({]/.test(character))) depth += 1;
    else if (character === ']' || (isRegex && /[)}]/.test(character))) depth = Math.max(0, depth - 1);
    else if (depth === 0 && /[,:\n]/.test(character)) {
      term = i + 1;
      if (character !== separator && !(separator === ',' && character === '\n')) continue;
      terms.push(text.slice(start, i));
      start = term;
    }
  }
  return [...terms, text.slice(start)].map((term) => term.trim()).filter((term) => term !== '');
}
