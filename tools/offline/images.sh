# Base images where no registry answers: built from Debian's packages, with the contract of the official ones. The recipes
# are in images/. Sourced by tools/base-images, whose variables these functions read and write.
# shellcheck shell=bash
# shellcheck disable=SC2154 # versions, kinds, absent, images, certificates and more are the caller's

recipes=$project/tools/offline/images
label=django-deployment.base-image
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
security_mirror=${DEBIAN_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
declare -A hashes=()

# What Debian's releases have (bullseye's nginx and MariaDB are past their end of life; projects on Python 3.9 exist).
declare -A suites=(
  [python=3.13]=trixie [python=3.11]=bookworm [python=3.9]=bullseye
  [nginx=1.30]=forky [nginx=1.26]=trixie [nginx=1.22]=bookworm
  [mariadb=11.8]=trixie [mariadb=10.11]=bookworm
)
# A release of Debian that is not published yet is signed by the keys of the one before.
declare -A signers=([forky]=trixie)
self_built() { echo "django-deployment/$1:${versions[$1]}"; }

# --- What is there -----------------------------------------------------------------------------------------------

# All that an image is made of, so that it is rebuilt only when one of these changes.
content_hash() { # kind suite
  {
    echo "$2 $mirror $security_mirror"
    cd "$recipes" || exit
    find debian "$1" -type f -print0 | LC_ALL=C sort -zu | xargs -0 sha256sum
    if [ "$1" = python ]; then
      cd "$certificates" || exit
      find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
    fi
  } | sha256sum | cut -c 1-32
}

is_built() { # name hash
  docker image inspect --format '{{json .Config.Labels}}' "$1" 2>/dev/null | grep -qF "\"$label\":\"$2\""
}

# Moves from `absent` to `images` the kinds that were built here from what the recipes say now.
take_built() {
  local kind suite names=() present missing_here=()
  for kind in "${absent[@]}"; do
    suite=${suites[$kind=${versions[$kind]}]-}
    [ -z "$suite" ] || hashes[$kind]=$(content_hash "$kind" "$suite")
    names+=("$(self_built "$kind")")
  done
  present=$(docker image inspect --format '{{json .RepoTags}} {{json .Config.Labels}}' "${names[@]}" 2>/dev/null || true)
  for kind in "${absent[@]}"; do
    if [ -n "${hashes[$kind]-}" ] &&
      grep -F "\"$(self_built "$kind")\"" <<<"$present" | grep -qF "\"$label\":\"${hashes[$kind]}\""; then
      images+=("images.$kind=$(self_built "$kind")")
    else
      missing_here+=("$kind")
    fi
  done
  absent=("${missing_here[@]}")
}

# --- Building ----------------------------------------------------------------------------------------------------

# Fills KEYS with Debian's archive keys, those that sign SUITE among them. Where this machine's keys are older than SUITE,
# a newer debian-archive-keyring comes from the newest release that they do verify: signed all the way.
keyring() { # suite keys
  local keys=$2 signer=${signers[$1]-$1} older source root status
  mkdir "$keys"
  has_key() { compgen -G "$keys/debian-archive-$1-*" >/dev/null; }
  for source in "${DEBIAN_KEYRINGS:-/usr/share/keyrings}"/debian-archive-*; do
    if [ -f "$source" ]; then cp -L "$source" "$keys/"; fi
  done
  for older in bullseye bookworm trixie; do
    if has_key "$signer"; then break; fi
    has_key "$older" || continue
    say "==> fetch the archive keys of Debian $signer, verified by those of $older"
    root=$(mktemp -d "$deployment/keys.XXXXXX")
    mkdir -p "$root"/{lists/partial,cache/archives/partial,etc,deb}
    echo "deb $mirror $older main" >"$root/etc/sources.list"
    : >"$root/status"
    status=0
    run_logged keyring fetch_keyring "$root" "$keys" || status=$?
    [ "$status" != 0 ] || cp "$root"/deb/usr/share/keyrings/debian-archive-* "$keys/"
    rm -rf "$root"
    [ "$status" = 0 ] || return 1
  done
  has_key "$signer" || fail "no archive keys of Debian $signer here; install a newer debian-archive-keyring, then run this again"
}
fetch_keyring() { # root keys
  local options=(-o "Dir::Etc::SourceList=$1/etc/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::Etc::Trusted=/dev/null" -o "Dir::Etc::TrustedParts=$2" -o "Dir::State::Lists=$1/lists"
    -o "Dir::State::status=$1/status" -o "Dir::Cache=$1/cache" -o APT::Sandbox::User= -o Acquire::Languages=none)
  # Chained, since nothing here ends a function that runs as a condition.
  cd "$1" &&
    apt-get "${options[@]}" update &&
    apt-get "${options[@]}" download debian-archive-keyring &&
    dpkg-deb -x debian-archive-keyring_*.deb deb
}

# The root file system that the images of one Debian release share.
build_root() { # suite
  local hash name=django-deployment/debian:$1 tar stage run=() validity=()
  hash=$(content_hash debian "$1")
  if is_built "$name" "$hash"; then return; fi
  say "==> build $name: Debian $1's base system (about 30 s)"
  [ "$(http_status "$mirror/dists/$1/InRelease" 30)" = 200 ] ||
    fail "neither an image registry nor $mirror (Debian $1) can be reached from here; set DEBIAN_MIRROR to a mirror that can, or load the official images with docker load"
  # apt reads as a user of its own, who often can't enter a home directory.
  stage=$(mktemp -d)
  temporary+=("$stage")
  cp "$recipes"/debian/* "$stage"
  keyring "$1" "$stage/keys" || return 1
  chmod -R u=rwX,go=rX "$stage"
  if [ "$(id -u)" = 0 ] || has sudo; then run=(as_root); fi
  # A mirror may be behind a release that changes each day: whether its lists are good then, this machine's apt says.
  if [[ $(apt-config shell value Acquire::Check-Valid-Until/b) == *"'false'" ]]; then
    validity=(--aptopt='Acquire::Check-Valid-Until "false"')
  fi
  # A file and not a pipe: a download that breaks off must not become an image.
  tar=$(mktemp "$deployment/root-$1.XXXXXX")
  temporary+=("$tar")
  run_logged "base-image-$1" "${run[@]}" mmdebstrap --format=tar --variant=minbase --keyring="$stage/keys" \
    --dpkgopt="$stage/dpkg.cfg" "${validity[@]}" \
    --customize-hook="upload '$stage/apt.conf' /etc/apt/apt.conf.d/50container" \
    --customize-hook="upload '$stage/policy-rc.d' /usr/sbin/policy-rc.d" \
    --customize-hook="chmod 755 \"\$1/usr/sbin/policy-rc.d\"" \
    "$1" "$tar" "deb $mirror $1 main" "deb $mirror $1-updates main" "deb $security_mirror $1-security main" || return 1
  docker import --change 'CMD ["bash"]' --change "LABEL $label=$hash" "$tar" "$name" >/dev/null
  rm -rf "$tar" "$stage"
}

build() { # kind
  local kind=$1 suite=${suites[$1=${versions[$1]}]} context arguments proxy
  context=$(mktemp -d "$deployment/context-$kind.XXXXXX")
  cp -R "$recipes/$kind/." "$context"
  if [ "$kind" = python ]; then cp -R "$certificates" "$context/certificates"; fi
  # A checkout under a strict umask must not make files that the image's users can't read.
  chmod -R u=rwX,go=rX "$context"
  arguments=(--build-arg "BASE=django-deployment/debian:$suite" --label "$label=${hashes[$kind]}")
  for proxy in http_proxy https_proxy no_proxy; do
    if [ -n "${!proxy-}" ]; then arguments+=(--build-arg "$proxy=${!proxy}"); fi
  done
  local status=0
  DOCKER_BUILDKIT=0 run_logged "base-image-$kind" \
    docker build --tag "$(self_built "$kind")" "${arguments[@]}" "$context" || status=$?
  rm -rf "$context"
  if [ "$status" = 0 ] && [ "$kind" = nginx ]; then require_version "$(self_built nginx)" || status=$?; fi
  return "$status"
}

# A release of Debian that is not published yet goes on to newer versions: the image must not say another one than it has.
require_version() { # image
  local said
  said=$(docker run --rm --network none --entrypoint nginx "$1" -v 2>&1) || true
  if [[ $said == "nginx version: nginx/${1##*:}".* ]]; then return; fi
  docker image rm "$1" >/dev/null
  say "error: $1: Debian ${suites[nginx=${1##*:}]} has another version by now ($said); write one of the other versions in deployment.ts (${!suites[*]})"
  return 1
}

# Builds what is absent, and adds it to `images`. The command's own arguments: it begins anew with them when it had to wait
# for another one.
build_absent() { # argument…
  local kind suite known impossible building engine failed job
  impossible=0
  for kind in "${absent[@]}"; do
    if [ -n "${hashes[$kind]-}" ]; then continue; fi
    known=$(printf '%s\n' "${!suites[@]}" | sed -n "s/^$kind=//p" | sort -rV | paste -sd ' ' | sed 's/ /, /g')
    say "error: $kind ${versions[$kind]}: no image registry can be reached from here, and Debian's packages have only $kind $known; write one of these in deployment.ts, or load $(official "$kind") into the Docker engine (docker load)"
    impossible=1
  done
  [ "$impossible" = 0 ] || exit 1

  if [ "${#absent[@]}" -gt 0 ] && [ "${NO_INSTALL-}" != 1 ]; then alone base-images "$@"; fi
  building=()
  for kind in "${absent[@]}"; do
    if needs "build $(self_built "$kind") from Debian ${suites[$kind=${versions[$kind]}]}'s packages, since no image registry can be reached"; then
      building+=("$kind")
      images+=("images.$kind=$(self_built "$kind")")
    fi
  done
  [ "$missing" = 0 ] || finish

  if [ "${#building[@]}" -gt 0 ]; then
    apt_install mmdebstrap mmdebstrap debian-archive-keyring
    engine=$(docker version --format '{{.Server.Arch}}')
    [ "$engine" = "$(dpkg --print-architecture)" ] ||
      fail "the Docker engine is $engine and this machine $(dpkg --print-architecture): base images can only be built on a machine of the engine's kind"
    for suite in $(for kind in "${building[@]}"; do echo "${suites[$kind=${versions[$kind]}]}"; done | sort -u); do
      build_root "$suite" || exit 1
    done
    set -m
    for kind in "${building[@]}"; do
      build "$kind" &
      jobs+=("$!")
    done
    set +m
    failed=0
    for job in "${jobs[@]}"; do wait "$job" || failed=1; done
    jobs=()
    [ "$failed" = 0 ] || exit 1
  fi
}
