# shellcheck shell=bash disable=SC2034,SC2154 # `library` is prepare-host's
# What the deploy key may do: the verbs of the door. Last of all steps: whoever must look why a first boot has failed has
# a shell until then, and Session Manager's afterwards.

deploy_key() {
  local keys=/home/ubuntu/.ssh/authorized_keys said
  # Nothing is restricted to a door that does not open.
  said=$(SSH_ORIGINAL_COMMAND=host-status runuser --user ubuntu -- "$library/door" --forced 2>&1) ||
    fail "the program for the deploy key does not run: ${said//$'\n'/, }"
  # EC2 may give a machine no key at all.
  [ -f "$keys" ] || return 0
  "$library/restrict-key" "$keys" --session-manager </etc/django-deployment/deploy-key.pub ||
    fail "the deploy key in $keys could not be restricted; the line before says why"
}
