/** What both programs on a node are told when they are started. None of it is secret: it shows in the process list. */
export interface ScriptWords {
  /** Stands before each line that they say. */
  readonly mark: string;
  /** Hex digits that name what belongs together: the run's folder, and its line in authorized_keys. */
  readonly id: string;
}

/** Any of these holds the folder of a run: what can be written to is taken, memory first. */
export const FOLDERS = '/run /dev/shm /tmp';
/** After so many minutes without a word from the controller a run is dead: a put of a chunk may last long. */
export const SILENT_MINUTES = 20;

export const COMMON = [
  'LC_ALL=C; export LC_ALL; umask 077',
  `say() { printf '%s %s\\n' "$m" "$*"; }`,
  'fail() { say e "$*"; exit 1; }',
];

/** Takes away what a run left that was killed. A folder whose agent lives and has heard something lately is somebody's. */
export const SWEEP = [
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

export const LIVES = [
  'lives() { for d in "/run/oms-play.$1".* "/dev/shm/oms-play.$1".* "/tmp/oms-play.$1".*; do [ ! -d "$d" ] || return 0; done; return 1; }',
];
