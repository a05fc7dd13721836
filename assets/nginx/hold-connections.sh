#!/bin/sh
# Has new visitors wait while nobody listens on a port: nginx's container is being replaced. For root, on the host itself.
#
#   hold-connections.sh begin SECONDS PORT...   from now on, for SECONDS at most, whatever becomes of whoever started it
#   hold-connections.sh end PORT...             no longer; fine when it has not begun
#
# The first packet of a connection is dropped, and so not refused. Its sender repeats it until somebody answers: after 1,
# 3 and 7 s, newer kernels each second. Connections that there are go on. The rules stand before those of Docker, which
# send a packet on to a container, and don't outlive a reboot.
set -eu

rule() { # --insert|--delete port
  iptables --wait 10 --table raw "$1" PREROUTING --protocol tcp --destination-port "$2" --syn --jump DROP
}

action=$1
shift
case $action in
  begin)
    seconds=$1
    shift
    # Before the rules: nothing that ends this script leaves them for longer.
    # shellcheck disable=SC2016  # the inner shell expands them
    setsid sh -c 'sleep "$1"; shift; exec sh "$@"' - "$seconds" "$0" end "$@" </dev/null >/dev/null 2>&1 &
    for port; do rule --insert "$port"; done
    ;;
  end) for port; do while rule --delete "$port" 2>/dev/null; do :; done; done ;;
  *)
    echo "hold-connections: unknown command '$action'; expected begin or end" >&2
    exit 2
    ;;
esac
