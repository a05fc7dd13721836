# shellcheck shell=sh
# The hand-over of traffic from one web container to the next. Sourced by `web` (at a start) and
# `health` (each second), in every web container, old and new; they share one directory, on a plain
# volume so that it survives a reboot.
#
#   web.sock                    link: nginx's upstream. Who is behind it serves.
#   previous.sock               link: nginx's backup, who served before.
#   000000000041-<name>.sock    gunicorn's socket of one container
#   counter                     the last release number given
#   lock                        held (flock: the kernel frees it when the holder dies) by whoever
#                               gives a number or moves a link
#   containers/<name>/          what one container knows of itself, across its restarts:
#     number                      its release number
#     took                        it has taken the traffic once: it has had its turn
#     since                       when this start of it began to serve (seconds of the machine's uptime)
#     soaked                      it has served long enough: the engine may stop the old one
#     page                        how it wants to be asked whether it is ready (page.sh)
#     compared                    none of its pages is worse than before
#     refused                     how many checks in a row one was
#     misses-<other>              how badly the socket behind the link has answered, checks in a row
#
# Two questions, two checks. Readiness (the own page, with all that it needs) decides who takes the traffic, and
# is asked until the soak is over. Liveness (liveness.sh) is about the process, and is the only reason for which
# a container is ended that has served for its soak.
#
# Each of the rules 1 to 6 is paid for by a failure of the simpler version.
# Every change is one atomic step (rename, mkdir, an empty file), so being killed between two of
# them leaves a state that the next check reads correctly.

RUN_DIR=${WEB_RUN_DIR:-/run/web}
NAME=${WEB_NAME:-}
[ -n "$NAME" ] || IFS= read -r NAME </proc/sys/kernel/hostname
OWN=$RUN_DIR/containers/$NAME
SOAK=${WEB_SOAK:-6}
# A socket that answers badly counts as dead after 3 checks in a row, one that answers too late after 10: who is
# busy is late too.
LOST=10
BAD=4
LATE=1

# shellcheck source=liveness.sh
. "${LIB:?names the folder of this file}/liveness.sh"
# shellcheck source=page.sh
. "$LIB/page.sh"
# shellcheck source=refusal.sh
. "$LIB/refusal.sh"

# Also to the container's log: what a health check prints is seen by nobody.
say() {
  echo "hand-over: $*"
  echo "hand-over: $*" 2>/dev/null >"${WEB_LOG:-/proc/1/fd/1}" || :
}

fail() {
  echo "hand-over: $*" >&2
  exit 1
}

# Takes the lock on file descriptor 9; $1: how many seconds to wait for it.
lock() {
  exec 9>"$RUN_DIR/lock" || fail "can't write to $RUN_DIR: the volume 'run' must belong to 10001:10001"
  flock -w "$1" 9
}

unlock() {
  exec 9>&-
}

# Writes a file in one step: a reader or a kill never sees half of it.
write() {
  printf '%s\n' "$2" >"$1.next" && mv -f "$1.next" "$1"
}

# Reads the first line of a file into the variable `value`, empty if there is none. No fork.
read_line() {
  value=
  [ ! -e "$1" ] || IFS= read -r value <"$1" || :
}

# Moves a link in one step. $1: link, $2: the socket's file name (relative, so that the link is
# right wherever the volume is mounted). Called with the lock held, so the name in between is ours.
point() {
  ln -sfn "$2" "$RUN_DIR/.$1.next" && mv -fT "$RUN_DIR/.$1.next" "$RUN_DIR/$1"
}

# The socket behind a link, in `behind`; empty if the link isn't there.
read_link() {
  behind=$(readlink "$RUN_DIR/$1" 2>/dev/null) || behind=
}

# The release number in a socket's name, in `number`, without the leading zeros that would make it
# octal. A name that isn't ours counts as older than everything.
number_of() {
  number=${1%%-*}
  case $number in '' | *[!0-9]*) number=0 ;; esac
  number=${number#"${number%%[!0]*}"}
  number=${number:-0}
}

# Rule 1. The container's release number, in `my_number`, and its socket's name, in `my_socket`.
# Given once and kept under the container's name: a restart keeps its number, and going back to an
# older image still makes a newer release. Called with the lock held.
take_number() {
  mkdir -p "$OWN"
  read_line "$OWN/number"
  if [ -z "$value" ]; then
    read_line "$RUN_DIR/counter"
    number_of "$value-"
    highest=$number
    # A counter that was lost must not make the next release older than those that run.
    for file in "$RUN_DIR"/*-*.sock "$RUN_DIR"/containers/*/number; do
      case $file in
        *.sock) number_of "${file##*/}" ;;
        *) read_line "$file" && number_of "$value-" ;;
      esac
      [ "$number" -le "$highest" ] || highest=$number
    done
    write "$RUN_DIR/counter" $((highest + 1))
    write "$OWN/number" $((highest + 1))
  fi
  own_socket
}

