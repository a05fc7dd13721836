# shellcheck shell=bash disable=SC2034,SC2154
# A release from its folder to the verdict.

command_run() { # id options
  [ "${1-}" = "$id" ] || refuse "this folder holds the release $id, not \"${1-}\"; call the script in that one's folder"
  shift
  local wait=0
  address=$PUBLIC_ADDRESS
  while [ $# -gt 0 ]; do
    case $1 in
      --rollback) kind=rollback ;;
      --address | --commit | --by | --wait)
        [ $# -ge 2 ] || usage
        case $1 in
          --address) address=$2 ;;
          --commit) commit=$2 ;;
          --by) by=$2 ;;
          --wait) wait=$2 ;;
        esac
        shift
        ;;
      *) usage ;;
    esac
    shift
  done
  [[ $address =~ ^[A-Za-z0-9.:-]+$ ]] || refuse "--address is \"$address\", expected the host's address or name"
  require_engine
  mkdir -p "$base/receipts"
  take_lock "$wait"
  remember
  release_before=$(current)
  # A release goes on to its end when nobody listens any more.
  trap '' HUP
  exec > >(trap '' INT TERM; exec tee -p -a "$base/receipts/$id.log" 9>&-) 2>&1
  trap 'fail "it was stopped by hand"' INT TERM
  trap finish EXIT
  PUBLIC_ADDRESS=$address
  printf '%s\n' "$address" | write_file "$base/address"

  note_pages
  begin_probes
  run_step space check_space
  run_step images provide_images
  run_step secrets provide_secrets
  run_step services prepare_services
  run_step passwords set_passwords
  run_step nginx-check check_nginx
  if [ "$kind" = release ]; then run_step migrate migrate; fi
  run_step roll roll
  ln -sfn "releases/$id" "$base/.current" && mv -fT "$base/.current" "$base/current"
  served=served
  end_old_passwords
  run_step nginx-config apply_nginx
  run_step pages require_pages
  run_step prune prune_all
  step=end
}

require_engine() {
  docker info >/dev/null 2>&1 ||
    refuse "the Docker engine does not answer $(id -un); see whether it runs: systemctl status docker"
  [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = active ] ||
    refuse "this host is no Swarm yet; it is made at each boot: sudo /var/lib/cloud/scripts/per-boot/prepare-host"
}

# What an earlier run of the same release has found out.
remember() {
  local receipt=$base/receipts/$id.json
  [ -e "$receipt" ] || return 0
  read -ra migrations_known <<<"$(receipt_list "$receipt" migrations_known)"
  commit=${commit:-$(field "$receipt" commit)}
}

# The release serves, by the engine's word and by nginx's. Now by what visitors get.
require_pages() {
  local previous
  judge_pages
  [ -n "$unserved" ] || return 0
  # A page that worked is an error now: back to the release before, with all that belongs to it.
  previous=$release_before
  if [ -n "$worse" ] && [ -n "$previous" ] && [ "$kind" = release ]; then
    served=''
    taken_back_to=$previous
    fail "visitors are not served: $unserved"
  fi
  exit 1
}

# The release that serves before this one; empty for the first.
release_before='' taken_back_to='' unserved=''

check_nginx() { run_task nginx-check || fail "nginx refuses its configuration; nothing was changed. $reason"; }

migrate() {
  run_task migrate --env=MIGRATIONS_REPORT=1 || fail "$reason"
  mapfile -t migrations_applied < <(sed -n 's/^ *Applying \([^ ]*\)\.\.\. OK$/\1/p' <<<"$task_output")
  read -ra migrations_known <<<"$(sed -n 's/^migrate: known //p' <<<"$task_output")"
}

finish() {
  local status=$? words
  trap - EXIT
  trap '' INT TERM
  let_visitors_go_on || true
  end_probes || true
  if [ "$step" = end ]; then
    write_receipt served
    words="$id serves, after $((($(milliseconds) - release_began) / 1000)) s; $probes_sent probes meanwhile"
    if [ "$probes_failed" = 0 ]; then
      say "✓ $words, none failed"
    else
      alarm "! $words, $probes_failed FAILED: so often a visitor was not served"
    fi
    exit 0
  fi
  if [ -n "$unserved" ] && [ -z "$taken_back_to" ]; then
    write_receipt failed
    say "✗ $id runs, and visitors are not served: $unserved"
    say '  Nothing is lost. See why with "release logs", mend it, then release again.'
    exit 1
  fi
  reason=${reason:-a command ended with status $status; the lines above say which}
  if [ -n "$served" ]; then
    write_receipt served
    say "✗ step $step: $reason"
    exit 1
  fi
  write_receipt failed
  if [ -n "$taken_back_to" ]; then take_back; fi
  words=$(current)
  say "✗ step $step: $reason"
  if [ -n "$words" ]; then words="$words still does"; else words="nothing did before"; fi
  say "  $id does not serve, $words, and nothing is lost. Mend it, then release again."
  exit 1
}

# The release before serves again: its own script brings back all that belongs to it.
take_back() {
  say "$taken_back_to serves again in a moment"
  exec 9>&-
  "$base/releases/$taken_back_to/deploy/host/release" run "$taken_back_to" --rollback --by "$by" \
    --address "$PUBLIC_ADDRESS" --wait 60 || alarm "! $taken_back_to could not be brought back; type: release rollback $taken_back_to"
}
