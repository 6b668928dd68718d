# shellcheck shell=bash disable=SC2015,SC2016
# A node's own root file system: what differs from the machine's own, which is
# the overlay's lower layer. Sourced by node-init.sh, inside the node's mount
# namespace, once in a node's life.

# Step 1, before the overlay is mounted: whiteouts (character devices 0:0) hide
# what a real node would not have: this repository, home folders, keys, tools
# that someone put on this machine. Deleting in the mounted overlay would do
# the same, but walks every file below.
EMPTY_DIRS=(root home opt srv mnt media tmp usr/local var/tmp)

hide() { mkdir -p "upper/$(dirname "$1")"; mknod "upper/$1" c 0 0; }

root_hide() {
  local path name
  for path in "${EMPTY_DIRS[@]}"; do [[ ! -e /$path ]] || hide "$path"; done
  for path in /* /.[!.]*; do
    name=${path#/}
    case $name in
      bin | sbin | lib | lib32 | lib64 | libx32 | boot | dev | etc | proc | run | sys | usr | var) ;;
      *) [[ -e upper/$name || -c upper/$name ]] || { [[ -e $path ]] && hide "$name"; } ;;
    esac
  done
}

# Step 2, in the mounted overlay, its root in $1. A folder made where a
# whiteout was is opaque: nothing of the lower one shows.
root_fill() { # ROOT NAME ADDRESS WAY
  local root=$1 name=$2 address=$3 way=$4 dir user home
  for dir in "${EMPTY_DIRS[@]}"; do mkdir -p "$root/$dir"; done
  chmod 700 "$root/root"
  chmod 1777 "$root/tmp" "$root/var/tmp"
  mkdir -p "$root"/usr/local/{bin,sbin,lib,etc,share} "$root/var/lib/docker" "$root/data"
  rm -f "$root"/etc/{hostname,hosts,machine-id,environment} # not to keep their modes
  echo "$name" >"$root/etc/hostname"
  printf '127.0.0.1\tlocalhost\n%s\t%s\n' "$address" "$name" >"$root/etc/hosts"
  rm -f "$root/etc/resolv.conf" "$root"/etc/ssh/ssh_host_* "$root"/etc/sudoers.d/[!R]*
  : >"$root/etc/resolv.conf" # no name server: a node must get by with addresses
  echo "$name" | md5sum | cut -c1-32 >"$root/etc/machine-id"
  : >"$root/etc/environment"
  rm -f "$root"/etc/profile.d/* # whatever this machine starts in each shell

  # People of this machine out, ops in. nobody (65534) stays.
  local real='$3 < 1000 || $3 == 65534'
  awk -F: "$real" /etc/passwd >"$root/etc/passwd"
  awk -F: "$real" /etc/group >"$root/etc/group"
  awk -F: 'NR == FNR { keep[$1]; next } $1 in keep' "$root/etc/passwd" /etc/shadow |
    sed 's/^root:[^:]*:/root:*:/' >"$root/etc/shadow"
  sed -i 's#^\(root:.*\):[^:]*$#\1:/bin/bash#' "$root/etc/passwd"
  rm -f "$root"/etc/{passwd,group,shadow,gshadow}-
  if [[ $way != root-key ]]; then
    echo "$OPS_USER:x:1000:1000::/home/$OPS_USER:/bin/bash" >>"$root/etc/passwd"
    echo "$OPS_USER:x:1000:" >>"$root/etc/group"
    echo "$OPS_USER:$(openssl passwd -6 -salt labsalt "$OPS_PASSWORD"):20000:0:99999:7:::" >>"$root/etc/shadow"
    echo "$OPS_USER ALL=(ALL) ALL" >"$root/etc/sudoers.d/$OPS_USER"
    chmod 440 "$root/etc/sudoers.d/$OPS_USER"
  fi

  for user in root "$OPS_USER"; do
    home=root
    if [[ $user != root ]]; then [[ $way != root-key ]] || continue; home=home/$user; fi
    mkdir -p "$root/$home/.ssh"
    cp /etc/skel/.bashrc /etc/skel/.profile "$root/$home/"
    case $user:$way in root:root-key | ops:sudo-key)
      cp "$LAB_KEY.pub" "$root/$home/.ssh/authorized_keys" ;; esac
    chmod -R go= "$root/$home/.ssh"
    [[ $user == root ]] || chown -R 1000:1000 "$root/$home"
  done

  root_sshd_config "$way" >"$root/etc/ssh/sshd_config"
  install -m 755 "$LAB_CODE/docker-shim" "$root/usr/local/sbin/lab-runc"
}

root_sshd_config() { # WAY
  local root_login=prohibit-password key=yes password=no
  case $1 in
    sudo-key) root_login=no ;;
    sudo-jump) root_login=no key=no password=yes ;;
  esac
  # Without PAM a login costs less, and asks nothing that a namespace lacks.
  # The default limits drop connections that come all at once.
  cat <<-END
	Port 22
	HostKey /etc/ssh/ssh_host_ed25519_key
	HostKey /etc/ssh/ssh_host_ecdsa_key
	PidFile /run/sshd.pid
	UsePAM no
	UseDNS no
	PermitRootLogin $root_login
	PubkeyAuthentication $key
	PasswordAuthentication $password
	KbdInteractiveAuthentication no
	AllowTcpForwarding yes
	MaxStartups 500
	MaxSessions 500
	PrintMotd no
	PrintLastLog no
	Subsystem sftp /usr/lib/openssh/sftp-server
	END
}