# The container's number and socket, from what it has kept. No fork.
own_socket() {
  read_line "$OWN/number"
  my_number=$value
  padded=000000000000$my_number
  my_socket=${padded#"${padded%????????????}"}-$NAME.sock
}

# Whether the traffic goes to this container. No fork.
serves() {
  # shellcheck disable=SC3013 # the image's shell, dash, knows it
  [ "$RUN_DIR/web.sock" -ef "$RUN_DIR/$my_socket" ]
}

# Rule 3. Before the link moves, the second link keeps the socket that served until now: a
# connection refused is retried there by nginx, even for a POST. $1: the socket that takes over.
move_link() {
  read_link web.sock
  keep_previous "$1"
  point web.sock "$1"
}

# The same where nobody answers behind the link. It moves first, or both would lead to a dead socket for a moment.
move_lost_link() {
  read_link web.sock
  point web.sock "$1"
  keep_previous "$1"
}

keep_previous() {
  [ -z "$behind" ] || [ "$behind" = "$1" ] || point previous.sock "$behind"
}

# Takes the traffic. Moved first, noted second: killed between the two, the next check finds itself
# behind the link and notes it. $1: why; $2: how the link moves.
take() {
  say "$my_socket takes the traffic: $1"
  "${2:-move_link}" "$my_socket"
}

# Whether any other container's socket is healthy; its name in `other`, newest first.
other_answers() {
  for other in $(cd "$RUN_DIR" && ls -r -- *-*.sock 2>/dev/null); do
    [ "$other" != "$my_socket" ] || continue
    if probe "$other"; then return 0; fi
  done
  return 1
}

# Whether the socket behind the link ($1) must be given up: at once if nobody listens there, after several bad
# answers in a row else, since one of them is no reason to move.
behind_is_lost() {
  misses="$OWN/misses-$1"
  code=0
  probe "$1" || code=$?
  case $code in
    0)
      [ ! -e "$misses" ] || rm -f "$misses"
      return 1
      ;;
    1) weight=$BAD ;;
    2) return 0 ;;
    3) weight=$LATE ;;
  esac
  read_line "$misses"
  total=$((${value:-0} + weight))
  write "$misses" "$total"
  [ "$total" -ge "$LOST" ]
}

# Rule 2. Called only when the own socket is healthy, with the lock held: whoever is behind the
# link is judged and replaced by one container at a time.
decide() {
  read_link web.sock
  if [ "$behind" = "$my_socket" ]; then
    return 0
  elif [ -z "$behind" ]; then
    take "nobody had it"
  elif behind_is_lost "$behind"; then
    # Rule 4. Who died in its soak has had its turn: it takes the traffic again only if nobody else
    # can. Whoever can does so at its own next check.
    if [ -e "$OWN/took" ] && [ ! -e "$OWN/soaked" ] && other_answers; then
      return 0
    fi
    take "$behind does not answer" move_lost_link
  elif [ ! -e "$OWN/took" ]; then
    number_of "$behind"
    [ "$number" -gt "$my_number" ] || take "newer than $behind"
  fi
}

# Rule 4. Whether this container may be called healthy: once it has served for the soak time, in
# one go and within one start.
soaked() {
  [ ! -e "$OWN/soaked" ] || return 0
  read_link web.sock
  if [ "$behind" != "$my_socket" ]; then
    rm -f "$OWN/since"
    return 1
  fi
  [ -e "$OWN/took" ] || : >"$OWN/took"
  uptime_seconds
  read_line "$OWN/since"
  if [ -z "$value" ]; then
    write "$OWN/since" "$now"
    value=$now
  fi
  [ $((now - value)) -ge "$SOAK" ] || return 1
  sweep
  : >"$OWN/soaked"
  say "$my_socket has served for $SOAK s"
}

# Rule 5. A release that has come through sweeps what is dead and older than its predecessor. Not
# the predecessor's contemporaries: a container that crashes over and over is dead whenever one
# looks, and without what it knows of itself it would count as new, and steal the traffic.
sweep() {
  read_link previous.sock
  number_of "$behind"
  oldest=$number
  for directory in "$RUN_DIR"/containers/*/; do
    directory=${directory%/}
    read_line "$directory/number"
    number_of "$value-"
    if [ "$number" -ge "$oldest" ] || [ "$number" -ge "$my_number" ]; then continue; fi
    socket=$(printf '%012d-%s.sock' "$number" "${directory##*/}")
    code=0
    probe "$socket" || code=$?
    [ "$code" -eq 2 ] || continue
    rm -f "$RUN_DIR/$socket"
    rm -rf "$directory"
  done
}
