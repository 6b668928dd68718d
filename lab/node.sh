# shellcheck shell=bash disable=SC2015,SC2016
# Starting, repairing and ending one node.

# Brings a node to what it should be, whatever is missing: runs on every `up`,
# so it costs little when nothing is. Also undoes every fault of faults.sh.
node_up() {
  local name=$1 dir fresh=; dir=$(node_dir "$name")
  if ! main_pid "$name"; then
    fresh=1
    node_start "$name"
  fi
  [[ -n $fresh ]] || fills_undo "$name"
  hostkey_install "$name"
  firewall_up "$name"
  sshd_up "$name"
  docker_up "$name"
  [[ -e $dir/baseline.list ]] || node_baseline "$dir"
}

# What `reset` goes back to: the root file system as it is once sshd and Docker
# have written theirs. Whiteouts are no files that tar could bring back.
node_baseline() {
  (
    cd "$1/upper" || exit
    find . -mindepth 1 ! -type c -print0 |
      tar --create --format=posix --file ../baseline.tar --no-recursion --null --files-from -
    find . -mindepth 1 -print0 | LC_ALL=C sort -z >../baseline.list
  )
}

node_start() {
  local name=$1 dir; dir=$(node_dir "$name")
  net_kill "$name" # an `up` that did not finish may have left a start under way
  mkdir -p "$dir/log"
  : >"$LAB_RUN/$name.pid"
  # nsenter, not `ip netns exec`: that one mounts a /sys without the cgroups.
  setsid nsenter --net="$(netns_of "$name")" \
    unshare --mount --uts --ipc --pid --fork --propagation private \
    "$LAB_CODE/node-init.sh" "$name" </dev/null >"$dir/log/init.log" 2>&1 9>&- &
  wait_until 20 main_pid "$name" || die "node $name did not start: $(tail -n 3 "$dir/log/init.log")"
}

# --- sshd ----------------------------------------------------------------------

# Reads the namespace's own table of sockets: no login, no line in sshd's log.
sshd_listens() {
  main_pid "$1" && grep -q '^ *[0-9]*: 00000000:0016 00000000:0000 0A' "/proc/$PID/net/tcp"
}

sshd_up() {
  sshd_listens "$1" && return
  in_node "$1" /usr/sbin/sshd -E /var/log/sshd.log
  wait_until 10 sshd_listens "$1" || die "sshd on $1 does not listen: $(tail -n 3 "$(node_dir "$1")/log/sshd.log")"
}

# --- Docker --------------------------------------------------------------------

docker_socket() { main_pid "$1" && echo "/proc/$PID/root/run/docker.sock"; }
docker_answers() {
  main_pid "$1" && [[ $(curl -s -m 3 --unix-socket "/proc/$PID/root/run/docker.sock" http://docker/_ping) == OK ]]
}
node_docker() { # NODE ARGS...: the node's Docker, asked from outside
  local socket; socket=$(docker_socket "$1"); shift
  /usr/bin/docker -H "unix://$socket" "$@"
}

# No bridge and no iptables: OMS uses the host's network only, and Docker's
# rules would set FORWARD to DROP and cut the nodes off from each other.
docker_start() {
  in_node "$1" bash -c 'rm -f /run/docker.pid
    setsid dockerd --bridge=none --iptables=false --ip-forward=false --ip-masq=false \
    --storage-driver=overlay2 --cgroup-parent="/omslab/$1" --oom-score-adjust=0 \
    --add-runtime lab=/usr/local/sbin/lab-runc --default-runtime lab \
    </dev/null >>/var/log/dockerd.log 2>&1 &' - "$1"
}

docker_up() {
  docker_answers "$1" && return
  docker_stop "$1" # one that hangs, or is still on its way down
  docker_start "$1"
  wait_until 40 docker_answers "$1" ||
    die "dockerd on $1 does not answer: $(tail -n 3 "$(node_dir "$1")/log/dockerd.log")"
}

# As a service manager does it: asks, and kills when that takes too long.
docker_stop() {
  in_node "$1" bash -c 'pids() { pgrep -x dockerd; pgrep -x containerd; }
    pkill -x dockerd || true
    for i in {1..150}; do [[ -n $(pids) ]] || exit 0; sleep 0.1; done
    kill -KILL $(pids); sleep 0.2' 2>/dev/null || true
}

# --- the end of a node -----------------------------------------------------------

node_forget() { # its files, once its processes are gone; the logs stay to be read
  local dir; dir=$(node_dir "$1")
  rm -rf "$dir"/{built,upper,work,merged,data,docker,baseline.list,baseline.tar}
  rm -f "$LAB_RUN/$1.pid"
}

cgroups_remove() { # what runc left: empty once the containers are dead
  local path
  for path in /sys/fs/cgroup/omslab /sys/fs/cgroup/*/omslab; do
    [[ ! -d $path ]] || find "$path" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
}
