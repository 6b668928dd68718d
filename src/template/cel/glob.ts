/**
 * Whether the whole text fits the pattern: `*` any characters, `?` one, all else itself (`\*` a star).
 * Takes time in proportion to text × pattern at worst; no pattern can make it hang.
 */
export function glob(text: string, pattern: string): boolean {
  const chars = [...text];
  const tokens = tokensOf(pattern);
  let at = 0;
  let token = 0;
  let starAt = -1;
  let resume = 0;
  while (at < chars.length) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      starAt = token++;
      resume = at;
    } else if (wanted !== undefined && (wanted === ANY || wanted === chars[at])) {
      token++;
      at++;
    } else if (starAt >= 0) {
      token = starAt + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[token] === STAR) token++;
  return token === tokens.length;
}

const STAR = Symbol('*');
const ANY = Symbol('?');

function tokensOf(pattern: string): readonly (string | symbol)[] {
  const tokens: (string | symbol)[] = [];
  let escaped = false;
  for (const char of pattern) {
    if (!escaped && char === '\\') {
      escaped = true;
      continue;
    }
    tokens.push(escaped ? char : char === '*' ? STAR : char === '?' ? ANY : char);
    escaped = false;
  }
  return tokens;
}
