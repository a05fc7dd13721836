# shellcheck shell=bash disable=SC2034,SC2154 # `memory` and `reason` are common.sh's
# What a host needs from the distribution.

# Seconds in which the packages must be there, the network too.
PACKAGES_WAIT=900

packages() {
  local wanted=(ca-certificates cron curl docker.io iptables rsync unattended-upgrades)
  local optional=(docker-buildx docker-cli)
  if are_installed "${wanted[@]}" && [ -e "$memory/packages" ]; then return; fi
  wait_for "$PACKAGES_WAIT" install_packages ||
    fail "the packages could not be installed: $reason; see whether this machine reaches the distribution's servers: sudo apt-get update"
  : >"$memory/packages"
}

install_packages() {
  local name known=()
  # A boot that was cut off may have left packages half installed. Nobody is there to be asked about their files.
  try_apt dpkg --force-confold --configure -a || return 1
  try_apt apt update -q || return 1
  # Ubuntu's docker.io brings the command along, Debian's does not.
  for name in "${optional[@]}"; do
    if [ -n "$(apt-cache --names-only search "^$name\$")" ]; then known+=("$name"); fi
  done
  try_apt apt install -q --yes --no-install-recommends --fix-broken "${wanted[@]}" "${known[@]}"
}

# dpkg, or apt-get by the name `apt`; what it says last is the reason when it fails.
try_apt() { # command arguments...
  local log=/run/django-deployment/apt.log
  if [ "$1" = apt ]; then
    set -- apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "${@:2}"
  fi
  if "$@" </dev/null 2>&1 | tee "$log"; then return; fi
  reason=$(grep -E '^(E|dpkg):' "$log" | head -n 1 || true)
  reason=${reason:-$(tail -n 1 "$log")}
  return 1
}

are_installed() { # package...
  local name
  for name; do
    [ "$(dpkg-query --show --showformat='${db:Status-Abbrev}' "$name" 2>/dev/null)" = 'ii ' ] || return 1
  done
}
