# shellcheck shell=bash disable=SC2154
# What became of a release, as JSON: for people, for "releases" and "rollback", and for the run's page.

commit='' by='' kind=release reason='' RELEASE_IMAGE=''
release_began=$(milliseconds) began_at=$(now)
until_served='' migrations_known=() migrations_applied=()

write_receipt() { # outcome: running, served, failed, killed
  local entry separator=''
  mkdir -p "$base/receipts"
  {
    printf '{\n'
    printf '  "release": %s,\n' "$(json "$id")"
    printf '  "kind": %s,\n' "$(json "$kind")"
    printf '  "outcome": %s,\n' "$(json "$1")"
    printf '  "step": %s,\n' "$(json "$step")"
    printf '  "reason": %s,\n' "$(json "$reason")"
    printf '  "commit": %s,\n' "$(json "$commit")"
    printf '  "by": %s,\n' "$(json "$by")"
    printf '  "image": %s,\n' "$(json "$RELEASE_IMAGE")"
    printf '  "began": %s,\n' "$(json "$began_at")"
    printf '  "ended": %s,\n' "$(json "$(now)")"
    printf '  "milliseconds": %s,\n' "$(($(milliseconds) - release_began))"
    printf '  "milliseconds_until_served": %s,\n' "${until_served:-null}"
    printf '  "probes_sent": %s,\n' "$probes_sent"
    printf '  "probes_failed": %s,\n' "$probes_failed"
    printf '  "migrations_applied": %s,\n' "$(json_list ${migrations_applied[@]+"${migrations_applied[@]}"})"
    printf '  "migrations_known": %s,\n' "$(json_list ${migrations_known[@]+"${migrations_known[@]}"})"
    printf '  "steps": ['
    for entry in ${step_times[@]+"${step_times[@]}"}; do
      printf '%s\n    { "step": %s, "milliseconds": %s }' "$separator" "$(json "${entry% *}")" "${entry##* }"
      separator=','
    done
    printf '\n  ]\n}\n'
  } | write_file "$base/receipts/$id.json"
}

# Words of a list in a receipt.
receipt_list() { # file name
  sed -n "s/^  \"$2\": \[\(.*\)\],\{0,1\}$/\1/p" "$1" 2>/dev/null | tr -d '",'
}
