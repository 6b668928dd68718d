# shellcheck shell=bash
# A virtual IP per region: a real haproxy in a namespace of its own that passes
# TCP on to the region's nodes and leaves out those that do not answer.

vip_config() { # REGION
  local port n node
  cat <<-END
	global
	    maxconn 4000
	    stats socket $LAB_CACHE/vip/$1.sock mode 600 level admin
	defaults
	    mode tcp
	    timeout connect 2s
	    timeout client 1h
	    timeout server 1h
	END
  for port in "${VIP_PORTS[@]}"; do
    printf 'listen port-%s\n    bind %s:%s\n    option tcp-check\n' "$port" "$(vip_address "$1")" "$port"
    for ((n = 1; n <= NODES; n++)); do
      node=$(region_prefix "$1")-$n
      echo "    server $node $(node_address "$node"):$port check inter 500ms fall 2 rise 1"
    done
  done
}

vip_up() { # REGION
  local name=vip-$1 config=$LAB_CACHE/vip/$1.cfg
  mkdir -p "$LAB_CACHE/vip"
  if main_pid "$name"; then
    [[ $(vip_config "$1") == "$(<"$config")" ]] && return
  fi # else the region's nodes are others now
  net_kill "$name"
  vip_config "$1" >"$config"
  setsid nsenter --net="$(netns_of "$name")" haproxy -db -f "$config" </dev/null >"$LAB_CACHE/vip/$1.log" 2>&1 9>&- &
  echo $! >"$LAB_RUN/$name.pid"
  wait_until 5 vip_listens "$name" || die "the VIP of region $1 did not start: $(tail -n 3 "$LAB_CACHE/vip/$1.log")"
}
# 1F98 is 8088, the first port that it binds.
vip_listens() { main_pid "$1" && grep -q ':1F98 00000000:0000 0A' "/proc/$PID/net/tcp"; }
