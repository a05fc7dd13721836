# shellcheck shell=bash disable=SC2034,SC2154
# A release in steps: each is timed and can be run again.

step=begin
# Says "served" once it is so, whatever comes after.
served=''
# Where nginx runs; known once it does.
nginx_container=''
step_times=()

run_step() { # name command…
  step=$1
  shift
  local began=$(($(milliseconds)))
  say "==> $step"
  write_receipt "${served:-running}"
  rehearse_fault "$step"
  "$@"
  step_times+=("$step $(($(milliseconds) - began))")
}

# The rehearsal presses this: the release dies, once, at the step that the file names.
rehearse_fault() { # step
  if [ "$(cat "$base/rehearse-kill" 2>/dev/null)" != "$1" ]; then return; fi
  rm -f "$base/rehearse-kill"
  say "rehearsal: killed at the step $1"
  kill -KILL $$
}

# Runs one of the tasks of tasks.sh; what it says is shown.
run_task() { run_task_with '' "$@"; } # name [option…]

# The same, with a text for its standard input.
run_task_with() { # text name [option…]
  local input=$1 name=$2 task=() output
  shift 2
  # shellcheck source=/dev/null
  . "$here/tasks.sh"
  eval "task=(\"\${${name//-/_}_task[@]}\")"
  output=$(mktemp)
  if printf '%s\n' "$input" | docker run --interactive "$@" "${task[@]}" >"$output" 2>&1 9>&-; then
    grep -v '^migrate: known' "$output" | tail -n 100
    task_output=$(cat "$output")
    rm -f "$output"
  else
    tail -n 40 "$output"
    reason=$(grep -v '^[[:space:]]*$' "$output" | grep -A 5 "^${name%%-*}" | head -n 6 || true)
    reason=${reason:-$(tail -n 1 "$output")}
    rm -f "$output"
    return 1
  fi
}
