# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# Which releases are refused while another one serves. Sourced by hand-over.sh.

# A release whose pages are worse than before, this many checks in a row, is ended.
REFUSALS=10

# What a visitor of a path ends at, redirects followed: `status` and `code`. By http, as nginx passes it on: a
# redirect to https is not followed and is an answer.
ask_as_visitor() { # socket path
  read_page "$1"
  ask "$1" "$2" http --location --max-redirs 5 --proto-redir =http
}

# Whether the `status` and `code` of an answer are an error of the server. A late answer says nothing.
is_server_error() {
  case $code:$status in
    0:5* | 52:* | 56:*) return 0 ;;
    *) return 1 ;;
  esac
}

# Whether a page that works with the container that serves ($1) is an error of ours: `worse` says which, then.
# Asked are the two paths that are known: the first page, and the health page.
is_worse_than() { # socket
  read_page "$my_socket"
  for visited in / "$page_path"; do
    ask_as_visitor "$my_socket" "$visited"
    is_server_error || continue
    worse="answers $status to $visited"
    ask_as_visitor "$1" "$visited"
    case $code:$status in 0:2* | 0:3* | 1:3*) ;; *) continue ;; esac
    worse="$worse, to which the release that serves answers $status"
    return 0
  done
  return 1
}

# Rule 6. A release takes no traffic while one of its pages is an error that is none where the traffic goes now.
# Asked before the lock is taken: a page may be slow.
compare() {
  [ ! -e "$OWN/took" ] && [ ! -e "$OWN/compared" ] || return 0
  read_link web.sock
  if [ -n "$behind" ] && [ "$behind" != "$my_socket" ] && is_worse_than "$behind"; then
    read_line "$OWN/refused"
    write "$OWN/refused" $((${value:-0} + 1))
    [ $((${value:-0} + 1)) -lt "$REFUSALS" ] || end_gunicorn "this release $worse"
    fail "refused: this release $worse"
  fi
  : >"$OWN/compared"
}

# A release that is not ready in its time, while another container serves, is ended: the engine then goes back. A
# container that is alone waits, however long what it needs is away.
require_start_in_time() {
  age_of_start
  [ "$age" -gt $((START_TIMEOUT + SOAK + 10)) ] || return 0
  if other_answers; then end_gunicorn "it was not ready after $age s, and $other serves"; fi
}
