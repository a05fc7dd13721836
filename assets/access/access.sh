# shellcheck shell=bash disable=SC2154 # mariadb.sh is read before it
# usage, with mariadb.sh before it: access.sh look|set|end
#
#   look  says what there is to set, and changes nothing
#   set   has MariaDB take each new password that waits beside a stored one (NAME.next). The one before opens MariaDB
#         too from then on: containers that were started with it serve until the next release has taken the traffic.
#   end   has MariaDB take the stored passwords alone, now that every container has them
#
# Runs in MariaDB's own container, as its user: root comes in by the socket only. Reads the secrets in ACCESS_FOLDER,
# /run/secrets without it. With ACCESS_INPUT=1 they come on standard input, a line each: NAME and the value in base64.
# MARIADB_USER is the application's user. Passwords are in no argument; the statements hold their hashes.
#
# Each line of output begins with the word "access:"; "access: waits NAME" for a new password beside a stored one,
# "access: set NAME" for a password that MariaDB has taken, and "access: both NAME" for one beside which MariaDB takes
# another. Can be run again at any time.
# Exit status: 0 done, 3 root's password does not open MariaDB (nothing was changed), 1 anything else.
if [ "${ACCESS_INPUT-}" = 1 ]; then
  folder=$(umask 077 && mktemp -d -p "${socket%/*}")
  trap 'rm -rf "$folder"' EXIT
  while read -r name value; do (umask 077 && base64 -d <<<"$value" >"$folder/$name"); done
fi

# Whether a password opens MariaDB. No answer is no refusal: then nothing may be concluded.
opens() { # user password
  local said
  [ -n "$2" ] || return 1
  if said=$(client "$1" "$2" --execute 'SELECT 1' 2>&1); then return 0; fi
  case $said in
    *'ERROR 1045'* | *'ERROR 1698'*) return 1 ;;
    # At a limit of connections it was let in first.
    *'ERROR 1226'* | *'ERROR 1203'*) return 0 ;;
    *) fail "MariaDB does not answer as it should: ${said:0:300}" ;;
  esac
}

as_root() { client root "$root" "$@"; }

# The accounts of a user, each as SQL names it.
accounts() { # user
  as_root --execute "SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.global_priv
    WHERE User = $(literal "$1") AND IFNULL(JSON_VALUE(Priv, '\$.is_role'), 'false') <> 'true'"
}

# By what an account can be opened, each way on a line, as ALTER USER wants it.
ways_into() { # account
  local text
  text=$(as_root --execute "SHOW CREATE USER $1")
  case $text in
    *' IDENTIFIED BY PASSWORD '*)
      text=${text#* IDENTIFIED BY PASSWORD }
      echo "mysql_native_password USING ${text%% *}"
      ;;
    *' IDENTIFIED VIA '*)
      text=${text#* IDENTIFIED VIA }
      text=${text%% REQUIRE *}
      text=${text%% WITH *}
      text=${text%% PASSWORD EXPIRE*}
      text=${text%% ACCOUNT *}
      printf '%s\n' "${text// OR /$'\n'}"
      ;;
  esac
}

# Only the ways in are changed: the account's rights and limits stay.
let_in_by() { # account way…
  local account=$1 ways=$2
  shift 2
  while [ $# -gt 0 ]; do
    ways+=" OR $1"
    shift
  done
  as_root --execute "ALTER USER $account IDENTIFIED VIA $ways"
}

take() { # user password
  local account way ways new
  new="mysql_native_password USING '$(hash_of "$2")'"
  while read -r account; do
    ways=("$new")
    while read -r way; do
      # An account without a password is open to everybody.
      if [ "$way" != "$new" ] && [[ $way != "mysql_native_password USING ''" ]]; then ways+=("$way"); fi
    done < <(ways_into "$account")
    let_in_by "$account" "${ways[@]}" </dev/null
  done < <(accounts "$1")
}

keep_only() { # user password
  local account way ways new others
  new="mysql_native_password USING '$(hash_of "$2")'"
  while read -r account; do
    ways=("$new") others=0
    while read -r way; do
      case $way in
        "$new") ;;
        mysql_native_password*) others=$((others + 1)) ;;
        *) ways+=("$way") ;;
      esac
    done < <(ways_into "$account")
    if [ "$others" -gt 0 ]; then let_in_by "$account" "${ways[@]}" </dev/null; fi
  done < <(accounts "$1")
}

# Whether MariaDB takes more than one password of a user.
has_both() { # user
  local account
  while read -r account; do
    if [ "$(ways_into "$account" | grep -c '^mysql_native_password')" -gt 1 ]; then return 0; fi
  done < <(accounts "$1")
  return 1
}

# Root's password, whichever of the known ones it is at the moment.
find_root() {
  local name
  for name in database_root_password database_root_password.next database_root_password.old; do
    root=$(value "$name")
    if opens root "$root"; then return; fi
  done
  fail "root's password, as it is stored, does not open MariaDB. To get access again, with all data: make repair-access (on the host: release repair-access)" 3
}

set_passwords() {
  local name account next
  for name in database_root_password database_password; do
    next=$(value "$name.next")
    if [ -z "$next" ]; then continue; fi
    account=$user
    if [ "$name" = database_root_password ]; then account=root; fi
    # Another run, or a person, may have told MariaDB already.
    if ! opens "$account" "$next"; then
      find_root
      [ -n "$(accounts "$account")" ] ||
        fail "MariaDB has no user $account: put the old name back into deployment.ts (database.user), or create the user as root"
      take "$account" "$next"
      opens "$account" "$next" || fail "MariaDB was told the new $name and refuses it"
    fi
    echo "access: set $name"
  done
}

tell_waiting() {
  local name
  for name in database_root_password database_password; do
    if [ -n "$(value "$name.next")" ]; then echo "access: waits $name"; fi
  done
}

tell_both() {
  root=$(value database_root_password)
  if ! opens root "$root"; then return; fi
  if has_both root; then echo 'access: both database_root_password'; fi
  if has_both "$user"; then echo 'access: both database_password'; fi
}

root=''
case ${1-} in
  look)
    tell_waiting
    tell_both
    ;;
  set)
    set_passwords
    tell_both
    ;;
  end)
    find_root
    keep_only "$user" "$(value database_password)"
    keep_only root "$(value database_root_password)"
    ;;
  *) fail 'usage: access.sh look|set|end' 2 ;;
esac
