#!/bin/sh
# usage: sh -c "$(cat hold.sh)" hold SECONDS
#
# Has visitors wait while the database is exchanged. Runs in nginx's container, as nginx's user, and depends on nobody:
# it ends by itself after SECONDS at most, also when whoever started it is gone. "touch /tmp/hold-ends" ends it sooner.
#
# nginx's workers are stopped and go on later. Meanwhile the kernel takes connections for them, so that a visitor waits
# and is not refused.
set -u

limit=$1
mark=/tmp/hold-ends
rm -f "$mark"

# Sends a signal to each worker: a process of nginx whose parent is the container's first one.
signal_workers() { # signal
  for folder in /proc/[0-9]*; do
    read -r line 2>/dev/null <"$folder/stat" || continue
    # The program's name is in parentheses; after them come the state and the parent.
    rest=${line##*) }
    parent=${rest#? }
    case $line in *'(nginx)'*) if [ "${parent%% *}" = 1 ]; then kill -"$1" "${folder#/proc/}" 2>/dev/null; fi ;; esac
  done
}

trap 'signal_workers CONT' EXIT
trap 'exit 0' HUP INT TERM
signal_workers STOP
tenths=0
while [ "$tenths" -lt $((limit * 10)) ] && [ ! -e "$mark" ]; do
  sleep 0.1
  tenths=$((tenths + 1))
done
