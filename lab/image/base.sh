#!/bin/bash
# Makes the base tree of the stand-in OMS image: a small Debian with the real
# supervisord, nginx, sshd and MySQL client in it.
#
#   base.sh TREE      build the tree in TREE (which must not exist)
#
# Slow (about a minute), so ./build keeps its result in a cache whose key is the
# hash of this file: whatever changes here makes a new base.
set -euo pipefail

SUITE=bookworm
PACKAGES=supervisor,nginx-light,procps,curl,mariadb-client,python3-pymysql,python3-yaml,openssh-server,iproute2

tree=$1
[ ! -e "$tree" ] || { echo "base.sh: $tree exists" >&2; exit 1; }

if ! command -v debootstrap >/dev/null; then
  echo "base.sh: installing debootstrap"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi

# The mirror this machine's apt uses for the same suite, in either notation of
# apt's sources. Nothing found (or another distribution): debootstrap's default.
mirror=$(
  { cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null || true; } |
  awk -v suite="$SUITE" '
    function offer(uri) { if (!done && uri ~ /^https?:/) { print uri; done = 1 } }
    function stanza(   n, words, i) {
      n = split(suites, words, " ")
      for (i = 1; i <= n; i++) if (words[i] == suite && uris ~ /debian/) { split(uris, words, " "); offer(words[1]); break }
      uris = ""; suites = ""
    }
    /^#/ { next }
    /^deb[ \t]/ { sub(/\[[^]]*\]/, ""); if ($3 == suite && $0 ~ / main/ && $2 ~ /debian/) offer($2) }
    /^Types:/ { stanza() }
    /^URIs:/ { uris = $0; sub(/^URIs:[ \t]*/, "", uris) }
    /^Suites:/ { suites = $0; sub(/^Suites:[ \t]*/, "", suites) }
    END { stanza() }')

# debootstrap fetches with wget, which does not read apt's proxy settings.
eval "$(apt-config shell APT_HTTP_PROXY Acquire::http::Proxy APT_HTTPS_PROXY Acquire::https::Proxy || true)"
[ -z "${APT_HTTP_PROXY:-}" ] || export http_proxy="${http_proxy:-$APT_HTTP_PROXY}"
[ -z "${APT_HTTPS_PROXY:-}" ] || export https_proxy="${https_proxy:-$APT_HTTPS_PROXY}"

if ! debootstrap --variant=minbase --include="$PACKAGES" "$SUITE" "$tree" ${mirror:+"$mirror"} >"$tree.log" 2>&1; then
  tail -n 20 "$tree.log" >&2
  echo "base.sh: debootstrap failed, see above" >&2
  exit 1
fi

in_tree() { chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"; }

in_tree useradd --system --create-home --home-dir /home/admin --shell /bin/bash admin
in_tree useradd --system --create-home --home-dir /home/ds --shell /bin/bash ds
ln -s python3 "$tree/usr/bin/python"     # the vendor's commands say `python`

# Everything that no node needs, and everything that differs from one build to
# the next or tells of the machine it was built on.
cd "$tree"
find usr/share/doc usr/share/man usr/share/info usr/share/locale usr/share/lintian \
     var/cache/apt var/lib/apt/lists var/log var/cache/man -mindepth 1 -delete 2>/dev/null || true
find var/cache var/lib/dpkg etc -name '*-old' -delete -o -name '*-' -type f -delete
rm -rf var/cache/ldconfig/aux-cache tmp/* var/tmp/* run/* root/.[a-z]* var/www/html \
       etc/ssh/ssh_host_* etc/hostname etc/resolv.conf etc/apt/sources.list etc/apt/sources.list.d/* \
       etc/supervisor/supervisord.conf etc/nginx/sites-enabled/* etc/mailcap etc/cron.*/* \
       usr/bin/mariadb-slap usr/bin/mariadb-test* usr/share/mysql-test
: > etc/machine-id
# The "last changed" day of each password entry is the day of the build.
sed -i -E 's/^([^:]*:[^:]*:)[0-9]+:/\119700:/' etc/shadow
# Python's compiled files note the source's time, which the layer sets to one
# fixed value: compile anew without that check, so that programs start fast.
find . -name __pycache__ -type d -prune -exec rm -rf {} +
in_tree python3 -m compileall -q -j 2 --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.11 >/dev/null || true
