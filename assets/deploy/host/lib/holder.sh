# shellcheck shell=bash disable=SC2154
# One container that mounts every volume with data and does nothing: "docker volume prune" and "docker system prune"
# delete volumes that no container mounts, and no service of the Swarm mounts all of them.

hold_volumes() {
  local holder_task=() label=$LABEL_NAME.holder wanted
  # shellcheck source=/dev/null
  . "$here/tasks.sh"
  wanted=$({
    printf '%s\n' "${holder_task[@]}"
    docker image inspect --format '{{.Id}}' "$PYTHON_IMAGE"
  } | sha256sum | cut -c 1-16)
  if [ "$(docker ps --filter "label=$label=$wanted" --filter status=running --format '{{.Names}}')" = "$NAME-holder" ]; then
    return
  fi
  # What is in the volumes is none of its business: another one may take its place at any time.
  docker rm --force "$NAME-holder" >/dev/null 2>&1 || true
  docker run --label "$label=$wanted" "${holder_task[@]}" >/dev/null 9>&- </dev/null ||
    fail "the container $NAME-holder, which keeps the volumes in use, could not be started; the line before says why. Nothing else was changed"
}
