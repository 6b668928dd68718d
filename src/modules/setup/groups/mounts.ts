import type { DataMap } from '../../../model/data.ts';
import type { Answer } from '../answer.ts';
import type { FactGroup } from '../group.ts';

const MOUNTS = '/proc/self/mounts';

/**
 * One stat for all of this machine; one for each network file system, whose server may be gone, with a limit.
 * `set -f` and IFS: each line of `$k` is one word.
 */
const SCRIPT = `s statfs
f='%s %S %b %a %c %d %n' n=
q(){ stat -f -c "$f" "$@" 2>/dev/null;}
set -f;IFS='
'
set --;for l in $k;do case $l in ${MOUNTS}:*)l=\${l#* } p=\${l%% *} l=\${l#* }
case $p in *\\\\*)p=$(printf %b "$p");;esac
case \${l%% *} in nfs*|cifs|smb*|ceph|fuse.*|gluster*|lustre|afs|9p)n="$n
$p";;*)set -- "$@" "$p";;esac;;esac;done
[ $# = 0 ]||q "$@"
for p in $n;do IFS=' ';$t stat -f -c "$f" "$p" 2>/dev/null;done
set +f;unset IFS`;

/** File systems with what is free there: those that have a device or a server, as in Ansible. */
export const mounts: FactGroup = {
  name: 'mounts',
  facts: ['mounts'],
  lines: { [MOUNTS]: '^(/|[^ ]*:/)' },
  script: SCRIPT,
  read: (answer) => {
    const sizes = sizesOf(answer.section('statfs') ?? '');
    return { facts: { mounts: mountsOf(answer).map((mount) => ({ ...mount, ...sizes.get(mount.mount) })) } };
  },
};

function mountsOf(answer: Answer) {
  return answer.lines(MOUNTS).flatMap((line) => {
    const [device, mount, fstype, options] = line.split(' ').map(decoded);
    if (device === undefined || mount === undefined || fstype === undefined) return [];
    return fstype === 'none' ? [] : [{ device, mount, fstype, options: options ?? '' }];
  });
}

/** The kernel writes blanks, line ends and backslashes as three octal digits. */
function decoded(word: string): string {
  return word.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function sizesOf(text: string): ReadonlyMap<string, DataMap> {
  return new Map(
    text.split('\n').flatMap((line): readonly (readonly [string, DataMap])[] => {
      const [, numbers = '', mount] = /^(\d+(?: \d+){5}) (.*)$/.exec(line) ?? [];
      if (mount === undefined) return [];
      const [block = 0, fragment = 0, blocks = 0, available = 0, inodes = 0, free = 0] = numbers
        .split(' ')
        .map(Number);
      const sizes = {
        size_total: blocks * fragment,
        size_available: available * fragment,
        block_size: block,
        block_total: blocks,
        block_available: available,
        block_used: blocks - available,
        inode_total: inodes,
        inode_available: free,
        inode_used: inodes - free,
      };
      return [[mount, sizes]];
    }),
  );
}
