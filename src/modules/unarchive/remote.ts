import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { NodeReader, NodeWriter } from '../../transport/node.ts';
import type { Attributes } from '../attributes.ts';
import { differences, mustRun, rowsInWords } from '../attributes.ts';
import type { Comparison } from '../packing/compare.ts';
import { compareArchive } from '../packing/compare.ts';
import type { Member } from '../packing/members.ts';
import { setAttributesOf } from '../packing/members.ts';
import type { Unpacking } from '../packing/unpack.ts';
import { unpackCommand } from '../packing/unpack.ts';
import { withoutLogin } from '../uri/request.ts';

export interface RemoteWish extends Attributes {
  readonly unpacking: Unpacking;
  readonly dest: string;
}

export interface RemoteFound {
  readonly changes: readonly Change[];
  readonly members: readonly Member[];
  readonly unpack: boolean;
}

/** Compares an archive of the node's with what is in dest. */
export async function checkRemote(node: NodeReader, wish: RemoteWish): Promise<RemoteFound> {
  const comparison = await compareArchive(node, wish.unpacking, wish.dest);
  const { wanted, differing } = comparison;
  const changes = [...differing].map(([path, how]): Change => {
    const kind = wanted.get(path)?.type ?? 'file';
    const summary = how === 'absent' ? `absent → ${kind}` : kind === 'file' ? 'content' : `another → ${kind}`;
    return { subject: posix.join(wish.dest, path), summary };
  });
  const wrong = attributeChanges(comparison, wish);
  const members = [...wanted].map(([path, { type }]) => ({ path, type }));
  return {
    changes: [...changes, ...wrong],
    members: members.sort((a, b) => (a.path < b.path ? -1 : 1)),
    // Modes that come from the archive come by unpacking it.
    unpack: changes.length > 0 || (wrong.length > 0 && wish.mode === undefined),
  };
}

/** Modes are those of the archive where no other is wanted. */
function attributeChanges({ wanted, there, differing }: Comparison, wish: RemoteWish): readonly Change[] {
  return [...wanted].flatMap(([path, stat]): Change[] => {
    const now = there.get(path);
    if (now === undefined || stat.type === 'link' || now.type === 'link' || differing.has(path)) return [];
    const { owner, group } = wish;
    // A folder may be there that the archive only implies.
    const mode = wish.mode ?? (stat.type === 'file' ? stat.mode : undefined);
    const rows = differences(now, { owner, group, mode });
    if (rows.length === 0) return [];
    const diff = { kind: 'values' as const, rows };
    return [{ subject: posix.join(wish.dest, path), summary: rowsInWords(rows), diff }];
  });
}

/** Unpacks it into dest, and sets the attributes that are wanted. */
export async function applyRemote(
  node: NodeWriter,
  wish: RemoteWish,
  { members, unpack }: RemoteFound,
): Promise<void> {
  const { dest, unpacking } = wish;
  if (unpack) {
    const { text } = unpackCommand(unpacking, sh`${dest}`);
    const shown = withoutLogin(unpacking.src);
    const command = { text, shown: sh`unpack ${shown} into ${dest}`.shown };
    await mustRun(node, command, `${shown} could not be unpacked`);
  }
  await setAttributesOf(node, dest, members, wish);
}
