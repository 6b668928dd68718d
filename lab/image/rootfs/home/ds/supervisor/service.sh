#!/bin/bash
# service.sh start foreground
[ "$1 $2" = "start foreground" ] || { echo "usage: service.sh start foreground" >&2; exit 2; }
exec python -m omsflow.services.drc_supervisor
