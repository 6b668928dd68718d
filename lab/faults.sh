# shellcheck shell=bash disable=SC2015,SC2016
# Faults to test against. `up` undoes all of them.

FILL_SOURCE=labfill # the mount's name, by which it is found again

fault_fill() { # NODE PATH: a small disk of its own there, without a free byte
  [[ ${2:-} == /* ]] || die "fill NODE PATH: the path must begin with /"
  in_node "$1" bash -c 'set -e
    mkdir -p -- "$2"
    mount -t tmpfs -o size=1m,mode=755 "$1" "$2"
    cat /dev/zero >"$2/.fill" 2>/dev/null || true' - "$FILL_SOURCE" "$2"
}

fault_unfill() { # NODE PATH
  [[ ${2:-} == /* ]] || die "unfill NODE PATH: the path must begin with /"
  grep -q "^$FILL_SOURCE ${2%/} " <(fills_of "$1") || die "$2 on $1 was not filled"
  in_node "$1" umount -l -- "$2"
}

fills_of() { main_pid "$1" && grep "^$FILL_SOURCE " "/proc/$PID/mounts" || true; }

fills_undo() {
  local path
  while read -r _ path _; do in_node "$1" umount -l -- "$(printf %b "$path")"; done < <(fills_of "$1")
}

fault() { # COMMAND NODE [ARGS]
  local command=$1 restore=; shift
  need_up
  lab_size
  if [[ $command == rehost-key && ${1:-} == --restore ]]; then restore=1; shift; fi
  case $command in metadb-*) ;; *) need_node "${1:-}" ;; esac
  take_lock
  case $command in
    cut) link_cut "$1" ;;
    heal) link_heal "$1" ;;
    docker-stop) docker_stop "$1" ;;
    docker-start) docker_up "$1" ;;
    metadb-stop) metadb_stop ;;
    metadb-start) metadb_up ;;
    fill) fault_fill "$@" ;;
    unfill) fault_unfill "$@" ;;
    rehost-key) if [[ $restore ]]; then hostkey_install "$1"; else hostkey_replace "$1"; fi ;;
  esac
}
