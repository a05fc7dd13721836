# shellcheck shell=bash disable=SC2034,SC2154
# Asks for the application as its visitors do, through nginx: all the while, and for its pages before and after.

# shellcheck source=../../../image/lib/cookies.sh
. "$deploy/image/lib/cookies.sh"

# The cookies that this process was given.
cookies=''

# Asks for a page. Sets `status` (000 without an answer) and `next` (where it redirects to, absolute).
ask() { # path
  local answer last
  answer=$(curl -q --silent --output /dev/null --dump-header - --write-out '\n%{http_code} %{redirect_url}' --max-time 10 \
    ${cookies:+--cookie "$cookies"} --connect-to ::127.0.0.1:80 "http://$HEALTH_HOST$1" 9>&-) || true
  last=${answer##*$'\n'}
  status=${last%% *} next=${last#* }
  case $answer in *[Ss]et-[Cc]ookie:*) cookies=$(merge_cookies "$cookies" "$answer") ;; esac
}

begin_probes() {
  probe_file=$(mktemp)
  probes $$ >"$probe_file" 9>&- &
  probe_pid=$!
}

probes() { # the release's process; a character for each probe: "." or "x"
  local served
  served=$(current)
  while kill -0 "$1" 2>/dev/null; do
    ask "$HEALTH_PATH"
    # Before the first release there is nobody to answer.
    if is_answer "$status"; then
      served=1
      printf .
    elif [ -n "$served" ]; then
      printf x
    fi
    sleep 0.1
  done
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

# What a visitor of a page ends at, in `status`: redirects on the same host are followed. `https`: an address on this
# host over https, where nobody answers.
visit() { # path
  local path=$1 hops=0
  https=''
  while :; do
    ask "$path"
    hops=$((hops + 1))
    case $next in
      "https://$HEALTH_HOST"*)
        https=$next
        return
        ;;
      "http://$HEALTH_HOST"/*) path=${next#"http://$HEALTH_HOST"} ;;
      *) return ;;
    esac
    if [ "$hops" -gt 10 ]; then return; fi
  done
}

# The pages that are known: the first one, and the health page. With a name to keep their answers under.
pages() { printf '%s\n' / "$HEALTH_PATH" | sort -u; }

declare -A before=()
# What visitors get before anything is changed.
note_pages() {
  local path
  [ -n "$(current)" ] || return 0
  while read -r path; do
    visit "$path"
    before[$path]=$status
    if [ -n "$https" ]; then before[$path]=000; fi
  done < <(pages)
}

was_good() { # path
  case ${before[$1]-000} in 2?? | 3??) return 0 ;; *) return 1 ;; esac
}

# What visitors get now. Sets `unserved` (the pages that are an error, in words) and `worse` (1: one of them was none).
judge_pages() {
  local path found compared attempt
  unserved='' worse=''
  while read -r path; do
    # A page that has never been asked for may be slow once.
    for attempt in 1 2 3; do
      found=''
      visit "$path"
      case $https:$status in
        https*) found="redirects to $https, and nothing answers https here" ;;
        :000) found='does not answer' ;;
        :5??) found="answers $status" ;;
        :400) found='answers 400, as Django does to a host name that ALLOWED_HOSTS does not have' ;;
      esac
      if [ -z "$found" ] || [ "$attempt" = 3 ]; then break; fi
      sleep 1
    done
    compared=''
    if [ -n "${before[$path]-}" ]; then compared=", and it answered ${before[$path]} before"; fi
    if [ -n "$found" ]; then
      unserved+="${unserved:+; }$path $found$compared"
      if was_good "$path"; then worse=1; fi
    elif was_good "$path" && [[ $status == 4?? ]]; then
      alarm "! $path answers $status$compared"
    fi
  done < <(pages)
}
