import { quote, script } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';
import { COMMON, FOLDERS, SILENT_MINUTES, SWEEP } from './script-parts.ts';
import type { ScriptWords } from './script-parts.ts';

/** What the agent works on. */
export interface AgentWords extends ScriptWords {
  readonly path: string;
  readonly size: number;
  readonly chunkBytes: number;
  /** The file is there whole and is only read. */
  readonly whole: boolean;
  /** Who may read what it serves. */
  readonly loginUser: string;
}

/**
 * The program that works for a node in a swarm, as the task's user. It reads one order per line and answers in lines.
 * Its input's end, however it comes, makes it take everything away again.
 *
 *   k LINE                        one line of the private key
 *   a NAME HOST PORT USER KEY…    a neighbour, with its host key
 *   c NAME                        log in there        → c NAME ok | c NAME no WORDS, later perhaps l NAME
 *   v                             look at what is there → v N SHA256 …, v end
 *   g N MIB BLOCKS SHA256 NAME ID fetch a chunk         → h N | b N CODE
 *   s ID MIB BLOCKS               serve what a neighbour will ask for by that ID
 *   x ID                          nobody will ask for it
 *   i ID IMAGE                    serve an image, as docker save writes it
 *   l N NAME ID                   load one from a neighbour → h N | b N CODE WORDS
 *   t                             begin docker load        → t CODE WORDS, when it has ended
 *   w MIB BLOCKS                  blocks for it, in their order; `w end`: that was all
 *   n                             the controller still lives; does the node? → n
 *
 * The file stays open as descriptor 7: neither a rename nor a removal takes it away from those it is served to.
 */
export function agentScript(words: AgentWords): ShellCommand {
  const { mark, id, path, size, chunkBytes, whole, loginUser } = words;
  const setUp = [
    `m=${quote(mark)} id=${quote(id)} part=${quote(path)} size=${size} chunk=${chunkBytes}`,
    `whole=${whole ? 1 : "''"} login=${quote(loginUser)}`,
  ];
  return script([...setUp, ...COMMON, ...SWEEP, ...FOLDER, ...FILE, ...VERIFY, ...WORK, ...LOOP].join('\n'));
}

const FOLDER = [
  'sweep',
  'D=',
  `for d in ${FOLDERS}; do`,
  '  [ -d "$d" ] && [ -w "$d" ] && D=$(mktemp -d "$d/oms-play.$id.XXXXXX" 2>/dev/null) && break',
  '  D=',
  'done',
  `[ -n "$D" ] || fail 'no folder for what the run needs: ${FOLDERS} cannot be written to'`,
  // The whole group: what works in the background is in it, too.
  `end() { trap '' HUP INT TERM PIPE; rm -rf -- "$D"; kill -TERM 0; }`,
  `trap end EXIT; trap 'exit 1' HUP INT TERM PIPE`,
  // Neighbours pass through it and cannot list it.
  'chmod 711 "$D"; printf %s $$ >"$D/pid"; chmod 644 "$D/pid"',
  `( while sleep 60; do [ -z "$(find "$D/pid" -mmin +${SILENT_MINUTES} 2>/dev/null)" ] || kill -TERM $$; done ) &`,
];

/**
 * Anything at that name which is not a plain file of our own is taken away, and a new one made with O_EXCL: in a
 * folder for everybody it could be a planted link.
 */
const FILE = [
  'own() {',
  '  [ -f "$part" ] && [ ! -L "$part" ] && [ "$(stat -c %u:%h -- "$part")" = "$(id -u):1" ] &&',
  '    [ "$(stat -c %s -- "$part")" -le "$size" ]',
  '}',
  'if [ -n "$whole" ]; then',
  '  [ -r "$part" ] || fail "cannot read $part"',
  '  exec 7<"$part"',
  'else',
  '  own || rm -f -- "$part" 2>"$D/err" || fail "$(cat "$D/err")"',
  '  own || ( set -C; : >"$part" ) 2>"$D/err" || fail "$(cat "$D/err")"',
  '  exec 7<>"$part"',
  'fi',
];

const VERIFY = [
  'sum() { dd if=/proc/self/fd/7 bs=1048576 skip="$1" count="$2" 2>/dev/null | sha256sum | cut -c1-64; }',
  'verify() { [ "$(sum "$2" "$3")" = "$4" ] && say h "$1" || say b "$1" "$5"; }',
];

