#!/bin/sh
echo "n1 said= $# $1 $2 $(basename "$0")" >> "$3"
