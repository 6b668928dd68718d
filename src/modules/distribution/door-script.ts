import { quote, script } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { COMMON, LIVES } from './script-parts.ts';
import type { ScriptWords } from './script-parts.ts';

/** What the doorkeeper lets in. */
export interface DoorWords extends ScriptWords {
  readonly publicKey: string;
  /** The agent's folder. */
  readonly folder: string;
}

/**
 * The program that opens a node's door to its neighbours, as the user that logs in: one line in authorized_keys whose
 * key can do nothing but read what the agent serves at that moment. The line goes when its input or the agent ends.
 */
export function doorScript(words: DoorWords): ShellCommand {
  const { mark, id, publicKey, folder } = words;
  const setUp = `m=${quote(mark)} id=${quote(id)} key=${quote(publicKey)} D=${quote(folder)}`;
  return script([setUp, ...COMMON, ...EDIT, ...DOOR].join('\n'));
}

/** Lines in the login user's authorized_keys: put in, taken away, and those of dead runs swept. */
export const EDIT = [
  ...LIVES,
  `A=$HOME/.ssh/authorized_keys; made=`,
  '[ -d "$HOME/.ssh" ] || { mkdir -m 700 -- "$HOME/.ssh" && made=d; } || fail "no $HOME/.ssh"',
  '[ ! -L "$A" ] || A=$(readlink -f -- "$A")',
  '[ -e "$A" ] || made=f$made',
  // A copy first: it has the owner, the mode and the label of the old one.
  'edit() {',
  '  T=$(mktemp "$A.XXXXXX") || return 1',
  '  { [ ! -e "$A" ] || cp -p -- "$A" "$T"; } && "$@" >"$T" && mv -f -- "$T" "$A" || { rm -f -- "$T"; return 1; }',
  '}',
  // In front, so that taking it away leaves every byte behind it as it was.
  `with() { printf '%s\\n' "$1"; [ ! -e "$A" ] || cat -- "$A"; }`,
  `without() { sed -e "/ oms-play\\.$1\\.[df]*\\$/d" -- "$A"; }`,
  'drop() {',
  `  w=$(sed -n "s/.* oms-play\\.$1\\.\\([df]*\\)\\$/\\1/p" "$A" 2>/dev/null | head -n 1)`,
  '  edit without "$1"',
  '  case $w in f*) [ -s "$A" ] || rm -f -- "$A" ;; esac',
  '  case $w in *d) rmdir -- "$HOME/.ssh" 2>/dev/null ;; esac',
  '}',
  'sweep() {',
  `  for r in $(sed -n 's/.* oms-play\\.\\([0-9a-f]*\\)\\.[df]*$/\\1/p' "$A" 2>/dev/null); do lives "$r" || drop "$r"; done`,
  '}',
];

const DOOR = [
  `options=no-pty,no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc`,
  `v=$(ssh -V 2>&1 | sed -n 's/^OpenSSH_\\([0-9]*\\)\\.\\([0-9]*\\).*/\\1 \\2/p'); set -- $v`,
  'n=$(( ${1:-0} * 100 + ${2:-0} ))',
  '[ $n -lt 702 ] || options=restrict',
  // An sshd that does not know an option refuses the whole line.
  'if [ $n -ge 707 ]; then',
  '  until=$(date -d "@$(( $(date +%s) + 86400 ))" +%Y%m%d%H%M%S 2>/dev/null) && options="$options,expiry-time=\\"$until\\""',
  'fi',
  'sweep',
  'line="$options,command=\\"/bin/sh $D/serve $D\\" $key oms-play.$id.$made"',
  `trap 'trap "" HUP INT TERM PIPE; drop "$id"; kill -TERM 0' EXIT; trap 'exit 1' HUP INT TERM PIPE`,
  'edit with "$line" || fail "cannot write $A"',
  'say ready',
  // Again and again: one that comes between two commands is not acted on before the next has ended.
  '( while [ -d "$D" ]; do sleep 1; done; while kill -TERM $$ 2>/dev/null; do sleep 1; done ) &',
  // A builtin, which a signal interrupts; a command would be waited for.
  'while read -r x; do :; done',
];
