#!/bin/bash
# The port is the one that --init-config-file wrote (sshd_server_port), else 2023.
set -e
mkdir -p /run/sshd
ssh-keygen -A >/dev/null
exec /usr/sbin/sshd -D -e -p "$(cat /home/admin/conf/sshd_port 2>/dev/null || echo 2023)"
