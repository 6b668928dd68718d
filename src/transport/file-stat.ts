/** Attributes of what is at a path of a node. */
export interface FileStat {
  readonly type: 'file' | 'directory' | 'link' | 'other';
  /** Four octal digits, e.g. "0755". */
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly linkTarget: string | undefined;
}

/** What is at a path; where there is nothing, the nearest thing above it that is there, links followed. */
export type LookUp =
  | { readonly stat: FileStat }
  | { readonly stat: undefined; readonly above: string; readonly isFolder: boolean };
