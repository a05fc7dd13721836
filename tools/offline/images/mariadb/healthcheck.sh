#!/bin/bash
# Health check with the official image's arguments: --connect, --innodb_initialized; all that are given must hold.
set -euo pipefail

account=/var/lib/mysql/.my-healthcheck.cnf

# Over TCP: the server that initialises a new data directory listens on its socket only, and so is never healthy.
query() {
  mariadb --defaults-extra-file="$account" --host 127.0.0.1 --protocol tcp --connect-timeout 5 \
    --batch --skip-column-names --execute "$1"
}

connect() {
  local answer
  if [ -r "$account" ]; then
    answer=$(query 'SELECT @@skip_networking') && [ "$answer" = 0 ]
    return
  fi
  # No account of ours in this data directory: a refusal by name is an answer of a running server too.
  answer=$(mariadb --host 127.0.0.1 --protocol tcp --connect-timeout 5 --user healthcheck --execute 'SELECT 1' 2>&1) ||
    [[ $answer == *'Access denied'* ]]
}

innodb_initialized() {
  [ "$(query "SELECT 1 FROM information_schema.ENGINES WHERE engine = 'InnoDB' AND support IN ('YES', 'DEFAULT', 'ENABLED')")" = 1 ]
}

[ $# -gt 0 ] || { echo 'healthcheck.sh: no check given; known: --connect, --innodb_initialized' >&2; exit 2; }
for check; do
  case $check in
    --connect) connect || { echo 'healthcheck: no connection' >&2; exit 1; } ;;
    --innodb_initialized) innodb_initialized || { echo 'healthcheck: InnoDB is not there' >&2; exit 1; } ;;
    *) echo "healthcheck.sh: unknown check $check; known: --connect, --innodb_initialized" >&2; exit 2 ;;
  esac
done
