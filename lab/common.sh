# shellcheck shell=bash disable=SC2034
# What every part of the lab needs: paths, messages, the lock, the owner, and
# finding nodes and their processes.

LAB_CODE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
LAB_REPO=$(dirname "$LAB_CODE")
LAB_CACHE=$LAB_REPO/.cache/lab
LAB_KEY=$LAB_CACHE/ssh/id_ed25519
LAB_KNOWN_HOSTS=$LAB_CACHE/ssh/known_hosts
# shellcheck source=lab/settings.sh
source "$LAB_CODE/settings.sh"

say() { printf '%s\n' "$*" >&2; }
die() { say "lab: $*"; exit 1; }

need_root() { [[ $EUID -eq 0 ]] || die "needs root: it makes network namespaces and mounts"; }

# One change at a time. Everything the lab leaves running must close fd 9,
# or it would hold the lock for as long as it lives.
take_lock() {
  exec 9>"$LAB_LOCK"
  flock -n 9 && return
  say "lab: another lab command is at work, waiting for it"
  flock -w 180 9 || die "the other lab command did not end within 180 s"
}

# --- whose lab is it ---------------------------------------------------------
# Bridge, addresses and namespaces exist once per machine, so only one clone of
# the repository can have its lab up.

owner() { local o=; [[ -r $LAB_RUN/owner ]] && read -r o <"$LAB_RUN/owner"; printf '%s' "$o"; }

# A lab that a reboot ended left its record behind, but neither bridge nor namespaces.
lab_present() {
  [[ -e /sys/class/net/$LAB_BRIDGE ]] && return
  local ns; for ns in /run/netns/omslab-*; do
    [[ -e $ns && $(stat -f -c %T "$ns") == nsfs ]] && return
  done
  return 1
}

refuse_foreign() {
  local o; o=$(owner)
  if [[ -n $o && $o != "$LAB_REPO" && -d $o ]] && lab_present; then
    die "the lab of another clone is up: $o
     End it first: $o/scripts/lab down"
  fi
}

ours_is_up() { [[ $(owner) == "$LAB_REPO" ]] && lab_present; }

need_up() {
  need_root
  refuse_foreign
  ours_is_up || die "the lab is not up: ./scripts/lab up"
}

# --- size and names ----------------------------------------------------------

lab_size() { # sets REGIONS and NODES to those of the running lab
  REGIONS=$DEFAULT_REGIONS NODES=$DEFAULT_NODES
  if [[ -r $LAB_RUN/size ]]; then read -r REGIONS NODES <"$LAB_RUN/size"; fi
}

node_names() { # needs REGIONS and NODES: see lab_size
  local r n
  for ((r = 1; r <= REGIONS; r++)); do
    for ((n = 1; n <= NODES; n++)); do echo "$(region_prefix "$r")-$n"; done
  done
}

node_region() {
  case $1 in hz-*) echo 1 ;; hlj-*) echo 2 ;; r*) local r=${1%-*}; echo "${r#r}" ;; esac
}
node_address() { echo "$LAB_PREFIX.$((10 * $(node_region "$1") + ${1##*-}))"; }
node_dir() { echo "$LAB_CACHE/nodes/$1"; }

need_node() {
  [[ -n ${1:-} ]] || die "which node? One of: $(node_names | paste -sd' ')"
  local all; all=$(node_names) # not a pipe: grep -q would end it early, and fail it
  grep -qxF -- "$1" <<<"$all" || die "no node '$1' in the lab. There are: $(node_names | paste -sd' ')"
}

# --- processes ---------------------------------------------------------------

netns_of() { echo "/run/netns/omslab-$1"; }

# Sets PID to the main process of a node or service. A recorded number counts
# only while that process sits in the lab's own network namespace, so a number
# that the system gave to someone else in the meantime is never touched.
main_pid() {
  PID=
  [[ -r $LAB_RUN/$1.pid ]] || return 1
  read -r PID <"$LAB_RUN/$1.pid" || return 1
  [[ -n $PID && /proc/$PID/ns/net -ef $(netns_of "$1") ]]
}

in_node() { # NODE CMD...: as root, with nothing of this machine's environment
  local name=$1; shift
  main_pid "$name" || die "node $name is not running: ./scripts/lab up"
  nsenter -t "$PID" -m -u -i -n -p -- env -i HOME=/root USER=root LOGNAME=root \
    TERM="${TERM:-dumb}" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@" 9>&-
}

wait_until() { # SECONDS CMD...: polls ten times a second
  local i end=$(($1 * 10)); shift
  for ((i = 0; i < end; i++)); do
    if "$@"; then return; fi
    sleep 0.1
  done
  return 1
}

# Runs a function once per name, all at the same time; fails if one of them did.
each_parallel() {
  local fn=$1 name pids=() failed=0; shift
  for name in "$@"; do "$fn" "$name" & pids+=($!); done
  for name in "${pids[@]}"; do wait "$name" || failed=1; done
  return $failed
}