const WORK = [
  'look() {',
  '  n=$(( ($(stat -c %s -L /proc/self/fd/7) + chunk - 1) / chunk )) i=0 k=$(( chunk / 1048576 ))',
  '  while [ $i -lt $n ]; do say v $i "$(sum $(( i * k )) $k)"; i=$(( i + 1 )); done',
  '  say v end',
  '}',
  'fetch() {',
  '  c=$D/g$1.$$; rm -f "$c"',
  '  { ssh -F "$D/config" -n "$5" "$6" 2>/dev/null; printf %s $? >"$c"; } |',
  '    dd bs=1048576 seek="$2" count="$3" iflag=fullblock conv=notrunc of=/proc/self/fd/7 2>"$D/err$1" ||',
  '    { say e "$(head -n 1 "$D/err$1")"; kill -TERM $$; }',
  '  verify "$1" "$2" "$3" "$4" "$(cat "$c")"; rm -f "$c" "$D/err$1"',
  '}',
  'pipe() { mkfifo -m 600 "$1" && { [ "$(id -un)" = "$login" ] || chown -- "$login" "$1"; }; }',
  'serve() {',
  '  f=$D/$1; pipe "$f" || return',
  '  ( dd if=/proc/self/fd/7 bs=1048576 skip="$2" count="$3" >"$f" 2>/dev/null; rm -f "$f" ) &',
  '}',
  'serve_image() { f=$D/$1; pipe "$f" || return; ( docker save "$2" >"$f" 2>/dev/null; rm -f "$f" ) & }',
  'load_image() {',
  '  o=$D/l$1',
  '  { ssh -F "$D/config" -n "$2" "$3" 2>/dev/null; printf %s $? >"$o.code"; } | docker load -q >"$o" 2>&1 && c=0 || c=1',
  '  if [ "$c$(cat "$o.code")" = 00 ]; then say h "$1"; else say b "$1" 1 "$(tail -n 1 "$o")"; fi',
  '}',
  // What is there and right already is loaded while the rest is still on its way.
  'begin_load() {',
  '  mkfifo -m 600 "$D/tap" "$D/orders" || return',
  '  ( docker load -q <"$D/tap" >"$D/said" 2>&1; say t $? "$(tail -n 1 "$D/said")" ) &',
  `  ( exec 8>"$D/tap"; while IFS=' ' read -r k n && [ "$k" != end ]; do`,
  '      dd if=/proc/self/fd/7 bs=1048576 skip="$k" count="$n" 2>/dev/null >&8 || exit',
  '    done <"$D/orders" ) &',
  '  exec 9>"$D/orders"',
  '}',
  // A docker load that has ended early reads no more: in a subshell that hurts nobody.
  `order() { ( printf '%s\\n' "$*" >&9 ) 2>/dev/null || :; }`,
  // Somebody has to take the pipe's other end, or its writer waits for ever.
  'unserve() { [ ! -p "$D/$1" ] || { : <"$D/$1"; } ; rm -f "$D/$1"; }',
  'neighbour() {',
  '  n=$1 h=$2 p=$3 u=$4; shift 4',
  `  printf 'Host %s\\nHostName %s\\nPort %s\\nUser %s\\nHostKeyAlias %s\\n' "$n" "$h" "$p" "$u" "$n" >>"$D/config"`,
  `  printf '%s\\n' "IdentityFile $D/key" "UserKnownHostsFile $D/known" "ControlPath $D/m-$n" \\`,
  ...[
    [
      'IdentitiesOnly yes',
      'IdentityAgent none',
      'GlobalKnownHostsFile /dev/null',
      'StrictHostKeyChecking yes',
    ],
    ['UpdateHostKeys no', 'CheckHostIP no', 'BatchMode yes', 'PreferredAuthentications publickey'],
    [
      'ConnectTimeout 5',
      'ServerAliveInterval 3',
      'ServerAliveCountMax 3',
      'Compression no',
      'LogLevel ERROR',
    ],
    ['ForwardAgent no', 'ForwardX11 no', 'ClearAllForwardings yes', 'EscapeChar none', 'RequestTTY no'],
    // Much cheaper than the first choice where the processor has AES, and known to every OpenSSH since 6.5.
    [
      'Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes256-ctr',
    ],
  ].map((options) => `    ${options.map((o) => `'${o}'`).join(' ')} \\`),
  `    >>"$D/config"`,
  `  printf '%s %s\\n' "$n" "$*" >>"$D/known"`,
  '}',
  'login() {',
  '  command -v ssh >/dev/null 2>&1 || { say c "$1" no there is no ssh command; return; }',
  '  rm -f "$D/m-$1"',
  '  ssh -F "$D/config" -M -N -n "$1" >/dev/null 2>"$D/c-$1" & p=$!; i=0',
  '  while [ ! -S "$D/m-$1" ] && kill -0 $p 2>/dev/null && [ $i -lt 100 ]; do',
  '    sleep 0.1 2>/dev/null || { sleep 1; i=$(( i + 9 )); }; i=$(( i + 1 ))',
  '  done',
  '  if [ -S "$D/m-$1" ]; then say c "$1" ok; wait $p; say l "$1"',
  '  else kill $p 2>/dev/null; say c "$1" no "$(tail -n 1 "$D/c-$1" 2>/dev/null)"; fi',
  '}',
  `cat >"$D/serve" <<'END'`,
  `case $SSH_ORIGINAL_COMMAND in '' | *[!0-9a-f]*) exit 2 ;; esac`,
  'f=$1/$SSH_ORIGINAL_COMMAND i=0',
  'while [ ! -p "$f" ]; do',
  '  [ $i -lt 100 ] || exit 3; sleep 0.1 2>/dev/null || { sleep 1; i=$(( i + 9 )); }; i=$(( i + 1 ))',
  'done',
  'exec cat <"$f"',
  'END',
  'chmod 644 "$D/serve"',
];

