# shellcheck shell=bash disable=SC2015,SC2016
# All that there is on a node or in the MetaDB, as text, looked at from outside
# and with none of oms-play's code: the same text twice means that what
# happened in between changed nothing.

lab_fingerprint() { # [NODE|metadb]...
  need_up
  lab_size
  local names=("$@") name out
  for name in "$@"; do [[ $name == metadb ]] || need_node "$name"; done
  if ((${#names[@]} == 0)); then mapfile -t names < <(node_names; echo metadb); fi
  out=$(mktemp -d)
  FINGERPRINT_OUT=$out
  trap 'rm -rf "$FINGERPRINT_OUT"' EXIT
  each_parallel fingerprint_one "${names[@]}" || die "not everything could be looked at"
  for name in "${names[@]}"; do cat "$out/$name"; done
}

fingerprint_one() {
  {
    echo "== $1"
    if [[ $1 == metadb ]]; then fingerprint_metadb; else
      fingerprint_files "$1"
      fingerprint_docker "$1"
    fi
  } >"$FINGERPRINT_OUT/$1"
}

# --- files -----------------------------------------------------------------------

# What the node has of its own: the overlay's upper layer and /data. /var/log
# and /run are other mounts and so not in it; sudo notes there whom it warned.
# A folder's size and time are left out: a temporary file that came and went
# moves them, and what a folder holds is listed anyway. OMS writes to its logs
# all the time: of these only the names, but all of docker_init's, since each
# initialisation leaves one.
fingerprint_files() (
  cd "$(node_dir "$1")" || exit
  export LC_ALL=C
  local skip=(-path upper/var/lib/sudo -o -path upper/var/lib/containerd -o -path 'upper/etc/*.lock')
  {
    find upper data -mindepth 1 \( "${skip[@]}" \) -prune -o \
      \( -type f -size -10485760c -printf '%p\0' \) | xargs -0 -r sha256sum -z -- |
      tr '\0' '\n' | sed 's/^\([0-9a-f]*\)  /sum\t\1\t/'
    find upper data -mindepth 1 \( "${skip[@]}" \) -prune -o \
      -printf 'file\t%y\t%m\t%U:%G\t%s\t%TY-%Tm-%Td %TT\t%l\t%p\n'
  } | awk -F'\t' -v OFS=' ' '
    # The path comes last, as it may hold tabs itself.
    function rest(n,  i, s) { s = $n; for (i = n + 1; i <= NF; i++) s = s FS $i; return s }
    $1 == "sum" { sum[rest(3)] = $2; next }
    { path = rest(8); key = path; sub(/^upper\//, "/", path); sub(/^data\//, "/data/", path) }
    $2 == "c" { print path, "deleted"; next }
    $2 == "d" { print path, "folder", $3, $4; next }
    $2 == "l" { print path, "link", $4, "->", $7; next }
    path ~ /\/oms_logs\// && path !~ /\/docker_init[^\/]*$/ { print path, "log", $3, $4; next }
    { print path, $2 == "f" ? "file" : "special:" $2, $3, $4, $5, $6, sum[key] }' | sort
)

# --- Docker ----------------------------------------------------------------------

fingerprint_docker() {
  local ids id pid child
  docker_answers "$1" || { echo "docker does not answer"; return; }
  node_docker "$1" images --digests --no-trunc -a --format 'image {{.Repository}}:{{.Tag}} {{.Digest}} {{.ID}}' | sort
  node_docker "$1" volume ls --format 'volume {{.Name}}' | sort
  mapfile -t ids < <(node_docker "$1" ps -aq --no-trunc | sort)
  for id in "${ids[@]}"; do
    node_docker "$1" inspect "$id" | jq -S '.[0] | {Id, Name, Created, Image, RestartCount, Args, Path,
      State: (.State | {Status, StartedAt, FinishedAt, Pid, ExitCode}),
      HostConfig: (.HostConfig | {Binds, NetworkMode, Privileged, PidsLimit, Ulimits, RestartPolicy, Memory, NanoCpus, CpuQuota}),
      Env: .Config.Env, Mounts: (.Mounts | sort_by(.Destination))}'
    pid=$(node_docker "$1" inspect -f '{{.State.Pid}}' "$id")
    [[ $pid != 0 ]] || continue
    # The container's first process (supervisord) and its programs, by their
    # start: what was restarted shows. What these start in turn comes and goes.
    for child in $(in_node "$1" bash -c 'cat "/proc/$1/task/$1/children"' - "$pid"); do
      echo "process $(in_node "$1" bash -c 'stat=$(cat "/proc/$1/stat") || exit 0
        args=$(tr "\\0" " " <"/proc/$1/cmdline"); args=${args%% [\[]*}; set -- ${stat##*) }; echo "$args started ${20}"' - "$child") pid $child"
    done | sort
  done
}

# --- MetaDB ----------------------------------------------------------------------

# Per table its definition's time, the number of rows and a checksum of them
# that does not depend on their order. A living OMS writes heartbeats all the
# time: these columns, and the table of their numbers, are left out.
fingerprint_metadb() {
  metadb_answers || { echo "the MetaDB does not answer"; return; }
  metadb_databases | sed 's/^/database /'
  local queries
  queries=$(metadb_sql --raw <<'END'
SET SESSION group_concat_max_len = 1000000;
SELECT CONCAT('SELECT ', QUOTE(CONCAT('table ', table_schema, '.', table_name)), ', COUNT(*), COALESCE(SUM(CRC32(CONCAT_WS(''|'', ',
    GROUP_CONCAT(CONCAT('QUOTE(`', column_name, '`)') ORDER BY ordinal_position), '))), 0), ',
    QUOTE((SELECT IFNULL(create_time, '') FROM information_schema.tables t
      WHERE t.table_schema = c.table_schema AND t.table_name = c.table_name)),
    ' FROM `', table_schema, '`.`', table_name, '`;')
  FROM information_schema.columns c
  WHERE table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
    AND NOT (table_name = 'heart_beat' AND column_name IN ('gmt_modified', 'heatbeat_sequence'))
    AND NOT (table_name = 'host' AND column_name = 'gmt_modified')
    AND table_name <> 'heatbeat_sequence'
  GROUP BY table_schema, table_name ORDER BY table_schema, table_name;
END
  )
  metadb_sql <<<"$queries"
  metadb_sql -e "SELECT 'user', User, Host FROM mysql.user WHERE is_role = 'N' ORDER BY User, Host"
}
