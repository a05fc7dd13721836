# shellcheck shell=bash disable=SC2154
# One release at a time. The kernel frees the lock when its holder dies, however it dies.

take_lock() { # seconds
  exec 9>"$base/lock"
  if ! flock --nonblock 9; then
    [ "$1" -gt 0 ] || refuse "$(holder). Wait for it; then type this again."
    say "waiting: $(holder)"
    flock --timeout "$1" 9 || refuse "$(holder), and $1 s were not enough. See what it does: tail -f $base/receipts/*.log"
  fi
  printf '%s\n' "$id since $(now), process $$" | write_file "$base/lock.holder"
}

holder() { echo "a release is at work: $(cat "$base/lock.holder" 2>/dev/null || echo 'which has just begun')"; }
