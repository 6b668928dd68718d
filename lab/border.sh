# shellcheck shell=bash
# The border between the controller and the regions: what the controller sends
# passes the bridge's own queue, what nodes send each other does not. So a limit
# there slows the way into a region and leaves its nodes fast among themselves.

border_limit() { # REGION|all RATE
  local region=${1:-} rate=${2:-} r number name
  need_up
  lab_size
  [[ $rate =~ ^[0-9]+(bit|kbit|mbit|gbit)$ ]] || die "limit REGION RATE: a rate such as 100mbit"
  number=$(border_number "$region") || die "no region '$region' in the lab (or say all)"
  take_lock
  tc qdisc show dev "$LAB_BRIDGE" | grep -q '^qdisc htb 1:' ||
    tc qdisc replace dev "$LAB_BRIDGE" root handle 1: htb default 0 r2q 1000
  tc class replace dev "$LAB_BRIDGE" parent 1: classid "1:1$number" htb rate "$rate" burst 32k cburst 32k
  # Its filters may be there from an earlier limit.
  tc filter del dev "$LAB_BRIDGE" parent 1: protocol ip prio "$((number + 1))" 2>/dev/null || true
  for name in $(node_names); do
    r=$(node_region "$name")
    [[ $number == 0 || $number == "$r" ]] || continue
    tc filter add dev "$LAB_BRIDGE" parent 1: protocol ip prio "$((number + 1))" \
      u32 match ip dst "$(node_address "$name")/32" flowid "1:1$number"
  done
}

border_unlimit() { tc qdisc del dev "$LAB_BRIDGE" root 2>/dev/null || true; }

border_number() { # REGION: its number; 0 for all together
  local r
  [[ $1 != all ]] || { echo 0; return; }
  for ((r = 1; r <= REGIONS; r++)); do
    [[ $1 != "$(region_name "$r")" && $1 != "$(region_prefix "$r")" ]] || { echo "$r"; return; }
  done
  return 1
}
