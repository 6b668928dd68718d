/** What a condition in Ansible's language would be in CEL. */
export interface Translation {
  /** Offset of the first word that is Ansible's. */
  readonly at: number;
  readonly word: string;
  /** The whole condition in CEL, where that is certain. */
  readonly cel: string | undefined;
}

interface Token {
  readonly text: string;
  readonly at: number;
}

const TOKEN =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[(?:\d+|'[^']*'|"[^"]*")\])*|\d+(?:\.\d+)?|&&|\|\||[=!<>]=|\S/gy;
const SPACE = /\s+/gy;
const PATH = /^[A-Za-z_][\w.[\]'"-]*$/;
const FILTERS: Readonly<Record<string, (value: string) => string>> = {
  length: (value) => `size(${value})`,
  count: (value) => `size(${value})`,
  lower: (value) => `lower(${value})`,
  upper: (value) => `upper(${value})`,
  trim: (value) => `trim(${value})`,
  int: (value) => `int(${value})`,
  float: (value) => `double(${value})`,
  string: (value) => `string(${value})`,
  bool: (value) => value,
};
const TESTS: Readonly<
  Record<string, readonly [yes: (path: string) => string, no: (path: string) => string]>
> = {
  defined: [(path) => `has(vars.${path})`, (path) => `!has(vars.${path})`],
  undefined: [(path) => `!has(vars.${path})`, (path) => `has(vars.${path})`],
  none: [(path) => `${path} == null`, (path) => `${path} != null`],
  true: [(path) => path, (path) => `!${path}`],
  false: [(path) => `!${path}`, (path) => path],
  changed: [(path) => `${path}.changed`, (path) => `!${path}.changed`],
  failed: [(path) => `${path}.failed`, (path) => `!${path}.failed`],
  skipped: [(path) => `${path}.skipped`, (path) => `!${path}.skipped`],
  succeeded: [(path) => `!${path}.failed`, (path) => `${path}.failed`],
  success: [(path) => `!${path}.failed`, (path) => `${path}.failed`],
};
const WORDS: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  True: 'true',
  False: 'false',
  None: 'null',
};

/** Finds `and`, `or`, `not`, `is …`, `not in`, `True`, `None`, `|filter`; undefined when there is none. */
export function translateAnsible(text: string): Translation | undefined {
  const tokens = tokensOf(text);
  const out: string[] = [];
  let first: Token | undefined;
  let certain = true;
  for (let i = 0; i < tokens.length;) {
    const step = translateAt(tokens, i, out);
    if (step.foreign) first ??= step.foreign;
    if (step.uncertain) certain = false;
    i += step.used;
  }
  if (!first) return undefined;
  return { at: first.at, word: first.text, cel: certain ? joined(out) : undefined };
}

interface Step {
  readonly used: number;
  readonly foreign?: Token;
  readonly uncertain?: boolean;
}

function translateAt(tokens: readonly Token[], i: number, out: string[]): Step {
  const token = tokens[i] as Token;
  const [next, afterNext] = [tokens[i + 1]?.text, tokens[i + 2]?.text];
  if (token.text === 'is') return translateTest(tokens, i, out);
  if (token.text === '|') return translateFilter(token, next, afterNext, out);
  if (token.text === 'not') return translateNot(token, { next, afterNext, then: tokens[i + 3]?.text }, out);
  const word = Object.hasOwn(WORDS, token.text) ? WORDS[token.text] : undefined;
  out.push(word ?? token.text);
  return word === undefined ? { used: 1 } : { used: 1, foreign: token };
}

function translateTest(tokens: readonly Token[], i: number, out: string[]): Step {
  const foreign = tokens[i] as Token;
  const negated = tokens[i + 1]?.text === 'not';
  const name = tokens[i + (negated ? 2 : 1)]?.text.toLowerCase() ?? '';
  const test = Object.hasOwn(TESTS, name) ? TESTS[name] : undefined;
  const path = out.pop();
  const used = negated ? 3 : 2;
  if (!test || path === undefined || !PATH.test(path)) return { used, foreign, uncertain: true };
  out.push((negated ? test[1] : test[0])(path));
  return { used, foreign };
}

function translateFilter(foreign: Token, name = '', after = '', out: string[] = []): Step {
  const value = out.pop();
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  if (!filter || value === undefined || !PATH.test(value) || after === '(') {
    return { used: 2, foreign, uncertain: true };
  }
  out.push(filter(value));
  return { used: 2, foreign };
}

/** `not` binds looser than a comparison in Ansible, `!` tighter in CEL: only the plain cases are certain. */
function translateNot(
  foreign: Token,
  {
    next = '',
    afterNext,
    then,
  }: { next: string | undefined; afterNext: string | undefined; then: string | undefined },
  out: string[],
): Step {
  if (next === 'in') {
    const value = out.pop();
    if (value === undefined || afterNext === undefined || !PATH.test(afterNext) || then === '(') {
      return { used: 2, foreign, uncertain: true };
    }
    out.push(`!(${value} in ${afterNext})`);
    return { used: 3, foreign };
  }
  const alone = afterNext === undefined || ['and', 'or', ')', '&&', '||'].includes(afterNext);
  if (PATH.test(next) && alone) {
    out.push(`!${next}`);
    return { used: 2, foreign };
  }
  out.push('!');
  return { used: 1, foreign, ...(next === '(' ? {} : { uncertain: true }) };
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    SPACE.lastIndex = at;
    at += SPACE.exec(text)?.[0].length ?? 0;
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.[0];
    if (found === undefined) break;
    tokens.push({ text: found, at });
    at += found.length;
  }
  return tokens;
}

function joined(words: readonly string[]): string {
  return words
    .join(' ')
    .replaceAll(/([([]|!) /g, '$1')
    .replaceAll(/ ([)\],.]|\[)/g, '$1')
    .replaceAll(/(\w) \(/g, '$1(');
}
