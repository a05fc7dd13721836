# shellcheck shell=bash disable=SC2034,SC2154
# The services of the Swarm: brought to what stack.yaml says, and judged by what the engine then says of them.

# Seconds for MariaDB to answer: the first time it makes its data directory, after a crash it recovers, and after an
# upgrade it changes its data. The health check has the same limit (application/backing-services/database.ts).
DATABASE_WAIT=3600

# Ends of the database's container in a row that are no accident any more.
DATABASE_ENDS=3

# The first time database and nginx come before the migration, and web after it. Later a database that is started
# otherwise is exchanged before anything else, while visitors wait.
prepare_services() {
  export DATABASE_REVISION
  DATABASE_REVISION=$(database_revision)
  if ! docker service inspect "${NAME}_database" "${NAME}_nginx" >/dev/null 2>&1; then
    stack_deploy stack.yaml 0
    await_database
  elif [ "$DATABASE_REVISION" = "$(running_database_revision)" ]; then
    say 'database and nginx are there'
    await_database
  else
    exchange_database
  fi
}

exchange_database() {
  local before
  before=$(running database)
  hold_visitors
  stack_deploy database.yaml 1
  await_end_of_database "$before"
  await_database
  let_visitors_go_on
}

# What the database is started with: its service as it is written, with the values of its variables.
database_revision() {
  { cat "$deploy/database.yaml"; printf '%s\n' "$MARIADB_IMAGE" "${DATABASE_KEPT_SECRET_DATABASE_PASSWORD-}" "${DATABASE_KEPT_SECRET_DATABASE_ROOT_PASSWORD-}"; } |
    sha256sum | cut -c 1-12
}

running_database_revision() {
  docker service inspect --format "{{index .Spec.Labels \"$LABEL_REVISION.stack\"}}" "${NAME}_database"
}

# An engine starts a database again that ends by itself; one that does so over and over will not come.
await_database() {
  local end=$((SECONDS + DATABASE_WAIT)) began=$SECONDS container seen='' ends=0 told=0
  while [ -z "$(containers database health=healthy)" ]; do
    container=$(newest database)
    if [ "$container" != "$seen" ]; then
      if [ -n "$seen" ]; then ends=$((ends + 1)); fi
      seen=$container
    fi
    [ "$ends" -lt "$DATABASE_ENDS" ] ||
      fail "the database ended $ends times in a row. The release stops here. Its last words: $(last_words database)"
    [ "$SECONDS" -lt "$end" ] ||
      fail "the database is not healthy after $DATABASE_WAIT s. The release stops here. Its last words: $(last_words database)"
    if [ $((SECONDS - began)) -ge $((told + 30)) ]; then
      told=$((SECONDS - began))
      say "the database is not healthy yet, after $told s; it says: $(last_words database | tail -n 1)"
    fi
    sleep 0.3
  done
}

# Until the container before has stopped: the engine makes the next one sooner, and the one before is healthy until
# then. Where nothing of it has changed, it is not replaced.
await_end_of_database() { # container
  local began=$SECONDS state
  while [ -n "$1" ] && [ "$(running database)" = "$1" ] && [ $((SECONDS - began)) -lt 120 ]; do
    state=$(docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "${NAME}_database")
    if [ "$state" != updating ] && [ $((SECONDS - began)) -ge 5 ]; then return; fi
    sleep 0.2
  done
}

stack_deploy() { # file, containers of web
  local detach=()
  if docker stack deploy --help | grep -q -- '--detach'; then detach=(--detach=true); fi
  export PUBLIC_ADDRESS PYTHON_IMAGE NGINX_IMAGE MARIADB_IMAGE RELEASE_IMAGE
  WEB_REPLICAS=$2 docker stack deploy "${detach[@]}" --resolve-image=never --compose-file "$deploy/$1" \
    "$NAME" </dev/null 9>&- || fail "the engine refuses $1; the line before says why. Nothing was changed"
}

roll() {
  socket_before=$(serving_socket)
  stack_deploy stack.yaml 1
  await_verdict
}

