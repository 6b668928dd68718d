# shellcheck shell=bash
# The lab as a whole: up, down, status.

lab_up() {
  local regions='' nodes=''
  while (($#)); do
    case $1 in
      --regions) regions=${2:-}; shift 2 || die "--regions needs a number" ;;
      --nodes) nodes=${2:-}; shift 2 || die "--nodes needs a number" ;;
      *) die "up: unknown option '$1'" ;;
    esac
  done
  need_root
  "$LAB_REPO/scripts/setup" --packages
  take_lock
  refuse_foreign
  if ! ours_is_up; then
    # What is there belongs to a clone that is gone, or to a lab that a reboot ended.
    lab_end
  fi
  lab_size # a lab that is up keeps its size, unless told otherwise
  REGIONS=${regions:-$REGIONS} NODES=${nodes:-$NODES}
  [[ $REGIONS =~ ^[1-9]$ ]] || die "--regions must be 1 to 9"
  [[ $NODES =~ ^[1-9]$ ]] || die "--nodes must be 1 to 9"

  mkdir -p "$LAB_RUN" "$LAB_CACHE"
  [[ $(stat -f -c %T "$LAB_CACHE") != overlayfs ]] ||
    die "this clone lies on an overlay file system, on which no node's can sit: put it on a real disk"
  echo "$LAB_REPO" >"$LAB_RUN/owner"
  local names r name
  mapfile -t names < <(node_names)
  lab_shrink "${names[@]}"
  echo "$REGIONS $NODES" >"$LAB_RUN/size"

  bridge_up
  border_unlimit
  keys_up "${names[@]}"
  net_up metadb "$METADB_ADDRESS"
  for ((r = 1; r <= REGIONS; r++)); do net_up "vip-$r" "$(vip_address "$r")"; done
  for name in "${names[@]}"; do net_up "$name" "$(node_address "$name")"; done

  # Everything at the same time; each says itself what went wrong.
  local pids=() failed=0
  (metadb_up) & pids+=($!)
  for ((r = 1; r <= REGIONS; r++)); do (vip_up "$r") & pids+=($!); done
  for name in "${names[@]}"; do (node_up "$name") & pids+=($!); done
  for name in "${pids[@]}"; do wait "$name" || failed=1; done
  ((failed == 0)) || die "not everything came up; ./scripts/lab up tries again, ./scripts/lab down ends it"
}

lab_shrink() { # ends what a larger lab had and this size has not
  local name keep=" metadb $* "
  for ((r = 1; r <= REGIONS; r++)); do keep+="vip-$r "; done
  for name in $(net_names | sort -u); do
    [[ $keep == *" $name "* ]] || { net_down "$name"; node_forget "$name"; }
  done
}

lab_down() {
  need_root
  take_lock
  refuse_foreign
  lab_end
}

# Ends whatever of a lab there is, also half a one, and by names that are the
# lab's own; needs nothing of the clone that started it.
lab_end() {
  local name names
  mapfile -t names < <(net_names | sort -u)
  if ((${#names[@]})); then each_parallel net_down "${names[@]}"; fi
  bridge_down
  cgroups_remove
  for name in "$LAB_CACHE"/nodes/*; do [[ ! -d $name ]] || node_forget "${name##*/}"; done
  metadb_forget
  rm -rf "$LAB_RUN"
}

lab_status() {
  need_root
  refuse_foreign
  if ! ours_is_up; then
    echo "The lab is not up."
    return 3
  fi
  lab_size
  local name r bad=0 way ssh docker link containers
  local format='%-8s %-12s %-16s %-28s %-5s %-5s %-7s %s\n'
  # shellcheck disable=SC2059
  {
    printf "$format" NODE ADDRESS REGION 'WAY IN' LINK SSHD DOCKER CONTAINERS
    for name in $(node_names); do
      case $(node_way "$name") in
        root-key) way='root, key' ;;
        sudo-key) way="$OPS_USER, key; sudo asks" ;;
        sudo-jump) way="$OPS_USER, password, via $JUMP_NODE" ;;
      esac
      link=cut ssh=down docker=down containers=-
      if link_is_up "$name"; then link=up; fi
      if sshd_listens "$name"; then ssh=up; fi
      if docker_answers "$name"; then
        docker=up
        containers=$(node_docker "$name" ps -a --format '{{.Names}} ({{.State}})' | paste -sd, | sed 's/,/, /g')
      fi
      [[ $link$ssh$docker == upupup ]] || bad=1
      printf "$format" "$name" "$(node_address "$name")" "$(region_name "$(node_region "$name")")" \
        "$way" "$link" "$ssh" "$docker" "${containers:--}"
    done
    echo
    printf '%-8s %-18s %-10s %s\n' SERVICE ADDRESS STATE WHAT
    metadb_answers && r=up || r=down bad=1
    printf '%-8s %-18s %-10s %s\n' metadb "$METADB_ADDRESS:$METADB_PORT" "$r" "MariaDB, user $METADB_USER"
    for ((r = 1; r <= REGIONS; r++)); do
      vip_listens "vip-$r" && name=up || name=down bad=1
      printf '%-8s %-18s %-10s %s\n' "vip-$r" "$(vip_address "$r")" "$name" \
        "haproxy, ports ${VIP_PORTS[*]} of $(region_name "$r")"
    done
  }
  return $bad
}
