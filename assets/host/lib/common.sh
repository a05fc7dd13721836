# shellcheck shell=bash disable=SC2034,SC2154 # `step` is prepare-host's; other files read what is set here
# What the steps of prepare-host share: the settings, what is said, how something is waited for.

again='sudo /var/lib/cloud/scripts/per-boot/prepare-host'
memory=/var/lib/django-deployment

say() { echo "prepare-host: $*"; }

# The line that a release waits for. Moved into place, so that nobody reads half of it.
status() {
  printf '%s\n' "$*" >/run/django-deployment/status.new
  chmod 0644 /run/django-deployment/status.new
  mv /run/django-deployment/status.new /run/django-deployment/status
}

# Ends the run. One sentence: what is wrong, with which value; then what to do.
fail() {
  status "failed: $step: $*; then type: $again (more in /var/log/cloud-init-output.log)"
  say "failed: $step: $*; then type: $again"
  trap - EXIT
  exit 1
}

# A command that nobody expected to fail has ended the run.
ended() {
  if [ "$1" = 0 ]; then return; fi
  fail "a command ended with status $1; its last words are at the end of /var/log/cloud-init-output.log"
}

# uptime_seconds NAME: into that variable, the machine's uptime in seconds. Unlike SECONDS it does not jump as the clock does.
uptime_seconds() {
  local up
  read -r up _ </proc/uptime && printf -v "$1" %s "${up%%.*}"
}

# Runs a command until it succeeds, for so many seconds. It tells by `reason` what it waits for.
wait_for() { # seconds command...
  local now end told=''
  uptime_seconds now
  end=$((now + $1))
  shift
  reason=''
  until "$@"; do
    uptime_seconds now
    if ((now >= end)); then return 1; fi
    if [ "$reason" != "$told" ]; then
      say "waiting: $reason"
      status "preparing: $step (waiting: $reason)"
      told=$reason
    fi
    sleep 2
  done
}

read_settings() {
  local name
  [ -r /etc/django-deployment/host.env ] ||
    fail '/etc/django-deployment/host.env is missing; cloud-init writes it from the user data: sudo cloud-init single --name write_files --frequency always'
  # shellcheck source=/dev/null
  . /etc/django-deployment/host.env
  for name in NAME REGION DATA_VOLUME_ID SWAP_MIB HOST_KEY_PARAMETER REBOOT_TIME; do
    [ -n "${!name-}" ] || fail "$name is not set in /etc/django-deployment/host.env; write it there"
  done
  [[ $DATA_VOLUME_ID =~ ^vol-[0-9a-f]+$ ]] ||
    fail "DATA_VOLUME_ID is \"$DATA_VOLUME_ID\" in /etc/django-deployment/host.env, expected vol- and digits; correct it there"
  [[ $SWAP_MIB =~ ^[0-9]+$ ]] ||
    fail "SWAP_MIB is \"$SWAP_MIB\" in /etc/django-deployment/host.env, expected a whole number; correct it there"
}

has_systemd() { [ -d /run/systemd/system ]; }

# In a container the kernel's settings are somebody else's.
in_container() { [ -f /.dockerenv ] || systemd-detect-virt --quiet --container 2>/dev/null; }

# Writes standard input to a file, whole or not at all, and only when that changes it.
write_file() { # path mode
  local new=$1.django-deployment
  cat >"$new"
  chmod "$2" "$new"
  if cmp -s "$new" "$1"; then
    rm "$new"
    return
  fi
  sync "$new"
  mv "$new" "$1"
}

# Makes LINE the only line of /etc/fstab that is about PATH, or removes that when there is no LINE.
mount_table() { # path [line]
  local others
  touch /etc/fstab
  others=$(awk -v path="$1" '/^[[:space:]]*#/ || ($1 != path && $2 != path)' /etc/fstab)
  printf '%s\n' "$others" ${2:+"$2"} | write_file /etc/fstab 0644
  if has_systemd; then systemctl daemon-reload; fi
}
