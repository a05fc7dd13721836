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
    grep -v '^#[0-9]* DONE' "$release/build.log" | tail -n 30
    fail "the image could not be built: $(grep -E 'ERROR' "$release/build.log" | tail -n 1). The lines above say why"
  fi
  RELEASE_IMAGE=$(cat "$release/image-id.new")
  rm -f "$release/image-id.new"
}

load_image() {
  local loaded
  loaded=$(docker load --quiet --input "$release/image.tar" 2>&1 9>&-) ||
    fail "the image that came with the release can't be loaded: $loaded. Release again"
  RELEASE_IMAGE=$(docker image inspect --format '{{.Id}}' "${loaded##*: }") ||
    fail "the image that came with the release has no name that this engine knows: $loaded. Release again"
  rm -f "$release/image.tar"
}
