# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # Markdown's code looks like a command
# What is done from day to day.

command_releases() { # [--json]
  local one separator='' serving
  serving=$(current)
  if [ "${1-}" = --json ]; then
    printf '[\n'
    while read -r one; do
      [ -e "$base/receipts/$one.json" ] || continue
      printf '%s' "$separator"
      cat "$base/receipts/$one.json"
      separator=','
    done < <(releases_by_age)
    printf ']\n'
    return
  fi
  [ -n "$(releases_by_age)" ] || say 'nothing was released yet'
  while read -r one; do
    describe_release "$one" "$serving"
  done < <(releases_by_age)
}

describe_release() { # id serving
  local receipt=$base/receipts/$1.json outcome
  outcome=$(field "$receipt" outcome)
  if [ "$outcome" = running ] && flock --nonblock "$base/lock" true; then outcome="cut off at $(field "$receipt" step)"; fi
  if [ "$1" = "$2" ]; then outcome='serves'; fi
  printf '%-26s %-20s %4s s  %s probes, %s failed  %s\n' "$1" "${outcome:-never begun}" \
    "$(($(field "$receipt" milliseconds || echo 0) / 1000))" "$(field "$receipt" probes_sent)" \
    "$(field "$receipt" probes_failed)" "$(field "$receipt" reason | cut -c 1-100)"
}

command_status() { # [--json]
  local role json=${1-} separator='' container
  if [ "$json" = --json ]; then
    printf '{ "name": %s, "release": %s, "maintenance": %s, "services": [' "$(json "$NAME")" "$(json "$(current)")" \
      "$(in_maintenance && echo true || echo false)"
  else
    say "$NAME: $(current | grep . || echo 'no release yet') serves$(in_maintenance && echo ', in maintenance')"
  fi
  for role in database nginx web; do
    container=$(running "$role")
    if [ "$json" = --json ]; then
      printf '%s\n  { "role": %s, "state": %s }' "$separator" "$(json "$role")" "$(json "$(state_of "$container")")"
      separator=','
    else
      printf '  %-10s %s\n' "$role" "$(state_of "$container")"
    fi
  done
  if [ "$json" = --json ]; then
    printf '\n] }\n'
  else
    say "  free       $(free_space "$base") MiB on the data volume"
  fi
}

state_of() { # container
  if [ -z "$1" ]; then echo 'does not run'; else docker ps --filter "id=$1" --format '{{.Status}}'; fi
}

command_summary() { # id
  local receipt=$base/receipts/${1-}.json
  [ -e "$receipt" ] || refuse "there is no release \"${1-}\""
  printf '### Release `%s`: %s\n\n' "$1" "$(field "$receipt" outcome)"
  printf '| | |\n|---|---|\n'
  printf '| commit | `%s` |\n| serves after | %s ms |\n' "$(field "$receipt" commit)" "$(field "$receipt" milliseconds)"
  printf '| probes of the public page meanwhile | %s sent, %s failed |\n' "$(field "$receipt" probes_sent)" \
    "$(field "$receipt" probes_failed)"
  printf '| migrations applied | %s |\n' "$(receipt_list "$receipt" migrations_applied | grep . || echo none)"
  if [ -n "$(field "$receipt" reason)" ]; then
    printf '| failed at the step %s | %s |\n' "$(field "$receipt" step)" "$(field "$receipt" reason | tr '|' '/')"
  fi
  printf '\n| step | ms |\n|---|---|\n'
  sed -n 's/^    { "step": "\(.*\)", "milliseconds": \([0-9]*\) },\{0,1\}$/| \1 | \2 |/p' "$receipt"
}

command_logs() { # [role] options
  local role=web container
  case ${1-} in web | nginx | database)
    role=$1
    shift
    ;;
  esac
  container=$(newest "$role")
  [ -n "$container" ] || refuse "there is no container of $role; see: release status"
  exec docker logs "$@" "$container"
}

command_manage() { in_web /opt/deployment/bin/manage "$@"; }

command_shell() { in_web /opt/deployment/bin/entrypoint bash; }

in_web() { # command…; with our own terminal, if there is one
  local terminal=() container
  if [ -t 0 ] && [ -t 1 ]; then terminal=(--tty); fi
  container=$(web_container)
  exec docker exec --interactive ${terminal[@]+"${terminal[@]}"} "$container" "$@"
}

web_container() {
  local container
  container=$(running web)
  [ -n "$container" ] || refuse 'no container of web runs; see why: release logs'
  echo "$container"
}

# A file on the volume that nginx and web share; nginx looks for it at each request.
MAINTENANCE=/run/web/maintenance

command_maintenance() { # on|off
  local container
  container=$(running nginx)
  [ -n "$container" ] || refuse 'nginx does not run'
  case ${1-} in
    on) docker exec "$container" sh -c ": >$MAINTENANCE" && say 'every visitor is answered "back soon" now; uploads and static files are served' ;;
    off) docker exec "$container" rm -f "$MAINTENANCE" && say 'visitors are served again' ;;
    *) usage ;;
  esac
}

in_maintenance() {
  local container
  container=$(running nginx)
  [ -n "$container" ] && docker exec "$container" test -e "$MAINTENANCE"
}
