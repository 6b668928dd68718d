import { posix } from 'node:path';
import type { Change } from '../../model/result.ts';
import { sh } from '../../transport/command.ts';
import type { FileStat, NodeReader, NodeWriter } from '../../transport/node.ts';
import { differences, mustRun, rowsInWords } from '../attributes.ts';
import { ModuleError } from '../define.ts';
import { compareFolders } from '../packing/compare.ts';
import type { Member } from '../packing/members.ts';
import { forEach, setAttributesOf } from '../packing/members.ts';
import type { WantedFolder } from './folder.ts';
import { folderFor } from './folder.ts';

export interface FoundOnNode {
  readonly dest: string;
  readonly changes: readonly Change[];
  /** What is to be put there. */
  readonly put: readonly Member[];
  /** What has other attributes. */
  readonly wrong: readonly Member[];
}

/** Compares two folders of the node; what dest has more is left alone. */
export async function checkOnNode(node: NodeReader, wish: WantedFolder): Promise<FoundOnNode> {
  const dest = folderFor(wish.src, wish.dest);
  refuse(wish, dest);
  const [found, there] = await Promise.all([
    compareFolders(node, wish.src, dest),
    node.stat(dest, { follow: true }),
  ]);
  if (there !== undefined && there.type !== 'directory') throw inTheWay(dest, there.type, 'directory');
  const own: Change[] = there === undefined ? [{ subject: dest, summary: 'absent → directory' }] : [];
  const put: Member[] = [];
  const changes: Change[] = [];
  for (const [path, how] of found.differing) {
    if (how === 'differs' && !wish.force) continue;
    const type = found.wanted.get(path)?.type ?? 'file';
    const now = found.there.get(path)?.type;
    const subject = posix.join(dest, path);
    if (now !== undefined && (now === 'directory') !== (type === 'directory'))
      throw inTheWay(subject, now, type);
    put.push({ path, type });
    changes.push({
      subject,
      summary: how === 'absent' ? `absent → ${type}` : type === 'file' ? 'content' : `another → ${type}`,
    });
  }
  const wrong = wrongOf(found.wanted, found.there, { wish, dest });
  return {
    dest,
    changes: [
      ...own,
      ...changes,
      ...wrong.filter(({ member }) => !found.differing.has(member.path)).map(({ change }) => change),
    ],
    put: put.sort((a, b) => (a.path < b.path ? -1 : 1)),
    wrong: wrong.map(({ member }) => member),
  };
}

function wrongOf(
  wanted: ReadonlyMap<string, FileStat>,
  there: ReadonlyMap<string, FileStat>,
  { wish, dest }: { readonly wish: WantedFolder; readonly dest: string },
): readonly { readonly member: Member; readonly change: Change }[] {
  const { owner, group, mode, directory_mode } = wish;
  return [...wanted].flatMap(([path, { type }]) => {
    const now = there.get(path);
    if (now === undefined || !wish.force) return [];
    const rows = differences(now, { owner, group, mode: type === 'directory' ? directory_mode : mode });
    if (rows.length === 0) return [];
    const diff = { kind: 'values' as const, rows };
    return [
      {
        member: { path, type },
        change: { subject: posix.join(dest, path), summary: rowsInWords(rows), diff },
      },
    ];
  });
}

/** Links as links; a file takes its place by rename, and has owner and mode from the one that was there. */
const PUT = `for f; do
  o=$0/$f
  if [ -L "$f" ]; then rm -f -- "$o" && cp -RP -- "$f" "$o"
  elif [ -d "$f" ]; then mkdir -p -- "$o"
  else
    t=$(mktemp "\${o%/*}/.oms-play-XXXXXX") && cat <"$f" >"$t" && if [ -f "$o" ] && [ ! -L "$o" ]; then
      w=$(stat -c %u:%g -- "$o") && { [ "$(stat -c %u:%g -- "$t")" = "$w" ] || chown "$w" -- "$t"; } && chmod "$(stat -c %a -- "$o")" -- "$t"
    else chmod =rw -- "$t" && { [ ! -x "$f" ] || chmod +x -- "$t"; }; fi && mv -f -- "$t" "$o" || { rm -f -- "$t"; false; }
  fi || exit 1
done`;

/** Puts there what {@link checkOnNode} found. */
export async function applyOnNode(node: NodeWriter, wish: WantedFolder, found: FoundOnNode): Promise<void> {
  const { dest, put, wrong } = found;
  await mustRun(node, sh`mkdir -p -- ${dest}`, `could not make the folder ${dest}`);
  const paths = put.map(({ path }) => path);
  await forEach(
    node,
    wish.src,
    { text: sh`sh -c ${PUT} ${dest}`.text, shown: sh`cp into ${dest}`.shown },
    paths,
  );
  const { owner, group, mode, directory_mode } = wish;
  const touched = new Map([...put, ...wrong].map((member) => [member.path, member]));
  const folders =
    directory_mode === undefined ? [] : [...touched.values()].filter(({ type }) => type === 'directory');
  const files = [...touched.values()].filter(({ type }) => type !== 'directory');
  await setAttributesOf(node, dest, [...touched.values()], { owner, group });
  await setAttributesOf(node, dest, files, { mode });
  await setAttributesOf(node, dest, folders, { mode: directory_mode });
}

function refuse({ src, validate, backup, in_place }: WantedFolder, dest: string): void {
  if (`${dest}/`.startsWith(src.replace(/\/*$/, '/'))) {
    throw new ModuleError({ message: `${dest} is in ${src}, and would be copied into itself` });
  }
  const given = Object.entries({ validate: validate !== undefined, backup, in_place }).find(([, is]) => is);
  if (given === undefined) return;
  throw new ModuleError({
    message: `${given[0]} does not go with a folder of the node`,
    hint: 'Copy the files that need it by themselves.',
  });
}

function inTheWay(path: string, now: string, wanted: string): ModuleError {
  return new ModuleError({ message: `${path} is a ${now}, and a ${wanted} is to take its place` });
}
