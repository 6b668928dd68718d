import type { ErrorCode, YAMLError } from 'yaml';
import { problem } from '../diagnostics/diagnostic.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Places } from './places.ts';

/** After one of these the rest of the text cannot be trusted to mean what was meant. */
const LOCAL: readonly ErrorCode[] = ['BAD_SCALAR_START', 'BAD_DQ_ESCAPE', 'TAG_RESOLVE_FAILED', 'BAD_ALIAS'];
const UNQUOTED_TEMPLATE = /(?:^|[:,[-]\s)\s*\{\{/;

/** How the classic mistake of an unquoted template is mended. */
export const QUOTE_TEMPLATE =
  'A value that begins with {{ must be quoted, or YAML takes it for a map: key: "{{ name }}"';

/** True when nothing behind such an error can be read. */
export function isStructural(code: ErrorCode): boolean {
  return !LOCAL.includes(code);
}

/** The library's complaint in words for people. */
export function explain(error: Pick<YAMLError, 'code' | 'message' | 'pos'>, places: Places): Diagnostic {
  const at = places.range(error.pos[0], error.pos[1]);
  return problem('yaml-syntax', at, 'not valid YAML', detailOf(error, places, at.line));
}

function detailOf(error: Pick<YAMLError, 'code' | 'message'>, places: Places, line: number): string {
  const text = places.line(line);
  if (/^ *\t/.test(text)) return 'The line is indented with a tab; YAML allows spaces only.';
  if (error.code === 'MULTIPLE_DOCS')
    return 'A second document begins here ("---"); put each into a file of its own.';
  if (UNQUOTED_TEMPLATE.test(text) || (line > 1 && UNQUOTED_TEMPLATE.test(places.line(line - 1)))) {
    return QUOTE_TEMPLATE;
  }
  return DETAILS[error.code]?.(error.message) ?? `${error.message}.`;
}

const DETAILS: Partial<Record<ErrorCode, (message: string) => string>> = {
  BLOCK_AS_IMPLICIT_KEY: () =>
    'There is a second ": " in this value. Put the value in quotes, or begin the inner key on a line of its own.',
  BAD_INDENT: (message) =>
    /flow/i.test(message)
      ? 'The bracket that is opened here is not closed.'
      : 'The indentation does not fit: keys of one map and items of one list begin in the same column.',
  TAB_AS_INDENT: () => 'The line is indented with a tab; YAML allows spaces only.',
  MISSING_CHAR: (message) =>
    /quote/.test(message)
      ? 'The quote that is opened here is not closed.'
      : message.startsWith('Sequence item')
        ? 'The indentation does not fit, or "- " or ": " is missing: keys of one map and items of one list begin in the same column.'
        : `${message.replace(/ at .*/, '')}; ": " or a bracket is missing.`,
  BAD_SCALAR_START: (message) => `Plain text cannot begin with ${message.slice(-1)}; put it in quotes.`,
  BAD_DQ_ESCAPE: (message) =>
    `${message.replace('Invalid escape sequence ', '')} means nothing in double quotes; write a second backslash before it, or use single quotes.`,
  MULTILINE_IMPLICIT_KEY: () =>
    'This is neither "key: value" nor a list item; is the space after ":" missing?',
  UNEXPECTED_TOKEN: (message) =>
    `${message}; the text before it was complete already. Is a quote, or the indentation, in the wrong place?`,
};

/** The problem of a tag that is none of YAML's own, at `offset`; none of `!vault`, which is read elsewhere. */
export function tagProblem(text: string, offset: number, places: Places): Diagnostic | undefined {
  const tag = /^[^\s,\]}]+/.exec(text.slice(offset, offset + 100))?.[0] ?? '!';
  if (isVaultTag(tag)) return undefined;
  const at = places.range(offset, offset + tag.length);
  const detail = `The tag ${tag} is not known here. Remove it; quote the value if it is meant as text.`;
  return problem('bad-value', at, 'unknown YAML tag', detail);
}

/** The tag of a single encrypted value, and Ansible's older word for it. */
export function isVaultTag(tag: string | undefined): boolean {
  return tag === '!vault' || tag === '!vault-encrypted';
}
