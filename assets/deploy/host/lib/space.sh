# shellcheck shell=bash disable=SC2034,SC2154
# Room for a release, before anything is changed.

# MiB: the layers of a small project, and what its build leaves in the cache.
LEAST_SPACE=${LEAST_SPACE:-700}

check_space() {
  local place
  space_needed
  for place in "$(docker info --format '{{.DockerRootDir}}')" "$base"; do
    if [ "$(free_space "$place")" -ge "$needed" ]; then continue; fi
    say "$(free_space "$place") MiB are free at $place, a release needs $needed: removing what older releases left"
    prune_all
    [ "$(free_space "$place")" -ge "$needed" ] ||
      fail "the disk is too full: $(free_space "$place") MiB are free at $place, a release needs $needed. Make host.dataDisk larger in deployment.ts, then type make host; or see what takes the room: docker system df, du -xh --max-depth=2 /data"
  done
}

# A new image may be a whole new one.
space_needed() {
  local size
  size=$(docker image inspect --format '{{.Size}}' "$(serving_image)" 2>/dev/null || echo 0)
  needed=$((size * 3 / 2 / 1048576))
  if [ "$needed" -lt "$LEAST_SPACE" ]; then needed=$LEAST_SPACE; fi
}

# The image may not be shown by its folder: the engine's is root's.
free_space() { # folder
  local place=$1
  until [ -e "$place" ]; do place=${place%/*}; done
  df --output=avail --block-size=1M "${place:-/}" | tail -n 1 | tr -d ' '
}
