# shellcheck shell=bash disable=SC2016,SC2154
# Has visitors wait while the database is exchanged (assets/nginx/hold.sh).

# Seconds after which they are let go on in any case. Browsers and our own probes wait for longer.
HOLD_LIMIT=20

# Seconds for the requests that are under way to end before the database stops.
DRAIN_LIMIT=8

hold_visitors() {
  local nginx web end
  nginx=$(running nginx) web=$(running web)
  if [ -z "$nginx" ] || [ -z "$web" ]; then return 0; fi
  say "visitors wait, $HOLD_LIMIT s at most, while the database is exchanged"
  docker exec --detach "$nginx" sh -c "$(cat "$deploy/nginx/hold.sh")" hold "$HOLD_LIMIT" 9>&-
  end=$((SECONDS + DRAIN_LIMIT))
  while [ "$(under_way "$web")" != 0 ] && [ "$SECONDS" -lt "$end" ]; do sleep 0.2; done
  keep_alive "$web"
}

# How many requests a web container works on: connections to its socket, as the kernel lists them.
under_way() { # container
  docker exec "$1" sh -c 'grep -c " 03 *[0-9]* /run/web/" /proc/net/unix' 2>/dev/null || true
}

# The health check of a release before this one asks the database, and the engine would end the only container that
# serves. The engine asks nothing of a paused one.
keep_alive() { # container
  if docker exec "$1" test -e /dev/shm/alive-until; then return; fi
  docker pause "$1" >/dev/null
  # Whatever becomes of this release.
  setsid bash -c 'sleep "$1"; docker unpause "$2"' _ "$HOLD_LIMIT" "$1" </dev/null >/dev/null 2>&1 9>&- &
  paused=$1
}

paused=''
let_visitors_go_on() {
  local nginx
  if [ -n "$paused" ]; then docker unpause "$paused" >/dev/null 2>&1 || true; fi
  paused=''
  nginx=$(running nginx)
  [ -z "$nginx" ] || docker exec "$nginx" touch /tmp/hold-ends 2>/dev/null || true
}
