import { randomBytes } from 'node:crypto';
import type { ShellCommand } from '../../transport/command.ts';
import { sh } from '../../transport/command.ts';
import type { FileStat, NodeReader } from '../../transport/node.ts';
import { parseStat } from '../../transport/read-files.ts';
import { commandError } from '../failure.ts';
import { withoutLogin } from '../uri/request.ts';
import type { Unpacking } from './unpack.ts';
import { unpackCommand } from './unpack.ts';

/** What an archive or a folder of the node's holds, and what is in its place in another folder; paths are below that. */
export interface Comparison {
  readonly wanted: ReadonlyMap<string, FileStat>;
  readonly there: ReadonlyMap<string, FileStat>;
  /** What is not there, or whose content, target or kind is another one there. */
  readonly differing: ReadonlyMap<string, 'absent' | 'differs'>;
}

/** Unpacks the archive beside, and compares every file; one request. Throws ModuleError where it is no archive. */
export function compareArchive(node: NodeReader, unpacking: Unpacking, folder: string): Promise<Comparison> {
  const shown = withoutLogin(unpacking.src);
  const setUp = sh`t=$(mktemp -d "\${TMPDIR:-/tmp}/oms-play-XXXXXX") || exit 1
trap 'chmod -R u+rwX -- "$t" 2>/dev/null; rm -rf -- "$t"' EXIT; trap 'exit 143' HUP INT PIPE TERM
( ${unpackCommand(unpacking, sh`"$t"`)} ) || exit 1
cd -- "$t" || exit 1`;
  return compare(node, { setUp, folder, shown, failure: `${shown} cannot be unpacked` });
}

/** Compares every file of a folder with another folder; one request. */
export function compareFolders(node: NodeReader, src: string, folder: string): Promise<Comparison> {
  const setUp = sh`cd -- ${src} || exit 1`;
  return compare(node, { setUp, folder, shown: src, failure: `${src} cannot be read` });
}

interface Comparing {
  /** Goes into the folder with what is wanted. */
  readonly setUp: ShellCommand;
  readonly folder: string;
  readonly shown: string;
  readonly failure: string;
}

async function compare(node: NodeReader, comparing: Comparing): Promise<Comparison> {
  const { folder, shown, failure } = comparing;
  // A name may hold anything, a newline too, but not this.
  const mark = `oms-${randomBytes(8).toString('hex')}:`;
  const command = { text: compareText(comparing, mark), shown: sh`compare ${shown} with ${folder}`.shown };
  const done = await node.query(command);
  if (done.exitCode !== 0) {
    const reason = done.stderr.toString('utf8').trim().split('\n').at(-1) ?? '';
    throw commandError(`${failure}: ${reason}`, command, done);
  }
  const records = done.stdout.toString('utf8').split(mark).slice(1);
  return {
    wanted: statsOf(records, 'wanted '),
    there: statsOf(records, 'there '),
    differing: new Map(
      records.flatMap((record): [string, 'absent' | 'differs'][] => {
        const match = /^(absent|differs) \.\/([\s\S]*)\n$/.exec(record);
        return match?.[2] === undefined ? [] : [[match[2], match[1] === 'absent' ? 'absent' : 'differs']];
      }),
    ),
  };
}

/** Folders that are links to folders there are as good. */
const COMPARE = `for f; do
  o=$0/$f
  if [ -L "$f" ]; then [ -L "$o" ] && [ "$(readlink "$f"; echo x)" = "$(readlink "$o"; echo x)" ] && continue
  elif [ -d "$f" ]; then [ -d "$o" ] && continue
  elif [ -f "$f" ]; then [ -f "$o" ] && [ ! -L "$o" ] && cmp -s -- "$f" "$o" && continue
  else continue; fi
  if [ -e "$o" ] || [ -L "$o" ]; then w=differs; else w=absent; fi
  printf '%s%s %s\\n' "$OMS_MARK" "$w" "$f"
done`;

function compareText({ setUp, folder }: Comparing, mark: string): string {
  const format = (kind: string): string => `${mark}${kind} %f %u %g %s %Y:%U:%G:%n`;
  return sh`LC_ALL=C; export LC_ALL
${setUp}
find . -mindepth 1 -exec stat -c ${format('wanted')} {} +
find . -mindepth 1 -exec env OMS_MARK=${mark} sh -c ${COMPARE} ${folder} {} +
[ -d ${folder} ] || exit 0
find . -mindepth 1 -print0 | ( cd -- ${folder} && xargs -0 stat -c ${format('there')} 2>/dev/null )
exit 0`.text;
}

function statsOf(records: readonly string[], kind: string): ReadonlyMap<string, FileStat> {
  const entries = records.flatMap((record): [string, FileStat][] => {
    if (!record.startsWith(kind)) return [];
    const match = /^([0-9a-f]+) (\d+) (\d+) (\d+) (\d+):([^:]*):([^:]*):\.\/([\s\S]*)\n$/.exec(record.slice(kind.length)); // prettier-ignore
    if (match === null) return [];
    const [, raw = '', uid, gid, size, mtime, owner, group, path = ''] = match;
    return [[path, parseStat(`${raw} ${uid} ${gid} ${size} ${mtime} ${owner} ${group}\n`)]];
  });
  return new Map(entries);
}
