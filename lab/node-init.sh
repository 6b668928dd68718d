#!/usr/bin/env bash
# The first process of a node: process 1 of a new process namespace, in new
# mount, UTS and IPC namespaces and the node's network namespace. It makes the
# node's root file system, moves into it and becomes tini, which only reaps.
# Killing it ends everything in the node, containers too.
# Usage: node-init.sh NAME, started by node.sh.
set -euo pipefail
umask 022
# shellcheck source=lab/common.sh
source "$(dirname "$0")/common.sh"
# shellcheck source=lab/node-root.sh
source "$LAB_CODE/node-root.sh"

name=$1
cd "$(node_dir "$name")"

# /proc is still the machine's, so this is the number that the machine knows.
read -r host_pid _ </proc/self/stat
# Stays empty until all is mounted: only then the node counts as running.
exec 8>"$LAB_RUN/$name.pid"

hostname "$name"

if [[ ! -e built ]]; then
  rm -rf upper work
  mkdir -p upper work merged data docker log
  root_hide
fi
# Relative paths: a comma or colon in the repository's path cannot break the options.
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work merged
if [[ ! -e built ]]; then
  root_fill merged "$name" "$(node_address "$name")" "$(node_way "$name")"
  touch built
fi

# A clone below a folder that the node needs (such as /var) is hidden by a mount.
if [[ -d merged$LAB_REPO ]]; then mount -t tmpfs -o ro,mode=755 none "merged$LAB_REPO"; fi

mount -t proc proc merged/proc
# A fresh sysfs shows the node's own network devices; it hides the cgroups,
# which dockerd needs, so these come back.
mount -t sysfs sysfs merged/sys
if mountpoint -q /sys/fs/cgroup; then mount --rbind /sys/fs/cgroup merged/sys/fs/cgroup; fi
mount --rbind /dev merged/dev
mount -t tmpfs -o mode=1777 tmpfs merged/dev/shm
mount -t tmpfs -o mode=755 tmpfs merged/run
mkdir -p merged/run/sshd merged/run/lock merged/run/old-root
# Docker's overlay2 cannot sit on an overlay, and /data must be a disk of its own.
mount --bind docker merged/var/lib/docker
mount --bind data merged/data
mount --bind log merged/var/log

# With chroot, containers would see the machine's own root: runc pivots
# relative to the real one.
cd merged
pivot_root . run/old-root
umount -l /run/old-root
rmdir /run/old-root
cd /

echo "$host_pid" >&8
exec 8>&- tini -s -- sleep infinity
