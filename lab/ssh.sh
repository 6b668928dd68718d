# shellcheck shell=bash
# The controller's key, and the nodes' host keys. Both outlive `down`, so that
# a known_hosts file stays true from one lab to the next.

HOSTKEY_TYPES=(ed25519 ecdsa)
hostkey_dir() { echo "$LAB_CACHE/hostkeys/$1"; }

keys_up() { # NODES...
  local name type dir
  if [[ ! -s $LAB_KEY.pub ]]; then
    mkdir -p "$LAB_CACHE/ssh"
    chmod 700 "$LAB_CACHE/ssh"
    rm -f "$LAB_KEY"
    ssh-keygen -q -t ed25519 -N '' -C oms-play-lab -f "$LAB_KEY"
  fi
  for name in "$@"; do
    dir=$(hostkey_dir "$name")
    mkdir -p "$dir"
    for type in "${HOSTKEY_TYPES[@]}"; do
      [[ -s $dir/ssh_host_${type}_key.pub ]] || hostkey_make "$dir" "$type" "$name"
    done
  done
  known_hosts_write "$@"
}

hostkey_make() { # DIR TYPE NAME
  rm -f "$1/ssh_host_$2_key"
  ssh-keygen -q -t "$2" -N '' -C "root@$3" -f "$1/ssh_host_$2_key"
}

known_hosts_write() {
  local name type all
  all=$(for name in "$@"; do
    for type in "${HOSTKEY_TYPES[@]}"; do
      read -r kind key _ <"$(hostkey_dir "$name")/ssh_host_${type}_key.pub"
      echo "$(node_address "$name") $kind $key"
    done
  done)
  [[ -r $LAB_KNOWN_HOSTS && $(<"$LAB_KNOWN_HOSTS") == "$all" ]] || printf '%s\n' "$all" >"$LAB_KNOWN_HOSTS"
}

# Puts the node's own host keys in place, if others are there (or none).
hostkey_install() { # NODE
  local type dir to; dir=$(hostkey_dir "$1")
  main_pid "$1"
  to=/proc/$PID/root/etc/ssh
  local changed=
  for type in "${HOSTKEY_TYPES[@]}"; do
    cmp -s "$dir/ssh_host_${type}_key" "$to/ssh_host_${type}_key" && continue
    cp -p "$dir/ssh_host_${type}_key" "$dir/ssh_host_${type}_key.pub" "$to/"
    changed=1
  done
  [[ -z $changed ]] || sshd_reload "$1"
}

hostkey_replace() { # NODE: new keys that no known_hosts knows
  local type new; new=$(mktemp -d)
  main_pid "$1"
  for type in "${HOSTKEY_TYPES[@]}"; do hostkey_make "$new" "$type" "$1"; done
  cp "$new"/* "/proc/$PID/root/etc/ssh/"
  rm -rf "$new"
  sshd_reload "$1"
}

# On SIGHUP sshd starts itself anew with the same process id; running logins
# stay. Waits until the new key is the one that it shows.
sshd_reload() {
  main_pid "$1"
  local pidfile=/proc/$PID/root/run/sshd.pid
  [[ -s $pidfile ]] || return 0
  in_node "$1" kill -HUP "$(<"$pidfile")" 2>/dev/null || return 0 # dead: sshd_up starts it
  wait_until 5 sshd_shows_key "$1" || die "sshd on $1 did not take its new host keys"
}
sshd_shows_key() {
  local key; main_pid "$1"
  read -r _ key _ <"/proc/$PID/root/etc/ssh/ssh_host_ed25519_key.pub"
  [[ $(in_node "$1" ssh-keyscan -T 1 -t ed25519 127.0.0.1 2>/dev/null) == *" $key" ]]
}
