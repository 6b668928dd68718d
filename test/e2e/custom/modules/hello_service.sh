#!/bin/sh
# Runs busybox' httpd; the release that it was started with is noted beside its process id.
set -eu
folder=$OMS_PLAY_ARG_FOLDER port=$OMS_PLAY_ARG_PORT release=$OMS_PLAY_ARG_RELEASE
pid_file=/run/hello.pid noted=/run/hello.release

running() {
  if start-stop-daemon --status --pidfile "$pid_file" 2>/dev/null; then cat -- "$noted" 2>/dev/null; fi
}

case $OMS_PLAY_ACTION in
check)
  now=$(running)
  changes=
  [ "$now" = "$release" ] ||
    changes=$(printf '{"subject": "hello", "summary": "%s → %s"}' "${now:-stopped}" "$release")
  printf '{"changes": [%s], "result": {"release": "%s"}}\n' "$changes" "$now"
  ;;
apply)
  start-stop-daemon --stop --quiet --oknodo --retry 5 --pidfile "$pid_file" >&2
  printf '%s\n' "$release" >"$noted"
  start-stop-daemon --start --quiet --background --make-pidfile --pidfile "$pid_file" \
    --exec "$(command -v busybox)" -- httpd -f -p "$port" -h "$folder" >&2
  printf '{"result": {"release": "%s"}}\n' "$release"
  ;;
esac
