import type { FileStat } from './file-stat.ts';

/**
 * A path below a folder as the bytes that it is made of, one character for each (latin1): a name may hold any byte
 * but NUL. Empty: the folder itself.
 */
export type RawPath = string;

/** What is to be looked at below a folder. */
export interface LookFor {
  readonly path: RawPath;
  /** A file of this size is read for its checksum, no other. */
  readonly sumIfSize?: number | undefined;
  /** Where a link leads to is wanted. */
  readonly link?: boolean | undefined;
}

/** Something that is there. */
export interface Seen {
  /** Of what is behind it where it is a link; undefined: it is a link to nothing. */
  readonly stat: FileStat | undefined;
  readonly isLink: boolean;
  readonly linkTarget?: RawPath | undefined;
  /** SHA-256 in hex; undefined: it was not asked for, has another size, or could not be read. */
  readonly sha256?: string | undefined;
}

/** What a folder holds of what was looked for. */
export interface TreeLook {
  /** The folder is there (a link to one is as good). */
  readonly isThere: boolean;
  /** The folder itself, or the nearest one above it that is there. */
  readonly base: string;
  readonly entries: ReadonlyMap<RawPath, Seen>;
  /** All paths below the folder, when they were asked for; folders before what they hold. */
  readonly all: readonly Held[];
  /** It can unpack a stream. */
  readonly hasTar: boolean;
  /** Folders that we may not look into. */
  readonly closed: readonly RawPath[];
  /** What the tools of the node complained about. */
  readonly words: string;
}

/** Something that a folder holds. */
export interface Held {
  readonly path: RawPath;
  /** Sockets and the like are files here. */
  readonly kind: 'directory' | 'link' | 'file';
  /** Another file system begins there. */
  readonly isMountPoint: boolean;
}

/** Attributes as the tools of a node take them. */
export interface PlacedAttributes {
  /** chmod's word. */
  readonly mode?: string | undefined;
  /** chown's word. */
  readonly owner?: string | undefined;
  /** Seconds since 1970. */
  readonly mtime?: number | undefined;
}

/** A file of the controller's that is to be put below the folder. */
export interface PlacedFile extends PlacedAttributes {
  readonly path: RawPath;
  readonly localPath: string | Buffer;
  readonly size: number;
  /** Keep what is there under a name with the time. */
  readonly backup?: boolean | undefined;
}

/** Everything that is to become of a folder, in one go. Without a mode a file gets what the node gives new ones. */
export interface Placement {
  readonly folder: string;
  /** A folder that is there, on the file system of the first file, and written into: what arrives waits there. */
  readonly base: string;
  /** Folders to make, those above first; '' is the folder itself. */
  readonly folders: readonly (PlacedAttributes & { readonly path: RawPath })[];
  readonly files: readonly PlacedFile[];
  readonly links: readonly { readonly path: RawPath; readonly target: RawPath }[];
  /** Attributes of what is there already. */
  readonly attributes: readonly (PlacedAttributes & { readonly path: RawPath })[];
  /** What goes away before anything is put there, since something else takes its place. */
  readonly inTheWay: readonly RawPath[];
  /** What goes away in the end. */
  readonly surplus: readonly RawPath[];
}

/** The path as bytes of UTF-8. */
export function rawPath(path: string): RawPath {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** The path for people and for functions that take text; bytes that are no UTF-8 are lost. */
export function pathText(path: RawPath): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** Whether {@link pathText} names the same path. */
export function isText(path: RawPath): boolean {
  return rawPath(pathText(path)) === path;
}
