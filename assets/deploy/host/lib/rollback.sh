# shellcheck shell=bash disable=SC2034,SC2154
# Back to an earlier release: the code alone, if the schema lets it.

command_rollback() { # [id] options
  local target='' anyway='' who='' now
  while [ $# -gt 0 ]; do
    case $1 in
      --anyway) anyway=1 ;;
      --by)
        [ $# -ge 2 ] || usage
        who=$2
        shift
        ;;
      -*) usage ;;
      *) target=$1 ;;
    esac
    shift
  done
  require_engine
  now=$(current)
  [ -n "$now" ] || refuse 'no release serves yet: there is nothing to go back from'
  target=${target:-$(release_before "$now")}
  [ -n "$target" ] || refuse "there is no release before $now to go back to"
  [ "$target" != "$now" ] || refuse "$target serves already"
  if [[ ! $target =~ ^[A-Za-z0-9-]+$ ]] || [ ! -x "$base/releases/$target/deploy/host/release" ]; then
    refuse "\"$target\" is none of the releases that are kept: $(releases_by_age | tr '\n' ' ')"
  fi
  [ -e "$base/receipts/$target.json" ] && [ -n "$(receipt_list "$base/receipts/$target.json" migrations_known)" ] ||
    [ -n "$anyway" ] || refuse "$target has never come as far as its migrations, so nobody knows which it has; --anyway goes there all the same"
  judge_schema "$target" "$anyway"
  exec "$base/releases/$target/deploy/host/release" run "$target" --rollback --by "$who" --address "$PUBLIC_ADDRESS"
}

# The newest release before that one which has served.
release_before() { # id
  local candidate
  while read -r candidate; do
    if [[ ! $candidate < $1 ]]; then continue; fi
    case $(field "$base/receipts/$candidate.json" outcome) in served) echo "$candidate" && return ;; esac
  done < <(releases_by_age)
}

# Which migrations the database has that the older code does not know, and whether that code can live with them.
judge_schema() { # id anyway
  local known=() between container blocking
  read -ra known <<<"$(receipt_list "$base/receipts/$1.json" migrations_known)"
  container=$(containers web health=healthy | head -n 1)
  [ -n "$container" ] || container=$(running web)
  if [ -z "$container" ]; then
    [ -n "$2" ] || refuse 'no release runs that could be asked for the migrations; --anyway goes back without that'
    return
  fi
  between=$(docker exec "$container" /opt/deployment/bin/entrypoint /opt/deployment/bin/migrations between \
    ${known[@]+"${known[@]}"} 2>&1) || refuse "the migrations could not be compared: $(tail -n 3 <<<"$between")"
  if [ -z "$between" ]; then
    say "no migration lies between: the code alone goes back"
    return
  fi
  say "migrations of the database that $1 does not know:"
  say "  ${between//$'\n'/$'\n'  }"
  blocking=$(grep -v ': fits' <<<"$between" || true)
  if [ -z "$blocking" ]; then
    say 'the older code works with all of them: the code alone goes back, the schema stays'
  elif [ -n "$2" ]; then
    say 'going back all the same; the schema stays as it is'
  else
    refuse "the schema stands in the way: $(grep -c . <<<"$blocking") of these do not go with the code of $1.
  To take the schema back first (what these migrations have added is lost then), for each app:
    manage migrate APP NAME-OF-THE-MIGRATION-BEFORE
  or mend it with a new release. To go back all the same: --anyway"
  fi
}
