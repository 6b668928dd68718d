import type { Located, Program, Statement } from './syntax.ts';

/** One line of plain text and `{{name}}` or `{{name.member}}`: no helpers, blocks, escapes or signs. */
const SIMPLE = /^(?:[^{}\\\n\r]|\{\{ *[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)* *\}\})+$/;
const MUSTACHE = /\{\{( *)([\w.]+) *\}\}/g;
/** Handlebars takes them for something else than a name. */
const WORDS = new Set(['this', 'else', 'true', 'false', 'null', 'undefined', 'as']);

/** The syntax tree of a simple template, as Handlebars' own parser makes it in ten times the time; undefined: it is none. */
export function parseSimple(text: string): Program | undefined {
  if (!SIMPLE.test(text)) return undefined;
  const body: Statement[] = [];
  let end = 0;
  for (const match of text.matchAll(MUSTACHE)) {
    const [whole, blanks = '', name = ''] = match;
    const parts = name.split('.');
    if (parts.some((part) => WORDS.has(part))) return undefined;
    if (match.index > end) body.push(content(text, end, match.index));
    end = match.index + whole.length;
    const nameAt = match.index + 2 + blanks.length;
    const loc = locOf(nameAt, nameAt + name.length);
    const path = { type: 'PathExpression', data: false, depth: 0, parts, original: name, loc } as const;
    body.push({ type: 'MustacheStatement', path, params: [], loc: locOf(match.index, end) });
  }
  if (end < text.length) body.push(content(text, end, text.length));
  return { body };
}

function content(text: string, start: number, end: number): Statement {
  return { type: 'ContentStatement', value: text.slice(start, end), loc: locOf(start, end) };
}

function locOf(start: number, end: number): Located['loc'] {
  return { start: { line: 1, column: start }, end: { line: 1, column: end } };
}
