#!/bin/bash
# Initialises OMS on this node: five steps, a log of its own, and at the end a
# last line to look for and a non-empty /root/init_flag.txt.
log=/home/admin/logs/docker_init.log.$(date +%Y-%m-%d.%H:%M:%S)
flag=/root/init_flag.txt
conf=/home/admin/conf/config.yaml
programs="nginx oms_console oms_drc_cm oms_drc_supervisor sshd"

step() { # NUMBER WHAT COMMAND…
  local number=$1 what=$2; shift 2
  echo "[Step $number/5] $what"
  [ "$1" != python ] || echo "[Step $number/5] $*"
  python -m omsflow.common.faults "$number" && "$@" && return 0
  echo "[Error] step $number of 5 failed: $what"
  echo "[Error] the initialization was not completed, see $log"
  return 1
}

# shellcheck disable=SC2317  # called through step
restart_programs() {
  # `all` and not the five names: supervisorctl then starts them side by side.
  echo "supervisorctl restart $programs"
  supervisorctl restart all
  local status
  for _ in 1 2 3 4 5; do
    status=$(supervisorctl status)
    echo "$status"
    # STARTING is let pass: oms_drc_supervisor stays there without its time-series database.
    grep -qE 'FATAL|BACKOFF|EXITED|STOPPED' <<<"$status" || return 0
    sleep 1
  done
  echo "[Error] not all of $programs are RUNNING"
  return 1
}

init() {
  echo "[Start] $(date '+%F %T') initialization of OMS $(python -m omsflow.common.image) on $OMS_HOST_IP"
  step 1 "check the configuration file" python -m omsflow.scripts.units.oms_cluster_config --check $conf || return 1
  step 2 "create the databases and tables in the MetaDB" python -m omsflow.scripts.units.oms_init_manager --init-db || return 1
  step 3 "write the configuration files of the components" python -m omsflow.scripts.units.oms_init_manager --init-config-file || return 1
  # Images that initialise themselves, and upgrades, hold programs back until now.
  sed -i 's/autostart = false/autostart = true/g' /etc/supervisor/conf.d/*.ini
  step 4 "restart the components" restart_programs || return 1
  step 5 "add the resource group and the resource of this node" python -m omsflow.scripts.units.oms_cluster_manager add_resource || return 1
  date '+%F %T' >$flag
  python -m omsflow.common.image --last-words
}

# One at a time on a node: the image may be initialising itself right now.
exec 9>/run/oms_init.lock
flock -w 300 9 || { echo "[Error] another initialization has been running for 5 minutes"; exit 1; }
rm -f $flag
init 2>&1 9>&- | tee "$log"
exit "${PIPESTATUS[0]}"
