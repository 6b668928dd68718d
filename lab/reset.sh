# shellcheck shell=bash disable=SC2015,SC2016
# Back to bare nodes and an empty MetaDB, without restarting what runs.

lab_reset() {
  need_up
  lab_up # repairs and undoes faults, and takes the lock
  local name names pids=() failed=0
  mapfile -t names < <(node_names)
  (metadb_reset) & pids+=($!)
  for name in "${names[@]}"; do (node_reset "$name") & pids+=($!); done
  for name in "${pids[@]}"; do wait "$name" || failed=1; done
  ((failed == 0)) || die "reset did not finish everywhere"
}

node_reset() {
  local dir; dir=$(node_dir "$1")
  docker_reset "$1"
  find "$dir/data" -mindepth 1 -delete
  files_reset "$1" "$dir"
  hostkey_install "$1"
}

# Through the mounted overlay, never below it. What the upper layer got since
# the node was made goes away, unless the lower layer has it too: then it was
# changed or deleted, and comes back as it is there. Folders stay: they only
# show that something in them changed.
files_reset() { # NODE DIR
  local path gone=$2/reset.gone back=$2/reset.back
  : >"$gone"
  : >"$back"
  while IFS= read -r -d '' path; do
    if ! lower_has "$path"; then printf '%s\0' "$path" >>"$gone"
    elif [[ ! -d $2/upper/$path || -L $2/upper/$path ]]; then printf '%s\0' "$path" >>"$back"; fi
  done < <(cd "$2/upper" && LC_ALL=C comm -z -13 ../baseline.list <(find . -mindepth 1 -print0 | LC_ALL=C sort -z))
  in_node "$1" bash -c 'cd / && xargs -0 -r rm -rf --one-file-system --' <"$gone"
  [[ ! -s $back ]] || tar -C / --create --format=posix --null --files-from "$back" | in_node "$1" tar -C / --extract --overwrite
  in_node "$1" tar -C / --extract --overwrite <"$2/baseline.tar"
  rm -f "$gone" "$back"
}

lower_has() { # ./PATH: the machine has it, in a folder that it shares with the nodes
  local dir
  for dir in "${EMPTY_DIRS[@]}"; do [[ $1/ != "./$dir/"* ]] || return 1; done
  [[ -e /$1 || -L /$1 ]]
}

docker_reset() {
  local ids
  ids=$(node_docker "$1" ps -aq)
  # shellcheck disable=SC2086
  [[ -z $ids ]] || node_docker "$1" rm -fv $ids >/dev/null
  ids=$(node_docker "$1" images -aq | sort -u)
  # shellcheck disable=SC2086
  [[ -z $ids ]] || node_docker "$1" rmi -f $ids >/dev/null
  node_docker "$1" volume prune -f >/dev/null
  node_docker "$1" network prune -f >/dev/null
}
