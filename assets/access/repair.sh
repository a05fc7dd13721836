# shellcheck shell=bash disable=SC2034,SC2154 # mariadb.sh is read before it
# Gives access to a data directory whose passwords are lost: MariaDB runs for a moment, without a network, reads new
# passwords from a file of statements, and is stopped as it should be. No data is touched.
#
# Runs in a container of the deployment's MariaDB image, as MariaDB's user, on the data directory, which no other server
# may have. Reads database_root_password.next and database_password.next in ACCESS_FOLDER (/run/secrets without it).
# Can be run again at any time.
#
# REPAIR_WAIT is the number of seconds that MariaDB may need to start; recovery after a crash takes long.
data=/var/lib/mysql
# Memory of this container alone: what is in it is gone with it.
work=/run/mysqld
socket=$work/repair.sock
limit=${REPAIR_WAIT:-3600}
server=

stop_server() {
  local waited=0
  kill -TERM "$server" 2>/dev/null || true
  while kill -0 "$server" 2>/dev/null; do
    sleep 0.2
    waited=$((waited + 1))
    [ "$waited" -lt $((limit * 5)) ] || fail "MariaDB did not stop within $limit s; run this again when no MariaDB works on the data"
  done
}

root=$(value database_root_password.next)
password=$(value database_password.next)
if [ -z "$root" ] || [ -z "$password" ]; then
  fail 'no new passwords lie in the secrets volume; run repair-access from its beginning'
fi
[ -d "$data/mysql" ] || fail "$data holds no database"

# An init file is run with all rights before anybody may connect; one statement a line.
statements=$work/repair.sql
(
  umask 0377
  {
    for host in localhost % 127.0.0.1 ::1; do
      echo "ALTER USER IF EXISTS root@'$host' IDENTIFIED VIA mysql_native_password USING '$(hash_of "$root")' ACCOUNT UNLOCK;"
    done
    echo "ALTER USER IF EXISTS $(literal "$user")@'%' IDENTIFIED VIA mysql_native_password USING '$(hash_of "$password")' ACCOUNT UNLOCK;"
  } >"$statements"
)

mariadbd --datadir="$data" --skip-networking --socket="$socket" --pid-file="$work/repair.pid" \
  --init-file="$statements" --skip-slave-start --loose-innodb_buffer_pool_load_at_startup=0 "$@" &
server=$!
trap 'stop_server; exit 143' TERM INT
# Unlike SECONDS, the machine's uptime does not jump as the clock does.
IFS=' .' read -r began _ </proc/uptime
until said=$(client root "$root" --execute 'SELECT 1' 2>&1); do
  kill -0 "$server" 2>/dev/null || fail 'MariaDB did not start; its own message is above. Nothing was changed'
  case $said in
    *'ERROR 1045'*)
      stop_server
      fail "MariaDB did not take root's new password; its own message is above"
      ;;
  esac
  IFS=' .' read -r now _ </proc/uptime
  if [ $((now - began)) -ge "$limit" ]; then
    stop_server
    fail "MariaDB did not start within $limit s; its own messages are above. Run this again: it carries on"
  fi
  sleep 0.2
done
rm -f "$statements"
opened=$(client "$user" "$password" --execute 'SELECT 1' 2>&1) || opened="refused: $opened"
stop_server
wait "$server" || fail 'MariaDB ended with an error; its own message is above'
[ "$opened" = 1 ] ||
  fail "MariaDB lets root in again, but not the user $user ($opened). Has deployment.ts another database.user than the database was made with? Put the old name back, then run this again"
echo 'access: MariaDB has the new passwords'
