# shellcheck shell=bash disable=SC2034
# Constants of the lab, in one place. The passwords are fixed on purpose: they
# guard nothing but throw-away nodes that only this machine can reach.

LAB_BRIDGE=omslab0                  # its address is the controller's, for the nodes
LAB_PREFIX=10.77.0
LAB_CONTROLLER=$LAB_PREFIX.1
LAB_RUN=/run/oms-play-lab           # owner, size and process ids of the running lab
LAB_LOCK=/run/oms-play-lab.lock     # beside it, since `down` removes the folder

OPS_USER=ops
OPS_PASSWORD=lab-Ops_2026

METADB_ADDRESS=$LAB_PREFIX.5
METADB_PORT=2883
METADB_USER=oms_meta_user
METADB_PASSWORD=lab-Meta_2026

VIP_PORTS=(8088 8089)               # CM and console; the VIP maps them to every node

DEFAULT_REGIONS=2
DEFAULT_NODES=2

# Region number -> the prefix of its nodes' names, and the region's own name.
region_prefix() {
  case $1 in 1) echo hz ;; 2) echo hlj ;; *) echo "r$1" ;; esac
}
region_name() {
  case $1 in 1) echo cn-hangzhou ;; 2) echo cn-heilongjiang ;; *) echo "cn-region-$1" ;; esac
}
vip_address() { echo "$LAB_PREFIX.$((10 * $1))"; }

# How one gets into a node. Three ways differ, so that every run meets them all.
#   root-key   root with the lab's key
#   sudo-key   ops with the lab's key, sudo asks for the password, root refused
#   sudo-jump  ops with the password only, sudo asks, SSH only through $JUMP_NODE
JUMP_NODE=hlj-1
node_way() {
  case $1 in hz-2) echo sudo-key ;; hlj-2) echo sudo-jump ;; *) echo root-key ;; esac
}