# What became of the update, by the engine's own word: the command that starts it ends well even when it is taken back.
await_verdict() {
  local end=$((SECONDS + START_TIMEOUT + SOAK + 60)) state told='' quiet=0
  while :; do
    note_hand_over
    state=$(docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "${NAME}_web")
    case $state in
      completed) if is_served; then return; fi ;;
      # Nothing to update, or not yet begun: that takes the engine a moment.
      '')
        if is_served; then quiet=$((quiet + 1)); else quiet=0; fi
        if [ "$quiet" -ge 5 ]; then return; fi
        ;;
      rollback_completed | rollback_paused | paused)
        fail "the new release did not come to serve, and the engine went back to the one before ($state). Its last words: $(last_words web)"
        ;;
    esac
    if [ "$state" != "$told" ]; then say "the engine says: ${state:-starting}"; fi
    told=$state
    refused=$(refusal)
    if [ -n "$refused" ]; then
      go_back
      fail "$refused. The release before serves"
    fi
    if [ "$SECONDS" -ge "$end" ]; then
      first_has_failed
      fail "the new release did not come to serve within $((START_TIMEOUT + SOAK + 60)) s. Its last words: $(last_words web)"
    fi
    sleep 0.3
  done
}

# Why the last five health checks of the new container have all refused its release (assets/image/lib/refusal.sh);
# empty when they have not.
refusal() {
  docker inspect --format '{{if .State.Health}}{{range .State.Health.Log}}{{.Output}}{{end}}{{end}}' "$(newest web)" 2>/dev/null |
    tail -n 5 | sed -n 's/.*refused: //p' | awk '{ last = $0 } END { if (NR == 5) print last }'
}

# The engine would go back by itself when the new container ends, a few seconds later.
go_back() { docker service rollback --detach=true "${NAME}_web" >/dev/null 2>&1 || true; }

# When nginx's link went to a new container, which is before the engine is satisfied with it.
note_hand_over() {
  local socket
  [ -z "$until_served" ] || return 0
  socket=$(serving_socket)
  if [ -n "$socket" ] && [ "$socket" != "$socket_before" ]; then until_served=$(($(milliseconds) - release_began)); fi
}

# The socket to which nginx sends the traffic (assets/image/lib/hand-over.sh).
serving_socket() {
  local container
  container=$(running nginx)
  [ -z "$container" ] || docker exec "$container" readlink /run/web/web.sock 2>/dev/null || true
}

# Nothing to go back to: no container is left that tries for ever.
first_has_failed() {
  [ ! -e "$base/current" ] || return 0
  docker service scale --detach=true "${NAME}_web=0" >/dev/null || true
}

# The release's image serves, healthy, and is the only one.
is_served() {
  local container healthy=0
  while read -r container; do
    [ "$(docker inspect --format '{{.Image}}' "$container" 2>/dev/null)" = "$RELEASE_IMAGE" ] || return 1
    healthy=$((healthy + 1))
  done < <(containers web health=healthy)
  [ "$healthy" = 1 ] && [ "$(containers web status=running | wc -l)" = 1 ]
}

containers() { # role filter
  docker ps --quiet --no-trunc --filter "label=com.docker.swarm.service.name=${NAME}_$1" --filter "$2"
}

# The container of a service that runs; nothing when none does.
running() { containers "$1" status=running | head -n 1; } # role

# A service's newest container, whether it runs or not.
newest() { docker ps --all --quiet --latest --filter "label=com.docker.swarm.service.name=${NAME}_$1"; } # role

wait_for_container() { # role filter seconds
  local end=$((SECONDS + $3)) container
  while :; do
    container=$(containers "$1" "$2" | head -n 1)
    if [ -n "$container" ]; then
      echo "$container"
      return
    fi
    if [ "$SECONDS" -ge "$end" ]; then return 1; fi
    sleep 0.3
  done
}

# The last lines of a service's newest container.
last_words() { # role
  local container
  container=$(newest "$1")
  if [ -n "$container" ]; then docker logs --tail 15 "$container" 2>&1 | tail -n 15; else docker service ps --no-trunc --format '{{.Error}}' "${NAME}_$1" | head -n 3; fi
}

# Image of the release that serves now; empty before the first one.
serving_image() { docker service inspect --format '{{.Spec.TaskTemplate.ContainerSpec.Image}}' "${NAME}_web" 2>/dev/null || true; }

apply_nginx() {
  nginx_container=$(wait_for_container nginx status=running 60) ||
    fail "nginx does not run; the release serves, its nginx configuration is the one before. Its last words: $(last_words nginx)"
  run_task nginx-config || fail "nginx refuses its new configuration and keeps the one before; the release serves. $reason"
}
