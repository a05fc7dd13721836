# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# Whether gunicorn lives. Sourced by `web` (at a start) and by `health` (each second).
#
# The question is about the process alone: no page is asked, and no database. A container that is busy, or
# whose database is away, lives. Each worker's main thread says each second until when it is to be taken for
# alive (../python/deployment_liveness.py); its request threads may all be busy meanwhile.
#
# In memory, gone with each start of the container:
#   alive-until   seconds of the machine's uptime: the newest of all workers' signs of life
#   started       when this start began
#   master        process id of gunicorn's master
#   silences      how many checks in a row have found no sign of life

LIVE_DIR=${WEB_LIVE_DIR:-/dev/shm}
START_TIMEOUT=${WEB_START_TIMEOUT:-120}
# So many checks in a row without a sign of life end gunicorn.
SILENT_CHECKS=3

# Seconds since the machine's boot, in `now`: unlike the clock it never jumps. No fork.
uptime_seconds() {
  IFS=' .' read -r now _ </proc/uptime
}

# Called by the process that becomes gunicorn. Until its first worker runs, the time for a start counts.
begin_life() {
  uptime_seconds
  rm -f "$LIVE_DIR/silences"
  echo "$$" >"$LIVE_DIR/master"
  echo "$now" >"$LIVE_DIR/started"
  echo $((now + START_TIMEOUT)) >"$LIVE_DIR/alive-until"
}

# Whether the last sign of life is still good.
is_alive() {
  uptime_seconds
  read_line "$LIVE_DIR/alive-until"
  case $value in '' | *[!0-9]*) return 1 ;; esac
  # A worker writes leading zeros, which a shell would read as octal.
  value=${value#"${value%%[!0]*}"}
  [ "$now" -le "${value:-0}" ]
}

# Seconds since this start of the container, in `age`.
age_of_start() {
  uptime_seconds
  read_line "$LIVE_DIR/started"
  age=$((now - ${value:-$now}))
}

# Ends gunicorn, and with it the container; the engine starts another one. Nothing graceful would be heard.
end_gunicorn() { # why
  say "gunicorn is ended: $1"
  read_line "$LIVE_DIR/master"
  [ -z "$value" ] || kill -KILL "$value" 2>/dev/null || :
}

# The only reason for which a container that has served for its soak may be ended.
require_life() {
  if is_alive; then
    [ ! -e "$LIVE_DIR/silences" ] || rm -f "$LIVE_DIR/silences"
    return
  fi
  read_line "$LIVE_DIR/silences"
  silences=$((${value:-0} + 1))
  write "$LIVE_DIR/silences" "$silences"
  [ "$silences" -lt "$SILENT_CHECKS" ] || end_gunicorn "no worker has given a sign of life in its time"
  fail "no worker of gunicorn gives a sign of life ($silences of $SILENT_CHECKS checks)"
}
