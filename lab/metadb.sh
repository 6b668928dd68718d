# shellcheck shell=bash disable=SC2015,SC2016
# The MetaDB: a real MariaDB server in a namespace of its own. `down` removes
# its data; what costs seconds, initialising an empty data folder, is done once
# and kept as a template.

METADB_DIR=$LAB_CACHE/metadb
# In /run, as a socket's path may have 107 characters only and the clone's may be long.
METADB_SOCKET=$LAB_RUN/metadb.sock
METADB_OPTIONS=(--no-defaults --user=root --skip-log-bin --skip-name-resolve
  --innodb-buffer-pool-size=64M --innodb-log-file-size=16M --innodb-flush-log-at-trx-commit=0
  --innodb-doublewrite=0 --performance-schema=off --max-connections=500
  # Without an option file the server would come up with latin1.
  --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci)

metadb_template() { # sets TEMPLATE
  local version; version=$(dpkg-query -W -f '${Version}' mariadb-server | tr -c 'A-Za-z0-9.\n' _)
  TEMPLATE=$LAB_CACHE/metadb-template-$version
  [[ ! -d $TEMPLATE ]] || return 0
  say "lab: preparing an empty MetaDB (once)"
  rm -rf "$LAB_CACHE"/metadb-template*
  mkdir -p "$TEMPLATE.new"
  # --no-defaults must be the first option, so the list is passed as it stands.
  mariadb-install-db "${METADB_OPTIONS[@]}" --datadir="$TEMPLATE.new" --skip-test-db \
    --auth-root-authentication-method=normal >"$LAB_CACHE/metadb-install.log" 2>&1 9>&- ||
    die "mariadb-install-db failed: see $LAB_CACHE/metadb-install.log"
  mv "$TEMPLATE.new" "$TEMPLATE"
}

# Runs at each start of the server. The anonymous users must go: ''@'localhost'
# would win over 'oms_meta_user'@'%'.
metadb_init_sql() {
  cat <<-END
	DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');
	FLUSH PRIVILEGES;
	CREATE USER IF NOT EXISTS '$METADB_USER'@'%' IDENTIFIED BY '$METADB_PASSWORD';
	GRANT ALL PRIVILEGES ON *.* TO '$METADB_USER'@'%';
	END
}

metadb_answers() { main_pid metadb && mariadb-admin --no-defaults -S "$METADB_SOCKET" -uroot --silent ping >/dev/null 2>&1; }
metadb_sql() { mariadb --no-defaults -S "$METADB_SOCKET" -uroot -N -B --default-character-set=utf8mb4 "$@"; }

metadb_up() {
  metadb_answers && return
  metadb_stop
  net_kill metadb # one that an unfinished `up` started, but did not record
  mkdir -p "$METADB_DIR"
  if [[ ! -e $METADB_DIR/ready ]]; then
    rm -rf "$METADB_DIR/data"
    metadb_template
    cp -a --reflink=auto "$TEMPLATE" "$METADB_DIR/data"
    touch "$METADB_DIR/ready"
  fi
  metadb_init_sql >"$METADB_DIR/init.sql"
  setsid nsenter --net="$(netns_of metadb)" mariadbd "${METADB_OPTIONS[@]}" \
    --datadir="$METADB_DIR/data" --socket="$METADB_SOCKET" --init-file="$METADB_DIR/init.sql" \
    --bind-address="$METADB_ADDRESS" --port="$METADB_PORT" </dev/null >>"$METADB_DIR/log" 2>&1 9>&- &
  echo $! >"$LAB_RUN/metadb.pid"
  wait_until 30 metadb_answers || die "the MetaDB does not answer: $(tail -n 3 "$METADB_DIR/log")"
}

metadb_stop() {
  main_pid metadb || return 0
  kill -TERM "$PID"
  wait_until 20 metadb_gone || kill -KILL "$PID"
}
metadb_gone() { ! main_pid metadb; }

metadb_forget() { rm -rf "$METADB_DIR/data" "$METADB_DIR/ready" "$METADB_DIR/init.sql" "$LAB_RUN/metadb.pid" "$METADB_SOCKET"; }

metadb_databases() {
  metadb_sql -e "SELECT schema_name FROM information_schema.schemata
    WHERE schema_name NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY 1"
}

metadb_reset() { # every database that is not the server's own, and the one user as it was
  local db
  { while IFS= read -r db; do printf 'DROP DATABASE `%s`;\n' "${db//\`/\`\`}"; done < <(metadb_databases)
    metadb_init_sql; } | metadb_sql
}
