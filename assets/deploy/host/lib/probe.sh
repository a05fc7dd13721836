# shellcheck shell=bash disable=SC2034,SC2154
# Asks for the application as its visitors do, through nginx, all the while.

begin_probes() {
  probe_file=$(mktemp)
  probes $$ >"$probe_file" 9>&- &
  probe_pid=$!
}

probes() { # the release's process; a character for each probe: "." or "x"
  local served code
  served=$(current)
  while kill -0 "$1" 2>/dev/null; do
    code=$(ask)
    # Before the first release there is nobody to answer.
    if is_answer "$code"; then
      served=1
      printf .
    elif [ -n "$served" ]; then
      printf x
    fi
    sleep 0.1
  done
}

ask() {
  curl --silent --output /dev/null --max-time 10 --write-out '%{http_code}' --header "Host: $HEALTH_HOST" \
    "http://127.0.0.1$HEALTH_PATH" || true
}

is_answer() { # status
  case $1 in
    2?? | 3??) return 0 ;;
    4??) [ "$HEALTH_ANY" = 1 ] ;;
    *) return 1 ;;
  esac
}

end_probes() {
  [ -n "${probe_pid-}" ] || return 0
  kill "$probe_pid" 2>/dev/null || true
  wait "$probe_pid" 2>/dev/null || true
  probe_pid=''
  count_probes
  rm -f "$probe_file"
}

probes_sent=0 probes_failed=0
count_probes() {
  local text
  text=$(cat "$probe_file" 2>/dev/null || true)
  probes_sent=${#text}
  text=${text//./}
  probes_failed=${#text}
}
