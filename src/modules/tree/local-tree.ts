import type { Stats } from 'node:fs';
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import type { RawPath } from '../../transport/tree.ts';
import { isText, pathText, rawPath } from '../../transport/tree.ts';
import { ModuleError } from '../define.ts';

/** Something in a folder of the controller's. */
export interface LocalEntry {
  /** Below that folder. */
  readonly path: RawPath;
  readonly localPath: string | Buffer;
  readonly kind: 'folder' | 'file' | 'link';
  readonly size: number;
  /** Four octal digits. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Where a link leads to. */
  readonly target?: RawPath;
  /** Changes when the content may have changed. */
  readonly identity: string;
}

export interface TreeOptions {
  /** A link is what it leads to; else it is a link. */
  readonly follow: boolean;
  /** Whether something is left out, with all that it holds. */
  readonly excludes?: (path: RawPath, isFolder: boolean) => boolean;
}

/** The folder itself. Throws ModuleError when it is none. */
export async function readLocalFolder(path: string): Promise<LocalEntry> {
  const place = Buffer.from(path, 'utf8');
  const info = await statOf(place, true);
  if (!info.isDirectory()) {
    const hint = 'copy brings a single file.';
    throw new ModuleError({ message: `src is no folder on the controller: ${path}`, hint });
  }
  const more = { kind: 'folder' as const, localPath: path, identity: identityOf(place, info) };
  return { path: '', ...attributesOf(info), ...more };
}

/** All that a folder holds: each folder before what is in it, names in order; sockets and devices are left out. */
export async function readLocalTree(root: string, options: TreeOptions): Promise<readonly LocalEntry[]> {
  return new Walk(root, options).below('', []);
}

class Walk {
  readonly #root: RawPath;
  readonly #options: TreeOptions;

  constructor(root: string, options: TreeOptions) {
    this.#root = rawPath(root.replace(/(.)\/+$/, '$1'));
    this.#options = options;
  }

  /** `above`: the real paths of the folders that lead here, which a link must not lead back to. */
  async below(folder: RawPath, above: readonly string[]): Promise<readonly LocalEntry[]> {
    const place = this.#place(folder);
    const real = await sure(place, realpath(place, { encoding: 'buffer' }));
    const key = real.toString('latin1');
    if (above.includes(key)) {
      throw new ModuleError({
        message: `${place.toString()} on the controller is a link to a folder that it is in`,
      });
    }
    const names = await sure(place, readdir(place, { encoding: 'buffer' }));
    const sorted = names.map((name) => name.toString('latin1')).sort();
    const parts = sorted.map((name) =>
      this.#entry(folder === '' ? name : `${folder}/${name}`, [...above, key]),
    );
    return (await Promise.all(parts)).flat();
  }

  async #entry(path: RawPath, above: readonly string[]): Promise<readonly LocalEntry[]> {
    const place = this.#place(path);
    const info = await statOf(place, this.#options.follow);
    const kind = kindOf(info);
    if (kind === undefined || this.#options.excludes?.(path, kind === 'folder') === true) return [];
    const localPath = isText(this.#root) && isText(path) ? pathText(`${this.#root}/${path}`) : place;
    const found = { path, localPath, kind, ...attributesOf(info), identity: identityOf(place, info) };
    if (kind === 'link') {
      const target = await sure(place, readlink(place, { encoding: 'buffer' }));
      return [{ ...found, target: target.toString('latin1') }];
    }
    return kind === 'file' ? [found] : [found, ...(await this.below(path, above))];
  }

  #place(path: RawPath): Buffer {
    return Buffer.from(path === '' ? this.#root : `${this.#root}/${path}`, 'latin1');
  }
}

function kindOf(info: Stats): LocalEntry['kind'] | undefined {
  if (info.isDirectory()) return 'folder';
  if (info.isFile()) return 'file';
  return info.isSymbolicLink() ? 'link' : undefined;
}

function attributesOf({
  size,
  mode,
  uid,
  gid,
  mtimeMs,
}: Stats): Pick<LocalEntry, 'size' | 'mode' | 'uid' | 'gid' | 'mtime'> {
  return {
    size,
    mode: (mode & 0o7777).toString(8).padStart(4, '0'),
    uid,
    gid,
    mtime: Math.floor(mtimeMs / 1000),
  };
}

function identityOf(place: Buffer, { size, mtimeMs, ctimeMs, ino }: Stats): string {
  return [place.toString('latin1'), size, mtimeMs, ctimeMs, ino].join('|');
}

async function statOf(place: Buffer, follow: boolean): Promise<Stats> {
  return sure(place, follow ? stat(place) : lstat(place));
}

async function sure<T>(place: Buffer, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    const message = `${place.toString()} cannot be read on the controller (${code})`;
    throw new ModuleError({ message, ...(code === 'ENOENT' ? { hint: 'It is a link to nothing.' } : {}) });
  }
}