const LOOP = [
  'say ready "$D"',
  `while IFS=' ' read -r op a rest; do`,
  '  touch "$D/pid"',
  '  set -f; set -- $rest; set +f',
  '  case $op in',
  `    k) printf '%s\\n' "$a\${rest:+ }$rest" >>"$D/key" ;;`,
  '    a) neighbour "$a" "$@" ;;',
  '    c) login "$a" & ;;',
  '    v) look & ;;',
  '    g) fetch "$a" "$@" & ;;',
  '    s) serve "$a" "$@" ;;',
  '    i) serve_image "$a" "$@" ;;',
  '    l) load_image "$a" "$@" & ;;',
  '    t) begin_load ;;',
  '    w) order "$a" "$@" ;;',
  '    x) unserve "$a" & ;;',
  '    n) say n ;;',
  '    *) fail "unknown order $op" ;;',
  '  esac',
  'done',
];

/**
 * The program that takes chunks from the controller, beside the agent: its input is busy with their bytes.
 *
 *   p N MIB BLOCKS REST SHA256    chunk N follows     → h N | b N CODE
 */
export function intakeScript(mark: string, path: string, folder: string): ShellCommand {
  const setUp = `m=${quote(mark)} part=${quote(path)} D=${quote(folder)}`;
  return script([setUp, ...COMMON, ...VERIFY, ...INTAKE].join('\n'));
}

const INTAKE = [
  'put() { dd bs=1048576 seek="$1" iflag=fullblock conv=notrunc of=/proc/self/fd/7 2>"$D/err" || : >"$D/full"; }',
  // Exactly as many bytes as are the chunk's: behind them comes the next order.
  'take() {',
  '  { [ "$3" = 0 ] || dd bs=1048576 count="$3" iflag=fullblock 2>/dev/null',
  '    [ "$4" = 0 ] || dd bs="$4" count=1 iflag=fullblock 2>/dev/null; } | put "$2"',
  '  [ ! -e "$D/full" ] || fail "$(head -n 1 "$D/err")"',
  '  n=$3; [ "$4" = 0 ] || n=$(( n + 1 ))',
  '  verify "$1" "$2" "$n" "$5" 0 &',
  '}',
  '[ -f "$part" ] && [ ! -L "$part" ] && [ -O "$part" ] || fail "$part was taken away"',
  'exec 7<>"$part"',
  'say ready',
  `while IFS=' ' read -r op n rest; do set -- $rest; take "$n" "$@"; done`,
  'wait',
];
