import { Composer, Lexer, Parser } from 'yaml';
import { placedAtOpener } from './yaml-openers.ts';
import type { CST, Document, ParsedNode, YAMLError } from 'yaml';

/** Levels of nesting; far more than people write, far less than the parser's stack. */
const MAX_DEPTH = 100;

/** What the library makes of a text: its first document and everything it complains about. */
export interface Composed {
  readonly document: Document.Parsed<ParsedNode> | undefined;
  /** In the order in which the parser noticed them. */
  readonly errors: readonly Pick<YAMLError, 'code' | 'message' | 'pos'>[];
  readonly warnings: readonly YAMLError[];
  /** Offset at which the nesting became too deep to go on. */
  readonly tooDeepAt: number | undefined;
}

// Booleans are only true and false, whatever a %YAML directive says; keys are compared by convert().
const OPTIONS = {
  prettyErrors: false,
  schema: 'core',
  merge: true,
  uniqueKeys: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const;

/** Parses without ever throwing; stops at nesting that would exhaust the stack. */
export function compose(text: string): Composed {
  const guard: { tooDeepAt: number | undefined } = { tooDeepAt: undefined };
  const documents: Document.Parsed<ParsedNode>[] = [];
  const composer = new Composer(OPTIONS);
  for (const document of composer.compose(tokens(text, guard), false, text.length)) {
    documents.push(document);
    if (documents.length > 1 || guard.tooDeepAt !== undefined) break;
  }
  const [first, second] = documents;
  const extra = second === undefined ? [] : [manyDocuments(second)];
  return {
    document: first,
    errors: [...(first?.errors ?? composer.streamInfo().errors), ...extra]
      .sort((a, b) => a.pos[0] - b.pos[0])
      .map((error) => placedAtOpener(error, text, first)),
    warnings: first?.warnings ?? [],
    tooDeepAt: guard.tooDeepAt,
  };
}

function* tokens(text: string, guard: { tooDeepAt: number | undefined }): Generator<CST.Token> {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length <= MAX_DEPTH + 2) continue;
    guard.tooDeepAt = Math.min(parser.offset, text.length - 1);
    return;
  }
  yield* parser.end();
}

function manyDocuments(second: Document.Parsed<ParsedNode>): Composed['errors'][number] {
  const [start, end] = second.range;
  return { code: 'MULTIPLE_DOCS', message: 'more than one document', pos: [start, end] };
}
