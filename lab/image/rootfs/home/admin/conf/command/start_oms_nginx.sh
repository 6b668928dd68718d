#!/bin/bash
# Serves http, or https only when the certificate is mounted. That is decided
# anew at each start, by editing only the `listen` lines of tengine.conf: an
# operator may have changed the port there.
conf=/home/ds/ghana/config/tengine.conf
crt=/etc/pki/nginx/oms_server.crt
key=/etc/pki/nginx/oms_server.key

[ -f $conf ] || python -m omsflow.scripts.units.oms_init_manager --init-nginx-config || exit 1

if [ -e $crt ] || [ -e $key ]; then
  for f in $crt $key; do
    # Docker makes a folder when the file to mount is not there on the host.
    [ -f "$f" ] || { echo "[emerg] $f is not a file: https needs both the certificate and its key mounted" >&2; exit 1; }
  done
  sed -i -E 's/^( *listen +[0-9]+)( ssl)?;/\1 ssl;/' $conf
  printf 'ssl_certificate %s;\nssl_certificate_key %s;\n' $crt $key >/home/ds/ghana/config/tengine_https.conf
else
  sed -i -E 's/^( *listen +[0-9]+)( ssl)?;/\1;/' $conf
  : >/home/ds/ghana/config/tengine_https.conf
fi
exec /usr/sbin/nginx -c $conf -g 'daemon off;'
