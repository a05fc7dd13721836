# shellcheck shell=bash disable=SC2034,SC2154 # `memory` and `reason` are common.sh's
# The key by which ssh knows this host. Its private half is an encrypted parameter of SSM, which the instance's role may
# read. Nothing secret becomes an argument of a process, which everybody may list: curl reads its options on stdin.

# Seconds to wait for a network that is not there, and for permissions that were granted just now.
NETWORK_WAIT=900
PERMISSION_WAIT=120

host_key() {
  local key=/etc/ssh/ssh_host_ed25519_key new=/etc/ssh/ssh_host_ed25519_key.new wait=$NETWORK_WAIT
  command -v curl >/dev/null || packages
  # A host that has had its key starts without the network too.
  if [ -f "$memory/host-key" ] && [ -s "$key" ]; then wait=0; fi
  rm -f "$new"
  denied_since=''
  if wait_for "$wait" fetch_key "$new"; then
    install_key "$new" "$key"
  elif [ "$wait" = 0 ]; then
    say "the key stays as it is: $reason"
  else
    fail "the host key could not be read from SSM, parameter $HOST_KEY_PARAMETER: $reason; let this machine reach SSM, and its role do ssm:GetParameter on it"
  fi
  rm -f "$new"
}

# Writes the private key to FILE, or tells in `reason` why not.
fetch_key() { # file
  local endpoint=${SSM_ENDPOINT:-https://ssm.$REGION.amazonaws.com} answer
  if ! credentials; then return 1; fi
  answer=$(
    curl_with 20 <<OPTIONS
url = "$endpoint/"
aws-sigv4 = "aws:amz:$REGION:ssm"
user = "$access_key:$secret_key"
header = "X-Amz-Security-Token: $session_token"
header = "X-Amz-Target: AmazonSSM.GetParameter"
header = "Content-Type: application/x-amz-json-1.1"
data = "{\"Name\":\"$HOST_KEY_PARAMETER\",\"WithDecryption\":true}"
OPTIONS
  ) || {
    reason="$endpoint does not answer"
    return 1
  }
  if field Parameter Value <<<"$answer" >/dev/null; then
    (umask 077 && field Parameter Value <<<"$answer" >"$1")
    return
  fi
  reason="SSM says: $(field __type <<<"$answer") $(field message <<<"$answer" || field Message <<<"$answer")"
  # Permissions take a while to arrive everywhere, but not for ever.
  local now
  uptime_seconds now
  denied_since=${denied_since:-$now}
  if ((now - denied_since > PERMISSION_WAIT)); then
    fail "$reason; put the key into the parameter $HOST_KEY_PARAMETER, and let the role of this machine do ssm:GetParameter on it"
  fi
  return 1
}

# The role's credentials, by the second version of the instance's metadata service.
credentials() {
  local metadata=${METADATA_ENDPOINT:-http://169.254.169.254} token role answer
  reason="the instance's metadata ($metadata) do not answer, or have no role for this machine"
  token=$(
    curl_with 5 --fail <<OPTIONS
request = "PUT"
url = "$metadata/latest/api/token"
header = "X-aws-ec2-metadata-token-ttl-seconds: 300"
OPTIONS
  ) || return 1
  role=$(metadata "$metadata" "$token" '') || return 1
  answer=$(metadata "$metadata" "$token" "${role%%$'\n'*}") || return 1
  access_key=$(field AccessKeyId <<<"$answer") || return 1
  secret_key=$(field SecretAccessKey <<<"$answer") || return 1
  session_token=$(field Token <<<"$answer") || return 1
}

metadata() { # endpoint token role
  curl_with 5 --fail <<OPTIONS
url = "$1/latest/meta-data/iam/security-credentials/$3"
header = "X-aws-ec2-metadata-token: $2"
OPTIONS
}

curl_with() { # seconds options...
  curl --silent --noproxy 169.254.169.254 --max-time "$1" "${@:2}" --config -
}

# A text in a JSON document, by the names on the way to it.
field() { # name...
  python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1:]:
    value = value.get(name) if isinstance(value, dict) else None
if not isinstance(value, str):
    sys.exit(1)
print(value.rstrip("\n"))' "$@" 2>/dev/null
}

install_key() { # new key
  local public
  public=$(ssh-keygen -y -f "$1" 2>/dev/null </dev/null) || public=none
  [[ $public == ssh-ed25519\ * ]] ||
    fail "the parameter $HOST_KEY_PARAMETER of SSM holds no private ed25519 key; put one there (ssh-keygen -t ed25519 -N '')"
  local changed=0
  if ! cmp -s "$1" "$2"; then
    sync "$1"
    mv "$1" "$2"
    changed=1
  fi
  printf '%s\n' "$public" | write_file "$2.pub" 0644
  local other
  for other in /etc/ssh/ssh_host_*_key; do
    if [ "$other" != "$2" ]; then rm -f "$other" "$other.pub"; fi
  done
  # sshd read its configuration before cloud-init wrote ours; once is enough.
  if [ "$changed" = 1 ] || [ ! -e /run/django-deployment/sshd ]; then reload_ssh; fi
  : >"$memory/host-key"
}

reload_ssh() {
  local complaint
  mkdir -p /run/sshd
  complaint=$(sshd -t 2>&1) || fail "sshd refuses its configuration (${complaint//$'\n'/, }); correct /etc/ssh/sshd_config.d"
  if has_systemd; then
    systemctl try-reload-or-restart ssh.service
  elif [ -s /run/sshd.pid ]; then
    kill -HUP "$(cat /run/sshd.pid)"
  fi
  : >/run/django-deployment/sshd
}
