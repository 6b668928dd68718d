import { quote, script } from '../../transport/command.ts';
import type { ShellCommand } from '../../transport/command.ts';

/** What both programs on a node are told when they are started. None of it is secret: it shows in the process list. */
export interface ScriptWords {
  /** Stands before each line that they say. */
  readonly mark: string;
  /** Hex digits that name what belongs together: the run's folder, and its line in authorized_keys. */
  readonly id: string;
}

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

/** Any of these holds the folder of a run: what can be written to is taken, memory first. */
const FOLDERS = '/run /dev/shm /tmp';
/** After so many minutes without a word from the controller a run is dead: a put of a chunk may last long. */
const SILENT_MINUTES = 20;

/**
 * The program that works for a node in a swarm, as the task's user. It reads one order per line and answers in lines.
 * Its input's end, however it comes, makes it take everything away again.
 *
 *   k LINE                        one line of the private key
 *   a NAME HOST PORT USER KEY…    a neighbour, with its host key
 *   c NAME                        log in there        → c NAME ok | c NAME no WORDS, later perhaps l NAME
 *   v                             look at what is there → v N SHA256 …, v end
 *   g N MIB BLOCKS SHA256 NAME ID fetch chunk N       → h N | b N CODE
 *   s ID MIB BLOCKS               serve what a neighbour will ask for by that ID
 *   x ID                          nobody will ask for it
 *   n                             the controller still lives
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

const COMMON = [
  'LC_ALL=C; export LC_ALL; umask 077',
  `say() { printf '%s %s\\n' "$m" "$*"; }`,
  'fail() { say e "$*"; exit 1; }',
];

/** Takes away what a run left that was killed. A folder whose agent lives and has heard something lately is somebody's. */
const SWEEP = [
  'dead() {',
  '  if [ ! -e "$1/pid" ]; then [ -n "$(find "$1" -prune -mmin +1 2>/dev/null)" ]; return; fi',
  '  p=$(cat "$1/pid")',
  '  grep -qs oms-play "/proc/$p/cmdline" || return 0',
  `  [ -n "$(find "$1/pid" -mmin +${SILENT_MINUTES} 2>/dev/null)" ]`,
  '}',
  'sweep() {',
  '  for d in /run/oms-play.* /dev/shm/oms-play.* /tmp/oms-play.*; do',
  '    [ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && dead "$d" || continue',
  '    [ ! -e "$d/pid" ] || ! grep -qs oms-play "/proc/$(cat "$d/pid")/cmdline" || kill -TERM "$(cat "$d/pid")"',
  '    for s in "$d"/m-*; do [ ! -S "$s" ] || ssh -o ControlPath="$s" -O exit none 2>/dev/null; done',
  '    rm -rf -- "$d"',
  '  done',
  '}',
];

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
  `( while sleep 60; do [ -z "$(find "$D/pid" -mmin +${SILENT_MINUTES} 2>/dev/null)" ] || kill -TERM 0; done ) &`,
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
  'serve() {',
  '  f=$D/$1; mkfifo -m 600 "$f" && { [ "$(id -un)" = "$login" ] || chown -- "$login" "$f"; } || return',
  '  ( dd if=/proc/self/fd/7 bs=1048576 skip="$2" count="$3" >"$f" 2>/dev/null; rm -f "$f" ) &',
  '}',
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
  '    x) unserve "$a" & ;;',
  '    n) ;;',
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

const EDIT = [
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
  'lives() { for d in "/run/oms-play.$1".* "/dev/shm/oms-play.$1".* "/tmp/oms-play.$1".*; do [ ! -d "$d" ] || return 0; done; return 1; }',
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
  `trap 'trap "" HUP INT TERM; drop "$id"; kill -TERM 0' EXIT; trap 'exit 1' HUP INT TERM`,
  'edit with "$line" || fail "cannot write $A"',
  'say ready',
  '( while [ -d "$D" ]; do sleep 2; done; kill -TERM 0 ) &',
  'cat >/dev/null',
];

/** Prints the folders and keys that a run has left on the node and that nobody is behind any more. Changes nothing. */
export function leftOversScript(loginUser: string): ShellCommand {
  const home = /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(loginUser) ? `~${loginUser}` : '$HOME';
  return script(
    [
      ...COMMON,
      ...SWEEP,
      'for d in /run/oms-play.* /dev/shm/oms-play.* /tmp/oms-play.*; do',
      '  [ -d "$d" ] && [ ! -L "$d" ] && [ -O "$d" ] && dead "$d" && printf "%s\\n" "$d"',
      'done',
      `A=${home}/.ssh/authorized_keys`,
      'lives() { for d in "/run/oms-play.$1".* "/dev/shm/oms-play.$1".* "/tmp/oms-play.$1".*; do [ ! -d "$d" ] || return 0; done; return 1; }',
      `for r in $(sed -n 's/.* oms-play\\.\\([0-9a-f]*\\)\\.[df]*$/\\1/p' "$A" 2>/dev/null); do lives "$r" || printf '%s\\n' "$A"; done`,
      ':',
    ].join('\n'),
  );
}
