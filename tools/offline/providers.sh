# Terraform's providers where no registry answers: a mirror in .deployment/providers. Sourced by tools/providers, whose
# variables these functions read.
# shellcheck shell=bash
# shellcheck disable=SC2154 # owners, wanted, mirror, platform and more are the caller's

# Version, Go module and how long a build takes on two cores.
declare -A versions=([docker]=4.6.0 [random]=3.8.0 [tls]=4.2.0 [local]=2.6.0 [aws]=6.47.0)
# GitHub's has no Go module: it comes from the registry, or built from elsewhere.
declare -A modules=(
  [docker]=github.com/kreuzwerker/terraform-provider-docker@v0.0.0-20260916201441-96d331c98ff4
  [random]=github.com/hashicorp/terraform-provider-random@v1.3.2-0.20260824155315-e1092b0cfc07
  [tls]=github.com/hashicorp/terraform-provider-tls@v1.2.1-0.20260819085117-d044ca7c6f52
  [local]=github.com/hashicorp/terraform-provider-local@v1.4.1-0.20260806152022-9068a4b7aa37
  [aws]=github.com/hashicorp/terraform-provider-aws@v1.60.1-0.20260602190131-5f2286d6d836
)
declare -A durations=([docker]='3 min' [random]='20 s' [tls]='10 s' [local]='10 s' [aws]='40 min and 1 GB' [github]='')

# Unpacks NAME out of a folder of built providers: packed with an `install` beside them, or laid out as a mirror.
take_from() { # folder name
  local folder=$1 name=$2 stage status=0
  stage=$(mktemp -d "$deployment/providers.XXXXXX")
  if [ -x "$folder/install" ] && compgen -G "$folder/terraform-provider-${name}_v*" >/dev/null; then
    # `install` unpacks all that lies beside it (AWS alone is 900 MB): show it only this one.
    apt_install xz xz-utils
    cp "$folder/install" "$stage/install"
    ln -s "$folder/terraform-provider-${name}_v"* "$stage/"
    run_logged "provider-$name" "$stage/install" "$stage/mirror" || status=$?
  elif holds "$folder" "$name"; then
    mkdir -p "$stage/mirror/$registry/${owners[$name]}"
    cp -RL "$folder/$registry/${owners[$name]}/$name" "$stage/mirror/$registry/${owners[$name]}/"
  else
    status=1
  fi
  if [ "$status" = 0 ]; then place "$stage/mirror"/*/"${owners[$name]}/$name" "$name"; fi
  rm -rf "$stage"
  return "$status"
}
build() { # name
  local stage
  stage=$(mktemp -d "$deployment/providers.XXXXXX")
  run_logged "provider-$1" build_from_module "${modules[$1]}" . \
    "$stage/$1/${versions[$1]}/$platform/terraform-provider-$1_v${versions[$1]}" || { rm -rf "$stage"; exit 1; }
  place "$stage/$1" "$1"
  rm -rf "$stage"
}
place() { # folder-of-versions name: a provider is there as a whole or not at all
  local host owner
  # Both names are real folders (OpenTofu follows no link) that share the file, in which AWS alone has 900 MB.
  for host in registry.opentofu.org registry.terraform.io; do
    owner=$mirror/$host/${owners[$2]}
    mkdir -p "$owner"
    rm -rf "${owner:?}/$2" "$owner/$2.part"
    cp -RLl "$1" "$owner/$2.part" 2>/dev/null || cp -RL "$1" "$owner/$2.part"
    mv "$owner/$2.part" "$owner/$2"
  done
}

# The mirror has what is in it, the user's own mirrors keep what they have, and the registry serves the rest.
write_configuration() {
  local name folder included=() of_registry
  for name in "${!owners[@]}"; do
    if holds "$mirror" "$name"; then
      for of_registry in registry.terraform.io registry.opentofu.org; do
        included+=("\"$of_registry/${owners[$name]}/$name\"")
      done
    fi
  done
  local list
  list=$(printf '%s\n' "${included[@]}" | LC_ALL=C sort | paste -sd ',' | sed 's/,/, /g')
  {
    echo 'disable_checkpoint = true'
    echo 'provider_installation {'
    echo "  filesystem_mirror {"
    echo "    path    = \"$mirror\""
    echo "    include = [$list]"
    echo '  }'
    while read -r folder; do
      if [ -d "$folder" ]; then
        printf '  filesystem_mirror {\n    path    = "%s"\n    exclude = [%s]\n  }\n' "$folder" "$list"
      fi
    done < <(user_mirrors)
    printf '  direct {\n    exclude = [%s]\n  }\n}\n' "$list"
  } >"$configuration.part"
  mv "$configuration.part" "$configuration"
}

folder_with() { # name: prints the folder that has it built
  local folder
  for folder in "${folders[@]}"; do
    if compgen -G "$folder/terraform-provider-${1}_v*" >/dev/null || holds "$folder" "$1"; then
      echo "$folder"
      return
    fi
  done
  return 1
}

# Puts the wanted providers into the mirror, and says to Terraform where it is.
lay_out_mirror() {
  local name from
  folders=()
  if [ -n "${DEPLOYMENT_PROVIDERS-}" ]; then
    [ -d "$DEPLOYMENT_PROVIDERS" ] || fail "DEPLOYMENT_PROVIDERS=$DEPLOYMENT_PROVIDERS is not a folder; it should hold built providers, as tools/providers lays them out in .deployment/providers"
    folders+=("$(cd "$DEPLOYMENT_PROVIDERS" && pwd)")
  fi
  if [ -x "$project/../shared/providers/install" ]; then folders+=("$(cd "$project/../shared/providers" && pwd)"); fi

  for name in "${wanted[@]}"; do
    if [ -z "${modules[$name]-}" ] && ! holds "$mirror" "$name" && ! folder_with "$name" >/dev/null; then
      say "missing: the Terraform provider $name, since $registry can't be reached and neither DEPLOYMENT_PROVIDERS nor ../shared/providers has it; without it, \"make pipeline-files\" writes what it would commit"
      exit 3
    fi
  done
  if [ -n "$prebuilt" ]; then
    for name in "${wanted[@]}"; do
      if ! holds "$mirror" "$name" && ! folder_with "$name" >/dev/null; then
        say "missing: the Terraform provider $name would have to be built (${durations[$name]}), since $registry can't be reached and neither DEPLOYMENT_PROVIDERS nor ../shared/providers has it"
        exit 3
      fi
    done
  fi

  if [ "${NO_INSTALL-}" != 1 ]; then alone providers "${arguments[@]}"; fi
  for name in "${wanted[@]}"; do
    if holds "$mirror" "$name"; then continue; fi
    if from=$(folder_with "$name"); then
      needs "unpack the Terraform provider $name from $from, since $registry can't be reached" || continue
      take_from "$from" "$name" || exit 1
    else
      needs "build the Terraform provider $name from its Go module (${durations[$name]}), since $registry can't be reached" || continue
      build "$name"
    fi
  done
  [ "$missing" = 0 ] || finish
  write_configuration
}
