#!/bin/bash
# The container's first process: looks at what it was given, starts what has to
# happen beside the programs (see oms_startup), and becomes supervisord.
conf=/home/admin/conf/config.yaml

fail() { echo "[Error] $*"; echo "[Error] OMS does not start"; exit 1; }

if [ -z "$OMS_HOST_IP" ]; then
  fail "the environment variable OMS_HOST_IP is not set: start the container with -e OMS_HOST_IP=<IP address of this host>"
fi
# Docker makes a folder when the file to mount is not there on the host.
[ ! -d $conf ] || fail "$conf is a folder: the config.yaml to mount is not there on the host"
[ -s $conf ] || fail "$conf is missing or empty: mount the config.yaml of this region there"

mkdir -p /home/admin/logs /home/ds/store /home/ds/run
echo "OMS $(python -m omsflow.common.image), host $OMS_HOST_IP"
python -m omsflow.scripts.units.oms_startup --prepare || fail "the start-up could not be prepared"
python -m omsflow.scripts.units.oms_startup --follow </dev/null &
exec supervisord -n -c /etc/supervisor/supervisord.conf
