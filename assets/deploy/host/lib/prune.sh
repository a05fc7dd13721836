# shellcheck shell=bash disable=SC2154
# Removes what releases before the last five left: folders, receipts, images, secrets. Never a volume.

KEPT_RELEASES=5

prune_all() {
  local folder image tag kept_images=() served=0 others=0 secret
  while read -r folder; do
    if [ "$folder" = "$id" ] || [ "$folder" = "$(current)" ]; then
      served=$((served + 1))
      continue
    fi
    # Failed ones never push out one that served.
    if [ "$(field "$base/receipts/$folder.json" outcome)" = served ]; then
      served=$((served + 1))
      if [ "$served" -le "$KEPT_RELEASES" ]; then continue; fi
    else
      others=$((others + 1))
      if [ "$others" -le "$KEPT_RELEASES" ] && [ "$served" -lt "$KEPT_RELEASES" ]; then continue; fi
    fi
    rm -rf "${base:?}/releases/$folder" "$base/receipts/$folder.json" "$base/receipts/$folder.log"
  done < <(releases_by_age)
  mapfile -t kept_images < <(cat "$base"/releases/*/image-id 2>/dev/null)
  # By its tag, which is a release's name: an image may have other tags, which somebody else gave it.
  while read -r image tag; do
    case " ${kept_images[*]-} $(serving_image) " in *" $image "*) continue ;; esac
    case $tag in 2*) ;; *) continue ;; esac
    # Also one that was built on it.
    if [ -n "$(docker ps --quiet --filter "ancestor=$image" 2>/dev/null)" ]; then continue; fi
    docker image rm --force "$IMAGE_REPOSITORY:$tag" >/dev/null 2>&1 || true
  done < <(docker image ls --no-trunc --format '{{.ID}} {{.Tag}}' "$IMAGE_REPOSITORY")
  # One that a service still has, the engine keeps.
  docker secret ls --filter "label=$LABEL_NAME=$NAME" --format '{{.Name}}' | while read -r secret; do
    docker secret rm "$secret" >/dev/null 2>&1 || true
  done
  docker builder prune --force --filter until=336h >/dev/null 2>&1 || true
}

# Their names begin with the time.
releases_by_age() { find "$base/releases" -mindepth 1 -maxdepth 1 -type d -name '2*' -printf '%f\n' | sort -r; }

# The release that serves; empty before the first one.
current() { basename "$(readlink "$base/current" 2>/dev/null || true)"; }
