/** The nodes of Handlebars' syntax tree, as its parser makes them. */
export type Statement =
  | MustacheStatement
  | BlockStatement
  | ContentStatement
  | (Located & { readonly type: 'CommentStatement' })
  | (Located & { readonly type: 'PartialStatement' | 'PartialBlockStatement' })
  | (Located & { readonly type: 'Decorator' | 'DecoratorBlock' });

export type Expression = PathExpression | SubExpression | Literal;

export interface Located {
  readonly loc: { readonly start: Position; readonly end: Position };
}

/** `line` counts from 1, `column` from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Program {
  readonly body: readonly Statement[];
  readonly blockParams?: readonly string[];
}

export interface Call extends Located {
  readonly path: Expression;
  readonly params: readonly Expression[];
  readonly hash?: { readonly pairs: readonly HashPair[] };
}

export interface HashPair extends Located {
  readonly key: string;
  readonly value: Expression;
}

export interface MustacheStatement extends Call {
  readonly type: 'MustacheStatement';
}

export interface BlockStatement extends Call {
  readonly type: 'BlockStatement';
  readonly program?: Program;
  readonly inverse?: Program;
}

export interface ContentStatement extends Located {
  readonly type: 'ContentStatement';
  readonly value: string;
}

export interface SubExpression extends Call {
  readonly type: 'SubExpression';
}

export interface PathExpression extends Located {
  readonly type: 'PathExpression';
  readonly data: boolean;
  readonly depth: number;
  readonly parts: readonly string[];
  readonly original: string;
}

export type Literal =
  | (Located & { readonly type: 'StringLiteral'; readonly value: string })
  | (Located & { readonly type: 'NumberLiteral'; readonly value: number })
  | (Located & { readonly type: 'BooleanLiteral'; readonly value: boolean })
  | (Located & { readonly type: 'NullLiteral' | 'UndefinedLiteral' });
