# shellcheck shell=bash disable=SC2034,SC2153,SC2154 # NAME is settings.sh's
# Passwords and keys: made here once, kept on the data volume, and given to services as the Swarm's secrets. A secret of
# another content has another name, so that each release keeps those it was started with.

provide_secrets() {
  refuse_lost_secrets
  provide_volumes
  if [ ! -e "$release/.env" ]; then (umask 077 && : >"$release/.env"); fi
  run_task secrets || fail "the secrets could not be prepared; nothing else was changed. $reason"
  publish_secrets
}

provide_volumes() {
  local volume
  for volume in "${VOLUMES[@]}"; do
    docker volume create --label "$LABEL_NAME=$NAME" "$volume" >/dev/null
  done
  hold_volumes
}

# Another volume would open nothing, and hide that the passwords are lost.
refuse_lost_secrets() {
  if docker volume inspect "$SECRETS_VOLUME" >/dev/null 2>&1 || ! holds_database; then return; fi
  fail "the volume $SECRETS_VOLUME is gone, and the database that its passwords open is there. Nothing was made or changed, and no data is lost. To get access again: release repair-access"
}

# Whether the data volume holds a database. Makes no volume.
holds_database() {
  docker volume inspect "$DATABASE_VOLUME" >/dev/null 2>&1 || return 1
  [ "$(docker run --rm --interactive --network=none --read-only --cap-drop=ALL --cap-add=DAC_READ_SEARCH \
    --security-opt=no-new-privileges --memory=128m --user=0:0 \
    --mount="type=volume,src=$DATABASE_VOLUME,dst=/data,readonly" --entrypoint=python3 "$PYTHON_IMAGE" - /data \
    <"$deploy/secrets/database_files.py" 9>&-)" = database ]
}

# Gives the stored secrets to the Swarm, and exports by which names.
publish_secrets() {
  local file version name
  waiting=''
  while read -r file version; do
    if [ "$file" = waiting: ]; then
      waiting=$version
      continue
    fi
    name=$NAME-$file-$version
    docker secret inspect "$name" >/dev/null 2>&1 ||
      read_secret "$file" | docker secret create --label "$LABEL_NAME=$NAME" "$name" - >/dev/null
    export "SECRET_${file^^}=$name"
  done < <(secret_versions)
  for file in "${SECRET_FILES[@]}"; do
    version=SECRET_${file^^}
    [ -n "${!version-}" ] || fail "the secret $file could not be read from the volume $SECRETS_VOLUME"
  done
  keep_secrets database
}

# A service that is there keeps the secrets that it was started with: other ones would restart it.
keep_secrets() { # role
  local role=${1^^} file kept version
  for file in "${SECRET_FILES[@]}"; do
    version=SECRET_${file^^}
    kept=$(docker service inspect --format \
      "{{range .Spec.TaskTemplate.ContainerSpec.Secrets}}{{if eq .File.Name \"$file\"}}{{.SecretName}}{{end}}{{end}}" \
      "${NAME}_$1" 2>/dev/null) || kept=''
    export "${role}_KEPT_$version=${kept:-${!version}}"
  done
}

# A password that lies beside the stored one, until MariaDB has it.
waiting=''

# Prints each secret and what tells its content from others, to nobody who doesn't know the salt. With a new salt each
# secret has a new name: web gets them with the release, the database keeps what it has. "waiting: FILE" for a password
# that lies beside the stored one.
secret_versions() {
  if [ ! -s "$base/salt" ]; then (umask 077 && head -c 32 /dev/urandom | base64 | write_file "$base/salt"); fi
  # shellcheck disable=SC2016 # it is sh's in the container
  with_secrets python3 -c '
import hmac, os, sys
salt = sys.stdin.buffer.read()
for name in sys.argv[1:]:
    print(name, hmac.new(salt, open(name, "rb").read(), "sha256").hexdigest()[:12])
for name in os.listdir("."):
    if name.startswith("database_") and name.endswith(".next"):
        print("waiting:", name)' "${SECRET_FILES[@]}" <"$base/salt"
}

# The engine takes no empty secret.
read_secret() { # file
  with_secrets python3 -c 'import sys; sys.stdout.buffer.write(open(sys.argv[1], "rb").read() or b"\n")' "$1" </dev/null
}

with_secrets() { # command…; as root, who alone may read all of them
  docker run --rm --interactive --network=none --read-only --cap-drop=ALL --cap-add=DAC_READ_SEARCH \
    --security-opt=no-new-privileges --memory=128m --user=0:0 --workdir=/secrets \
    --mount="type=volume,src=$SECRETS_VOLUME,dst=/secrets,readonly" --entrypoint="$1" "$PYTHON_IMAGE" "${@:2}" 9>&-
}
