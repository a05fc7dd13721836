# Shared by the commands of tools/; sourced, not run.
# shellcheck shell=bash

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# All that the commands keep on this machine (git-ignored).
# shellcheck disable=SC2034 # read by those who source this
deployment=$project/.deployment

# What tools/lib/node has installed, where the machine's own Node is too old.
use_node() {
  if [ -x "$deployment/node/bin/node" ] && [[ $PATH != "$deployment/node/bin:"* ]]; then PATH=$deployment/node/bin:$PATH; fi
}
use_node

# Notices go to stderr: what a command prints for other programs is alone on stdout.
say() { echo "$*" >&2; }
fail() { echo "error: $*" >&2; exit 1; }

# needs WHAT: says what is about to be installed, started or built, before it is. Under NO_INSTALL=1 it says what
# would be and returns 1, so that the caller leaves it, and `finish` makes the command's exit status 1.
missing=0
needs() {
  if [ "${NO_INSTALL-}" = 1 ]; then
    say "missing: would $1"
    missing=1
    return 1
  fi
  say "==> $1"
}
finish() { exit "$missing"; }

# run_logged NAME COMMAND…: output goes to .deployment/log/NAME.log; its tail is shown when the command fails.
run_logged() {
  local name=$1 log=$deployment/log/$1.log status=0
  shift
  mkdir -p "$deployment/log"
  # In a shell of its own: an `exit` in COMMAND must come back here, or its message would stay in the log.
  ("$@") >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" != 0 ]; then
    {
      echo "error: $name: $1 failed with status $status; the end of .deployment/log/$name.log:"
      tail -n 20 "$log" | sed 's/\x1b\[[0-9;]*m//g; s/^/    /'
    } >&2
  fi
  return "$status"
}

# as_root COMMAND…: through sudo where the user is not root.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "this needs root: $* (neither root nor sudo here; run it as root, then again)"
  fi
}

has() { command -v "$1" >/dev/null 2>&1; }

# apt_install COMMAND PACKAGE…: installs Debian packages unless COMMAND is there.
apt_install() {
  local command=$1
  shift
  if has "$command"; then return; fi
  needs "install $* (apt-get)" || return 0
  has apt-get || fail "$command is missing and there is no apt-get on this machine; install $command, then run this again"
  apt_get "$@"
}
apt_get() {
  # Cloud machines run apt at their first boot: wait for its lock. Stale package lists are the usual failure: refresh once.
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y install --no-install-recommends "$@")
  if run_logged apt as_root "${install[@]}" 2>/dev/null; then return; fi
  run_logged apt-update as_root apt-get -o DPkg::Lock::Timeout=300 update || say 'the package lists could not be refreshed; trying with the old ones'
  run_logged apt as_root "${install[@]}" || exit 1
}

# http_status URL [SECONDS]: what the server answers within that time (3); 000 when it can't be reached.
http_status() {
  if has curl; then
    curl --silent --location --max-time "${2:-3}" --output /dev/null --write-out '%{http_code}' "$1" || true
  else
    # A fresh machine has no curl, and Node is given (but does not know http_proxy).
    node -e 'fetch(process.argv[1], { signal: AbortSignal.timeout(1000 * process.argv[2]) }).then((r) => r.status, () => "000").then((s) => { process.stdout.write(String(s)); process.exit(); })' "$1" "${2:-3}"
  fi
}

# alone NAME [ARGUMENT…]: only one at a time goes on from here. Who had to wait starts anew with its ARGUMENTs, since
# what it wanted is there by then. Children inherit the lock: what a killed command left running is waited for too.
alone() {
  local lock
  mkdir -p "$deployment"
  exec {lock}>"$deployment/$1.lock"
  if flock --nonblock "$lock"; then return; fi
  say "waiting for another $(basename "$0")"
  flock "$lock"
  exec {lock}>&-
  exec "$0" "${@:2}"
}

# version_at_least HAVE WANT
version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# remember KEY=VALUE…: what this machine has, for `tools/environment` and the commands (an empty value removes the key).
remember() {
  if [ "${NO_INSTALL-}" = 1 ] || remembers "$@"; then return; fi
  node "$project/tools/lib/machine.mjs" "$deployment/machine.json" "$@"
}
# Most runs change nothing, and starting Node takes longer than looking.
remembers() {
  local text assignment key
  [ -e "$deployment/machine.json" ] || return 1
  text=$(<"$deployment/machine.json")
  for assignment; do
    key=${assignment%%=*}
    key="\"${key##*.}\":"
    if [ -n "${assignment#*=}" ]; then
      [[ $text == *"$key \"${assignment#*=}\""* ]] || return 1
    else
      [[ $text != *"$key"* ]] || return 1
    fi
  done
}

# build_from_module MODULE@VERSION PACKAGE FILE: builds a Go program in a copy of its module's own source, with that
# module's own go.sum and replacements (`go install` refuses modules that have some).
build_from_module() {
  local module=$1 package=$2 file=$3 source copy
  has go || fail "go is missing: it builds ${module%@*}; install Go (https://go.dev/dl), then run this again"
  source=$(GOFLAGS='' go mod download -json "$module" | sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p') || true
  [ -n "$source" ] || fail "the Go module $module can't be downloaded; is proxy.golang.org (or GOPROXY) within reach?"
  mkdir -p "$(dirname "$file")"
  copy=$(mktemp -d "$deployment/build.XXXXXX")
  cp -R "$source/." "$copy"
  chmod -R u+w "$copy"
  local status=0
  (
    cd "$copy" || exit
    CGO_ENABLED=0 GOFLAGS='' go build -trimpath -buildvcs=false -ldflags '-s -w' -o "$copy/program.part" "$package"
  ) || status=$?
  if [ "$status" = 0 ]; then mv "$copy/program.part" "$file"; fi
  rm -rf "$copy"
  return "$status"
}

# The Terraform that is used: TERRAFORM_BINARY_NAME as in cdktf, else terraform, else tofu.
terraform_binary() {
  local name
  for name in ${TERRAFORM_BINARY_NAME:-terraform tofu}; do
    if has "$name"; then echo "$name"; return; fi
  done
  return 1
}
