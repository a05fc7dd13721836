# shellcheck shell=bash
# What access.sh and repair.sh share. It is read before either: bash -c "$(cat mariadb.sh access.sh)".
set -euo pipefail

fail() { # message [exit status]
  echo "access: $1" >&2
  exit "${2:-1}"
}

# The application's user, as MariaDB's own container knows it.
user=${MARIADB_USER:-}
[ -n "$user" ] || fail "MARIADB_USER is not set; expected the name of the application's user"

folder=${ACCESS_FOLDER:-/run/secrets}
socket=${ACCESS_SOCKET:-/run/mysqld/mysqld.sock}

# A secret's value; empty when there is none. MariaDB's entrypoint drops line breaks at the end as well.
value() { # name
  if [ -s "$folder/$1" ]; then printf '%s' "$(<"$folder/$1")"; fi
}

# The client, as a user with a password: that is in the environment of the client alone.
client() { # user password [argument…]
  MYSQL_PWD=$2 mariadb --no-defaults --protocol=socket --socket="$socket" --user="$1" --connect-timeout=10 \
    --batch --skip-column-names "${@:3}"
}

# What MariaDB keeps of a password (mysql_native_password): SHA-1 of its SHA-1. So no statement holds a password.
hash_of() { # password
  local inner outer
  inner=$(printf '%s' "$1" | sha1sum)
  # shellcheck disable=SC2001,SC2059 # the format is 20 escaped bytes
  outer=$(printf "$(sed 's/../\\x&/g' <<<"${inner%% *}")" | sha1sum)
  outer=${outer%% *}
  printf '*%s' "${outer^^}"
}

# Text as SQL has it.
literal() { # text
  local text=${1//\\/\\\\}
  printf "'%s'" "${text//\'/\\\'}"
}
