# shellcheck shell=bash
# The lab's network: one bridge, and a network namespace with one veth pair for
# each node and service. No namespace has a default route: nothing leaves.

veth_of() { echo "ol-$1"; }

bridge_up() {
  local dev=/sys/class/net/$LAB_BRIDGE
  [[ -e $dev ]] || ip link add "$LAB_BRIDGE" type bridge
  # A fixed address keeps the bridge from taking that of the lowest port each time one comes or goes.
  ip link set "$LAB_BRIDGE" address 02:00:0a:4d:00:01 up
  ip addr replace "$LAB_CONTROLLER/24" dev "$LAB_BRIDGE"
}

# Joining the bridge is the last step, so a link without a master was left
# half-made by an `up` that did not finish: it is made again.
net_up() { # NAME ADDRESS
  local ns=omslab-$1 veth; veth=$(veth_of "$1")
  # After a reboot on a machine whose /run is on disk, a plain file stands where the namespace was.
  if [[ -e /run/netns/$ns && $(stat -f -c %T "/run/netns/$ns") != nsfs ]]; then rm -f "/run/netns/$ns"; fi
  [[ -e /run/netns/$ns ]] || ip netns add "$ns"
  if [[ ! -e /sys/class/net/$veth/master ]]; then
    ip link del "$veth" 2>/dev/null || true
    ip link add "$veth" type veth peer name eth0 netns "$ns"
    ip -n "$ns" -batch - <<-END
	link set lo up
	addr replace $2/24 dev eth0
	link set eth0 up
	END
    ip link set "$veth" master "$LAB_BRIDGE" up
  fi
  link_heal "$1"
}

link_is_up() {
  local state=; read -r state 2>/dev/null <"/sys/class/net/$(veth_of "$1")/operstate" || true
  [[ $state == up ]]
}
link_cut() { ip link set "$(veth_of "$1")" down; }
link_heal() { link_is_up "$1" || ip link set "$(veth_of "$1")" up; }

# Ends every process in a namespace of the lab. Whatever runs in there, the lab
# started: that holds after any crash, with or without a recorded process id.
# A node's first process takes all others with it.
net_kill() { # NAME
  local pids=()
  for _ in {1..50}; do
    mapfile -t pids < <(ip netns pids "omslab-$1" 2>/dev/null)
    [[ ${#pids[@]} -gt 0 ]] || return 0
    kill -KILL "${pids[@]}" 2>/dev/null || true
    sleep 0.1
  done
  die "processes of $1 do not end: ${pids[*]}"
}

net_down() { # NAME
  if [[ -e /run/netns/omslab-$1 ]]; then
    net_kill "$1"
    ip netns del "omslab-$1" 2>/dev/null || rm -f "/run/netns/omslab-$1"
  fi
  # The kernel removes a dead namespace's veth only later; do not wait for it.
  ip link del "$(veth_of "$1")" 2>/dev/null || true
}

net_names() { # every namespace and link of the lab that exists, also one of an older size
  local f
  for f in /run/netns/omslab-*; do [[ -e $f ]] && echo "${f#/run/netns/omslab-}"; done
  for f in /sys/class/net/ol-*; do [[ -e $f ]] && echo "${f#/sys/class/net/ol-}"; done
  return 0
}

bridge_down() {
  [[ ! -e /sys/class/net/$LAB_BRIDGE ]] || ip link del "$LAB_BRIDGE"
  # `ip netns add` makes a mount of this folder; leave none behind if it was for us alone.
  if mountpoint -q /run/netns && [[ -z $(ls -A /run/netns) ]]; then
    umount /run/netns
    rmdir /run/netns
  fi
}

# hlj-2 is reached over SSH only through the jump host, and not at all from the
# controller: what lies behind a firewall in a customer's network.
firewall_up() { # NODE
  [[ $(node_way "$1") == sudo-jump ]] || return 0
  in_node "$1" iptables -C INPUT -s "$LAB_CONTROLLER" -j DROP 2>/dev/null && return
  in_node "$1" iptables-restore <<-END
	*filter
	:INPUT ACCEPT [0:0]
	-A INPUT -i lo -j ACCEPT
	-A INPUT -s $LAB_CONTROLLER -j DROP
	-A INPUT -p tcp --dport 22 ! -s $(node_address "$JUMP_NODE") -j DROP
	COMMIT
	END
}
