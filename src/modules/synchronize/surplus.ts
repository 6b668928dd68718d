import { posix } from 'node:path';
import type { Held, RawPath } from '../../transport/tree.ts';
import type { Excludes } from './exclude.ts';

/** What the node has and the source has not. */
export interface Surplus {
  /** To be taken away, each with all that it holds. */
  readonly gone: readonly Held[];
  /** Left alone, since another file system begins there. */
  readonly mounts: readonly RawPath[];
}

/**
 * Takes a folder as a whole where nothing in it is to stay. What is left out stays, and so does what waits there to be
 * put in its place by another task.
 */
export function surplusOf(all: readonly Held[], wanted: ReadonlySet<RawPath>, excludes: Excludes): Surplus {
  const kinds = new Map(all.map(({ path, kind }) => [path, kind]));
  const isOut = memo(
    (path, self): boolean =>
      excludes(path, kinds.get(path) === 'directory') || isTemporary(path) || self(posix.dirname(path)),
  );
  const stays = (held: Held): boolean => isOut(held.path) || held.isMountPoint;
  const needed = new Set<RawPath>();
  for (const held of all) {
    if (!stays(held)) continue;
    for (
      let above = posix.dirname(held.path);
      above !== '.' && !needed.has(above);
      above = posix.dirname(above)
    ) {
      needed.add(above);
    }
  }
  const candidates = all.filter((held) => !wanted.has(held.path) && !stays(held) && !needed.has(held.path));
  const paths = new Set(candidates.map(({ path }) => path));
  const gone = candidates.filter(({ path }) => !paths.has(posix.dirname(path)));
  const mounts = all.filter(({ path, isMountPoint }) => isMountPoint && !wanted.has(path) && !isOut(path));
  return { gone, mounts: mounts.map(({ path }) => path) };
}

function isTemporary(path: RawPath): boolean {
  return posix.basename(path).startsWith('.oms-play-');
}

/** Paths have many folders in common. `work` is not asked about the top. */
function memo(
  work: (path: RawPath, self: (path: RawPath) => boolean) => boolean,
): (path: RawPath) => boolean {
  const known = new Map<RawPath, boolean>([['.', false]]);
  const self = (path: RawPath): boolean => {
    const answer = known.get(path) ?? work(path, self);
    known.set(path, answer);
    return answer;
  };
  return self;
}
