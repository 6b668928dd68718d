/** A place in a file the user wrote. Lines and columns count from 1; `file` is as shown to the user. */
export interface SourceRange {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Characters to underline in that line; at least 1. */
  readonly length: number;
}

/** A parsed YAML value that still knows where each part of it stands. */
export type SourceNode = SourceScalar | SourceList | SourceMap;

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly value: string | number | boolean | null;
  /** True where the text was quoted or a block scalar: `"0755"` as opposed to `0755`. */
  readonly quoted: boolean;
  readonly at: SourceRange;
  /** Where the text itself begins when that is not `at`: after the quote, or in the line below `|` or `>`. */
  readonly textAt?: { readonly line: number; readonly column: number };
  /** Out of `!vault`: data, in which `{{` means nothing. */
  readonly verbatim?: true;
}

export interface SourceList {
  readonly kind: 'list';
  readonly items: readonly SourceNode[];
  readonly at: SourceRange;
}

export interface SourceMap {
  readonly kind: 'map';
  readonly entries: readonly SourceEntry[];
  readonly at: SourceRange;
}

export interface SourceEntry {
  readonly key: string;
  readonly keyAt: SourceRange;
  readonly value: SourceNode;
}
