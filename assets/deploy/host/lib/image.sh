# shellcheck shell=bash disable=SC2034,SC2154
# The images of a release: the application's own, built here or brought along, and the official ones.

provide_images() {
  local image
  for image in "$PYTHON_IMAGE" "$NGINX_IMAGE" "$MARIADB_IMAGE"; do
    docker image inspect "$image" >/dev/null 2>&1 || docker pull --quiet "$image" ||
      fail "the image $image is not here and could not be fetched; see whether this host reaches its registry: docker pull $image"
  done
  RELEASE_IMAGE=$(cat "$release/image-id" 2>/dev/null || true)
  if [ -n "$RELEASE_IMAGE" ] && docker image inspect "$RELEASE_IMAGE" >/dev/null 2>&1; then
    say "the image of this release is here: $RELEASE_IMAGE"
  elif [ -f "$release/image.tar" ]; then
    load_image
  else
    build_image
  fi
  # A name keeps it from being taken for a leftover.
  docker tag "$RELEASE_IMAGE" "$IMAGE_REPOSITORY:$id"
  printf '%s\n' "$RELEASE_IMAGE" | write_file "$release/image-id"
  export RELEASE_IMAGE
}

build_image() {
  local context=$release/context certificates=()
  [ -f "$context/Dockerfile" ] || fail "$context/Dockerfile is missing: the release was not copied whole; release again"
  # For networks with a certificate authority of their own: pip trusts what this host trusts.
  if [ -s /etc/ssl/certs/ca-certificates.crt ]; then
    certificates=(--secret "id=ca_bundle,src=/etc/ssl/certs/ca-certificates.crt")
  fi
  DOCKER_BUILDKIT=1 docker build --progress=plain --iidfile "$release/image-id.new" \
    "${certificates[@]}" "${IMAGE_BUILD_ARGUMENTS[@]}" "$context" </dev/null 2>&1 9>&- | tee "$release/build.log" |
    grep --line-buffered -E '^#[0-9]+ (\[|ERROR)' | awk '!seen[$0]++ { print substr($0, 1, 100); fflush() }' || true
  if [ ! -s "$release/image-id.new" ]; then
    failed_step "$release/build.log"
    fail "the image could not be built: $(build_cause "$release/build.log"). The lines above say why; all of them are in $release/build.log"
  fi
  RELEASE_IMAGE=$(cat "$release/image-id.new")
  rm -f "$release/image-id.new"
}

# What the step that failed said, without its clock: pip's last block where there is one, else the end.
failed_step() { # build.log
  local number
  number=$(sed -n 's/^#\([0-9]*\) ERROR: .*/\1/p' "$1" | tail -n 1)
  if [ -z "$number" ]; then
    tail -n 30 "$1"
    return
  fi
  sed -n "s/^#$number [0-9]*\.[0-9]* \{0,1\}//p" "$1" | awk '
    /^ *(Collecting|Building wheel for) / && !found { package = $0 }
    /^ *error: subprocess-exited-with-error/ && !found { found = NR }
    { line[NR] = $0 }
    END {
      if (found && package != "") print package
      from = found ? found : NR - 29
      if (from < 1) from = 1
      for (i = from; i <= NR; i++) {
        if (NR - from < 60 || i < from + 12 || i > NR - 48) print line[i]
        else if (i == from + 12) print "… lines are left out here …"
      }
    }'
}

# The last error in one line: that of the program, which says more than that of the builder.
build_cause() { # build.log
  { grep -E '^#[0-9]+ [0-9.]+ *(ERROR|error|E): ' "$1" || grep -E '^(#[0-9]+ )?ERROR' "$1"; } | tail -n 1 |
    sed 's/^#[0-9]* \([0-9.]* *\)\{0,1\}//'
}

load_image() {
  local loaded
  loaded=$(docker load --quiet --input "$release/image.tar" 2>&1 9>&-) ||
    fail "the image that came with the release can't be loaded: $loaded. Release again"
  RELEASE_IMAGE=$(docker image inspect --format '{{.Id}}' "${loaded##*: }") ||
    fail "the image that came with the release has no name that this engine knows: $loaded. Release again"
  rm -f "$release/image.tar"
}
