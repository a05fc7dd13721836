# shellcheck shell=sh disable=SC2154 # the parts share their variables
# The first health check of a start comes as soon as gunicorn answers: the engine's own first check may come a second later.
# Sourced by `web`.

# Seconds between two looks for an answer; empty: the engine's checks are the only ones.
LOOK_EACH=${WEB_LOOK_EACH-0.1}

# Nobody waits for it. After one answer, good or bad, all further checks are the engine's.
check_at_first_answer() { # the program that checks
  [ -n "$LOOK_EACH" ] || return 0
  # A child of nobody: gunicorn would take it for a worker.
  (check_when_answered "$1" </dev/null >/dev/null 2>&1 9>&- &)
}

check_when_answered() {
  while age_of_start && [ "$age" -le "$START_TIMEOUT" ]; do
    if [ -S "$RUN_DIR/$my_socket" ]; then
      code=0
      probe "$my_socket" || code=$?
      case $code in
        0) exec "$1" ;;
        1) return 0 ;;
      esac
    fi
    sleep "$LOOK_EACH"
  done
}
