import { sh } from '../../transport/command.ts';
import type { NodeReader } from '../../transport/node.ts';
import { Lines } from '../answer-lines.ts';
import { labelled, queryTool } from '../steps.ts';
import type { WantedUser } from './args.ts';

/** What the node says about a user and about what the task names. */
export interface SeenUser {
  readonly account: Account | undefined;
  /** The user who has the wanted number. */
  readonly owner: string | undefined;
  /** Groups that are named in the task and are not there. */
  readonly missingGroups: readonly string[];
  /** By the name or number in the task: both. */
  readonly groupNames: ReadonlyMap<string, string>;
  /** A group of the user's name is there, for useradd. */
  readonly hasOwnGroup: boolean;
  readonly homeExists: boolean;
  /** The public half of the key at ssh_key_file, without which there is none. */
  readonly publicKey: string | undefined;
  readonly keyExists: boolean;
  readonly busybox: boolean;
}

/** An account as it is. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly group: string;
  /** All but the first. */
  readonly groups: readonly string[];
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Fields of /etc/shadow; undefined: it may not be read. Holds the hash. */
  readonly shadow: readonly string[] | undefined;
}

/** All in one request. */
export async function lookAtUser(node: NodeReader, wanted: WantedUser): Promise<SeenUser> {
  const { name, uid } = wanted;
  const groups = [...(wanted.group === undefined ? [] : [wanted.group]), ...(wanted.groups ?? [])];
  const script = sh`n=${name} i=${uid ?? '-'} h=${wanted.home ?? ''} k=${keyFileOf(wanted)}
e() { awk -F: -v n="$2" '$1 == n || $3 == n' "/etc/$1" | head -n 1 | grep . || getent "$1" "$2" 2>/dev/null; }
l=$(awk -F: -v n="$n" '$1 == n' /etc/passwd); [ "$l" ] || l=$(getent passwd "$n" 2>/dev/null)
echo "entry $l"
if [ "$l" ]; then
  echo "group $(id -gn "$n")"; echo "groups $(id -Gn "$n")"
  echo "shadow $(awk -F: -v n="$n" '$1 == n' /etc/shadow 2>/dev/null)"
  [ -r /etc/shadow ] && echo readable
  w=\${l%:*}; [ "$h" ] || h=\${w##*:}
fi
[ "$i" = - ] || e passwd "$i" | sed 's/^/owner /'
[ "$(e group "$n")" ] && echo owngroup
for g in ${groups}; do f=$(e group "$g"); if [ "$f" ]; then echo "known $g \${f%%:*}"; else echo "missing $g"; fi; done
[ "$h" ] && [ -d "$h" ] && echo home
case $k in ''|/*) ;; *) k=$h/$k ;; esac
[ "$k" ] && { [ -e "$k" ] && echo key; [ -r "$k.pub" ] && echo "public $(cat "$k.pub")"; }
command -v useradd >/dev/null || echo busybox
true`;
  const done = await queryTool(node, labelled(script, `(user ${name})`));
  return seenIn(new Lines(done.stdout.toString('utf8')));
}

/** Where the key goes; empty: none is asked for. */
export function keyFileOf(wanted: WantedUser): string {
  if (!wanted.generate_ssh_key) return '';
  return wanted.ssh_key_file ?? `.ssh/id_${wanted.ssh_key_type}`;
}

function seenIn(lines: Lines): SeenUser {
  return {
    account: accountIn(lines),
    owner: lines.one('owner')?.split(':')[0],
    missingGroups: lines.all('missing'),
    groupNames: new Map(
      lines.all('known').map((known) => {
        const [asked = '', name = ''] = known.split(' ');
        return [asked, name];
      }),
    ),
    hasOwnGroup: lines.has('owngroup'),
    homeExists: lines.has('home'),
    publicKey: lines.one('public'),
    keyExists: lines.has('key'),
    busybox: lines.has('busybox'),
  };
}

function accountIn(lines: Lines): Account | undefined {
  const entry = lines.one('entry')?.split(':');
  if (entry === undefined) return undefined;
  const [, , uid, gid, comment = '', home = '', shell = ''] = entry;
  const group = lines.one('group') ?? '';
  const groups = (lines.one('groups') ?? '').split(/\s+/).filter((name) => name !== '' && name !== group);
  const shadow = lines.one('shadow')?.split(':') ?? (lines.has('readable') ? [] : undefined);
  return { uid: Number(uid), gid: Number(gid), group, groups, comment, home, shell, shadow };
}
