# shellcheck shell=bash
# What the scripts of this folder share; sourced, not run. They run on GitHub's runner and on this computer alike; all that
# they need to know comes by the environment:
#
#   RELEASE      folder in which a release is laid out: context/, image.tar, .env     (default: $RUNNER_TEMP/release)
#   SSH_CONFIG   ssh's configuration with the alias "host"                       (default: $RUNNER_TEMP/ssh/config)
#   STEPS        file that takes one line for each step: name, seconds, status   (default: $RUNNER_TEMP/steps.tsv)
#   HOST_FOLDER  folder of the releases on the host                        (default: /home/ubuntu/srv/ubuntu)
#   HOST_LIBRARY folder of the host's own programs                 (default: /usr/local/lib/django-deployment)
#   HOST_STATUS  file in which the host says how far it is                 (default: /run/django-deployment/status)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck disable=SC2034 # context reads it
project=$(dirname "$here")

fail() { # what is wrong, then what to do
  echo "error: $*" >&2
  # Shown on top of the run's page.
  if [ "${GITHUB_ACTIONS-}" = true ]; then echo "::error::${*//$'\n'/ }"; fi
  exit 1
}

# needs NAME...: the variables that a script can't do without.
needs() {
  local name
  for name; do
    [ -n "${!name-}" ] || fail "$name is not set; the top of $0 says what it is (in the workflow: a secret or a variable of the environment; \"make deploy\" sets it)"
  done
}

[ -r "$here/settings.sh" ] || fail "$here/settings.sh is missing; make it with \"make pipeline-files\""
# shellcheck source=/dev/null
. "$here/settings.sh"

temporary=${RUNNER_TEMP:-}
RELEASE=${RELEASE:-${temporary:+$temporary/release}}
SSH_CONFIG=${SSH_CONFIG:-${temporary:+$temporary/ssh/config}}
STEPS=${STEPS:-${temporary:+$temporary/steps.tsv}}
# shellcheck disable=SC2034 # upload and release read it
HOST_FOLDER=${HOST_FOLDER:-/home/ubuntu/srv/ubuntu}
HOST_STATUS=${HOST_STATUS:-/run/django-deployment/status}
# The one program that the deploy key may call (assets/host/door).
DOOR=${HOST_LIBRARY:-/usr/local/lib/django-deployment}/door

# uptime_seconds NAME: into that variable, the machine's uptime in seconds. Unlike SECONDS it does not jump as the clock does.
# Where the kernel tells none, as on macOS, SECONDS it is.
uptime_seconds() {
  local up=$SECONDS
  if [ -r /proc/uptime ]; then read -r up _ </proc/uptime; fi
  printf -v "$1" %s "${up%%.*}"
}

# Set by uptime_seconds: when the step began, and the moment of the last look.
began=0 now=0

# step NAME: the rest of the script is one step, whose time is noted however it ends. `on_end` may be defined.
step() {
  step=$1
  uptime_seconds began
  trap 'end "$?"' EXIT
}
end() {
  trap - EXIT
  if declare -F on_end >/dev/null; then on_end || true; fi
  uptime_seconds now
  [ -z "$STEPS" ] || printf '%s\t%s\t%s\n' "$step" "$((now - began))" "$1" >>"$STEPS" || true
  exit "$1"
}

# on_host COMMAND...: runs it on the host. The host's shell reads each word as it is here, and so does the host's door.
on_host() {
  local word line=''
  for word; do line+="'${word//\'/\'\\\'\'}' "; done
  # shellcheck disable=SC2029 # the words are quoted
  ssh -F "$SSH_CONFIG" host "$line"
}

# has_door: whether the host has the program that the deploy key may call. It is asked for once.
has_door() { [ "$(cat "$SSH_CONFIG.door" 2>/dev/null)" != none ]; }

# verb WORD...: has the host's door do something. A host that was made without one is given it by standard input; its key
# opens a shell.
verb() {
  local status=0
  if has_door; then
    on_host "$DOOR" "$@" </dev/null || status=$?
    # 127: the host's shell knows no such command.
    if [ "$status" != 127 ]; then return "$status"; fi
    echo none >"$SSH_CONFIG.door"
  fi
  on_host python3 -IB -X utf8 - --folder "$HOST_FOLDER" --status "$HOST_STATUS" "$@" <"$here/runner/door"
}

# The docker command that can build with BuildKit: one before version 23 has it inside, later ones in the plugin buildx.
builder() {
  local candidate version
  while IFS= read -r candidate; do
    version=$("$candidate" version --format '{{.Client.Version}}' 2>/dev/null) || true
    if [ "${version%%.*}" -lt 23 ] 2>/dev/null || "$candidate" buildx version >/dev/null 2>&1; then
      echo "$candidate"
      return
    fi
  done < <(type -aP docker)
  return 1
}

# build_image TAG: the application's image from what `context` has laid out.
build_image() {
  local docker argument options=()
  [ -e "$RELEASE/context/Dockerfile" ] || fail "$RELEASE/context is empty; run deploy/runner/context first"
  docker=$(builder) || fail 'no docker command here builds with BuildKit; install docker-buildx (GitHub'"'"'s Ubuntu runners carry it)'
  for argument in "${BUILD_ARGUMENTS[@]}"; do options+=(--build-arg "$argument"); done
  # Networks that need a certificate of their own: CA_BUNDLE is a file with it. DOCKER_BUILD_OPTIONS: further words.
  if [ -n "${CA_BUNDLE-}" ]; then options+=(--secret "id=ca_bundle,src=$CA_BUNDLE"); fi
  # shellcheck disable=SC2206 # words
  options+=(${DOCKER_BUILD_OPTIONS-})
  DOCKER_BUILDKIT=1 "$docker" build --tag "$1" --build-arg "PYTHON_IMAGE=$PYTHON_IMAGE" "${options[@]}" "$RELEASE/context"
}
