# shellcheck shell=bash disable=SC2034,SC2154
# The passwords inside MariaDB: a new one of .env is set before the release that has it, and one command gives access
# again when they are lost (assets/access/).

# There while MariaDB takes the passwords before, too.
both_passwords() { echo "$base/both-passwords"; }

# Has MariaDB take the passwords that wait beside the stored ones.
set_passwords() {
  local said status=0
  takes_both=''
  if [ -z "$waiting" ] && [ ! -e "$(both_passwords)" ]; then return; fi
  : >"$(both_passwords)"
  said=$(tell_database set) || status=$?
  sed -n '/^access: set\|^access: both/!{/./p}' <<<"$said"
  case $status in
    0) ;;
    3) fail "root's password, as it is stored, does not open MariaDB; nothing was changed. Put the old password back into .env, or get access again with all data: release repair-access" ;;
    *) fail "MariaDB could not be told the new password; nothing was changed. $(tail -n 1 <<<"$said")" ;;
  esac
  takes_both=$(grep '^access: both' <<<"$said" || true)
  if ! grep -q '^access: set' <<<"$said"; then return; fi
  run_task secrets --env=SECRETS_DO=adopt || fail "MariaDB has the new password, and it could not be stored: $reason"
  publish_secrets
}

# Nobody needs the passwords before any more: every container has the new ones.
end_old_passwords() {
  if [ -z "$takes_both" ]; then
    rm -f "$(both_passwords)"
    return
  fi
  if tell_database end; then
    rm -f "$(both_passwords)"
  else
    say 'the passwords before still open MariaDB; the next release takes them away'
  fi
}

# Runs access.sh in MariaDB's container. The secrets travel by a pipe.
tell_database() { # set|end
  local container
  container=$(running database)
  [ -n "$container" ] || fail 'MariaDB does not run; see why: release logs database'
  stored_secrets | docker exec --interactive --env ACCESS_INPUT=1 --env "MARIADB_USER=$DATABASE_USER" "$container" \
    bash -c "$(access_script access.sh)" access "$1" 2>&1 9>&-
}

access_script() { cat "$deploy/access/mariadb.sh" "$deploy/access/$1"; } # name

# The passwords of the database, with what lies beside them: a line each, the value in base64.
stored_secrets() {
  # shellcheck disable=SC2016 # it is python's
  with_secrets python3 -c '
import base64, os
for name in sorted(os.listdir(".")):
    if name.startswith("database_"):
        print(name, base64.b64encode(open(name, "rb").read()).decode())' </dev/null
}

command_repair_access() { # --name NAME
  local typed=''
  while [ $# -gt 0 ]; do
    case $1 in
      --name)
        [ $# -ge 2 ] || usage
        typed=$2
        shift
        ;;
      *) usage ;;
    esac
    shift
  done
  require_engine
  if [ -z "$typed" ]; then
    say "This gives access to the database of $NAME again. No data is deleted or changed."
    say '  Passwords that are stored, or that a running container still has, are used on.'
    say "  For a lost one a new one is made. When root's is lost, MariaDB is stopped for some seconds for that."
    say '  A lost secret key of Django is made anew: everybody has to log in again, links to reset a password end.'
    [ -t 0 ] || refuse "nobody is there to type the deployment's name; in a script: release repair-access --name $NAME"
    read -rp 'Type its name to do it: ' typed
  fi
  [ "$typed" = "$NAME" ] || refuse "\"$typed\" was typed, $NAME was expected; nothing was changed"
  take_lock 0
  trap 'say "✗ ${reason:-a command ended with an error; the lines above say which}"; say "  No data is lost. Type this again: it carries on."' EXIT
  holds_database || fail "the volume $DATABASE_VOLUME holds no database: there is nothing to repair"
  repair
  trap - EXIT
  say "✓ $NAME can be opened again. Release again, so that every service has the passwords."
}

repair() {
  local status=0 known
  # Before the volumes are made: what the running services have is what the database was made with.
  known=$(known_secrets)
  provide_volumes
  [ -e "$release/.env" ] || (umask 077 && : >"$release/.env")
  run_task_with "$known" secrets --env=SECRETS_DO=renew || fail "the new passwords could not be laid down. $reason"
  if [ -n "$(running database)" ]; then tell_database set || status=$?; else status=3; fi
  case $status in
    0) ;;
    3) renew_offline ;;
    *) fail 'MariaDB could not be told; the lines above say why' ;;
  esac
  run_task secrets --env=SECRETS_DO=adopt || fail "MariaDB has the passwords, and they could not be stored: $reason"
}

# The secrets that the Swarm has given to the services, as the secrets task reads them.
known_secrets() {
  local role container file value
  for role in database web; do
    container=$(running "$role")
    if [ -z "$container" ]; then continue; fi
    for file in "${SECRET_FILES[@]}"; do
      value=$(docker exec "$container" cat "/run/secrets/$file" 2>/dev/null 9>&- | base64 -w 0) || continue
      if [ "$file" != env ] && [ -n "$value" ]; then printf '%s %s\n' "$file" "$value"; fi
    done
  done
}

# A MariaDB of its own on the data, while the service is away.
renew_offline() {
  local ran='' status=0 database_arguments=()
  # shellcheck source=/dev/null
  . "$here/tasks.sh"
  if docker service inspect "${NAME}_database" >/dev/null 2>&1; then
    ran=1
    say 'MariaDB stops for a moment'
    docker service scale --detach=true "${NAME}_database=0" >/dev/null 9>&-
    wait_until_unused 120 || status=1
  fi
  if [ "$status" = 0 ]; then
    docker run --rm --label "$LABEL_NAME=$NAME" --network=none --read-only --cap-drop=ALL --security-opt=no-new-privileges \
      --user=999:999 --memory="${DATABASE_MEMORY}m" --memory-swap="${DATABASE_MEMORY}m" --pids-limit=512 \
      --tmpfs=/run/mysqld:size=1m,mode=1777 --tmpfs=/tmp:size=64m,mode=1777 --env "MARIADB_USER=$DATABASE_USER" \
      --mount="type=volume,src=$DATABASE_VOLUME,dst=/var/lib/mysql" \
      --mount="type=volume,src=$SECRETS_VOLUME,dst=/run/secrets,readonly" --entrypoint=bash "$MARIADB_IMAGE" \
      -c "$(access_script repair.sh)" repair "${database_arguments[@]}" 9>&- </dev/null || status=1
  fi
  if [ -n "$ran" ]; then docker service scale --detach=true "${NAME}_database=1" >/dev/null 9>&-; fi
  [ "$status" = 0 ] || fail 'MariaDB could not be given new passwords; the lines above say why'
}

# Until no container but the holder works on the data.
wait_until_unused() { # seconds
  local end=$((SECONDS + $1)) users
  while :; do
    users=$(docker ps --filter "volume=$DATABASE_VOLUME" --format '{{.Names}}' | grep -vx "$NAME-holder" || true)
    if [ -z "$users" ]; then return; fi
    if [ "$SECONDS" -ge "$end" ]; then
      say "these containers still work on the data after $1 s: $users"
      return 1
    fi
    sleep 0.3
  done
}
