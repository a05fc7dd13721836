#!/bin/sh
# The nginx configuration, from the templates beside this script and NGINX_* of the environment.
#
#   apply.sh check   renders it and has nginx test it, and changes nothing
#   apply.sh apply   renders it into a new folder of the configuration volume, has nginx test it,
#                    moves the link `current` there in one step and has the running nginx reload;
#                    a configuration that nginx refuses changes nothing
#
# `apply` runs in a container of its own, which shares the PID namespace of the nginx container: nginx is
# process 1 there. As root with the capabilities SETUID and SETGID only: root owns the
# configuration, nginx can read it and not change it, and what concerns nginx is done as its user.
set -eu
umask 022

here=$(dirname "$0")
mode=${1:-apply}
volume=${NGINX_CONFIGURATION:-/etc/nginx/deployment}
export NGINX_CONFIGURATION="$volume"
# What the browser used: nginx's own scheme, or what somebody says who is trusted.
export NGINX_FORWARDED_PROTO="${NGINX_FORWARDED_PROTO:-\$visitor_scheme}"
export NGINX_HEALTH_PORT="${NGINX_HEALTH_PORT:-8081}"

fail() {
  echo "nginx-config: $*" >&2
  exit 1
}

# One environment variable and the pattern of what it may be: it becomes part of nginx's syntax.
expect() {
  value=$(printenv "$1") || value=
  printf '%s\n' "$value" | grep -Eqx "$2" || fail "$1 is '$value'; expected $3"
}

expect NGINX_SERVER_NAMES '[A-Za-z0-9_.*-]+( +[A-Za-z0-9_.*-]+)*' 'host names with spaces between them'
expect NGINX_BODY_SIZE '[0-9]+[kKmMgG]?' 'a size, for example 20m'
for name in NGINX_PORT NGINX_HEALTH_PORT NGINX_READ_TIMEOUT NGINX_RATE NGINX_RATE_BURST NGINX_CONNECTIONS \
  NGINX_LOGIN_RATE NGINX_BODIES_AT_ONCE NGINX_SMALL_BODIES_AT_ONCE NGINX_WORKER_CONNECTIONS; do
  expect "$name" '[1-9][0-9]*' 'a whole number above 0'
done
expect NGINX_TRUSTED '([0-9a-fA-F.:]+/[0-9]+( [0-9a-fA-F.:]+/[0-9]+)*)?' 'networks in CIDR form with spaces between them'
expect NGINX_STATIC_LOG '[01]' "'0' or '1'"
expect NGINX_WORKER_PROCESSES 'auto|[1-9][0-9]*' "'auto' or a whole number above 0"
expect NGINX_STATIC_URL '/([A-Za-z0-9_.~-]+/)+' 'a path with slashes at both ends, for example /static/'
expect NGINX_MEDIA_URL '/([A-Za-z0-9_.~-]+/)+' 'a path with slashes at both ends, for example /media/'
expect NGINX_LOGIN_PATHS '[A-Za-z0-9_.~|/\\-]+' 'paths with | between them, and a backslash before each dot'
expect NGINX_BODIES '(/[A-Za-z0-9_.-]+)+' 'an absolute folder'
expect NGINX_STATIC_ROOT '(/[A-Za-z0-9_.-]+)+/?' 'an absolute folder'
expect NGINX_MEDIA_ROOT '(/[A-Za-z0-9_.-]+)+/?' 'an absolute folder'
expect NGINX_FORWARDED_PROTO 'https?|\$[a-z_]+' "'http', 'https' or a variable of nginx"
# nginx replaces what it matched (with a slash at its end) by the folder: that needs one too.
export NGINX_STATIC_ROOT="${NGINX_STATIC_ROOT%/}/" NGINX_MEDIA_ROOT="${NGINX_MEDIA_ROOT%/}/"
# Django's "any host" in nginx's words.
case " $NGINX_SERVER_NAMES " in *' * '*) export NGINX_SERVER_NAMES='~.' ;; esac
# shellcheck disable=SC2086 # networks, a word each
{
  NGINX_REAL_IP_FROM=$(for network in ${NGINX_TRUSTED-}; do echo "    set_real_ip_from $network;"; done)
  NGINX_TRUSTED_NETWORKS=$(for network in ${NGINX_TRUSTED-}; do echo "        $network 1;"; done)
}
export NGINX_REAL_IP_FROM NGINX_TRUSTED_NETWORKS
export NGINX_OPEN_FILES=$((NGINX_WORKER_CONNECTIONS * 2 + 512))

command -v envsubst >/dev/null || fail "the nginx image has no envsubst (package gettext-base)"

# As nginx's user, whatever this script runs as.
as_nginx() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid "${NGINX_UID:-101}" --regid "${NGINX_GID:-10001}" --clear-groups -- "$@"
  else
    "$@"
  fi
}

# Only these names are filled in.
# shellcheck disable=SC2016
names='${NGINX_SERVER_NAMES} ${NGINX_PORT} ${NGINX_HEALTH_PORT} ${NGINX_BODY_SIZE} ${NGINX_BODIES}
  ${NGINX_BODIES_AT_ONCE} ${NGINX_STATIC_URL} ${NGINX_STATIC_ROOT} ${NGINX_MEDIA_URL} ${NGINX_MEDIA_ROOT} ${NGINX_READ_TIMEOUT} ${NGINX_RATE}
  ${NGINX_RATE_BURST} ${NGINX_CONNECTIONS} ${NGINX_WORKER_PROCESSES} ${NGINX_WORKER_CONNECTIONS}
  ${NGINX_STATIC_LOG} ${NGINX_OPEN_FILES} ${NGINX_FORWARDED_PROTO} ${NGINX_CONFIGURATION}
  ${NGINX_LOGIN_RATE} ${NGINX_LOGIN_PATHS} ${NGINX_SMALL_BODIES_AT_ONCE}
  ${NGINX_REAL_IP_FROM} ${NGINX_TRUSTED_NETWORKS}'

render() {
  envsubst "$names" <"$here/nginx.conf.template" >"$1/nginx.conf"
  for file in proxy.conf headers.conf denied.conf types.conf; do
    envsubst "$names" <"$here/$file" >"$1/$file"
  done
  cp "$here/50x.html" "$1/.50x.html"
  chmod 0644 "$1"/* "$1/.50x.html"
}

# The workers that serve now (those of before a reload are "shutting down").
workers() {
  for status in /proc/[0-9]*/status; do
    grep -qs '^PPid:[[:space:]]*1$' "$status" || continue
    directory=${status%/status}
    tr '\0' ' ' 2>/dev/null <"$directory/cmdline" | grep -q '^nginx: worker process *$' || continue
    echo "${directory#/proc/}"
  done
}

master_runs() {
  tr '\0' ' ' </proc/1/cmdline | grep -q '^nginx: master process'
}

# Waits until workers serve and none of them is among $1: until then some requests meet the configuration of before.
wait_for_workers() {
  for _ in $(seq 100); do
    serving=$(workers)
    old=
    for worker in $serving; do
      case " $1 " in *" $worker "*) old=yes ;; esac
    done
    [ -z "$serving" ] || [ -n "$old" ] || return 0
    sleep 0.1
  done
  return 1
}

point() {
  ln -sfn "$1" "$volume/.current" && mv -fT "$volume/.current" "$volume/current"
}

# Renders into the folder $1 and has nginx test the result.
# The access log is /dev/stdout, which nginx opens anew: its user may not open a pipe of root's.
test_in() {
  chmod 0755 "$1"
  render "$1"
  if ! problems=$(as_nginx nginx -t -e stderr -c "$1/nginx.conf" 2>&1 >/dev/null); then
    rm -rf "$1"
    fail "nginx refuses the new configuration and keeps the old one:
$problems"
  fi
}

# Version from which the one stable branch with fixes has all that are known.
fixed=1.30.7

# Official images carry nginx as its makers release it: a version says what is fixed. A distribution mends its package and
# keeps the version, so that its own updates count.
warn_of_version() {
  # "nginx version: nginx/1.30.7 (Ubuntu)"
  version=$(nginx -v 2>&1 | sed -n 's|^nginx version: nginx/\([0-9.]*\).*|\1|p')
  maintainer=$(dpkg-query --show --showformat='${Maintainer}' nginx 2>/dev/null) || maintainer=
  case $maintainer in *@*debian.org* | *@*debian.net* | *@*ubuntu.com*) return ;; esac
  [ -n "$version" ] || return 0
  [ "$(printf '%s\n' "$fixed" "$version" | sort -V | head -n 1)" != "$fixed" ] || return 0
  case $version in
    1.30.*) remedy='fetch it anew: make release ARGS=--refresh' ;;
    *) remedy='write proxy: { version: "1.30" } into deployment.ts, or take its version out' ;;
  esac
  echo "nginx-config: warning: the image has nginx $version, expected $fixed or newer: older ones have known security holes; $remedy" >&2
}

case $mode in
  check)
    warn_of_version
    # The volume is not here, and nginx makes the folder when it tests.
    export NGINX_BODIES=/tmp/bodies
    directory=$(mktemp -d)
    test_in "$directory"
    rm -rf "$directory"
    echo "nginx-config: nginx accepts the configuration"
    exit 0
    ;;
  apply) ;;
  *) fail "unknown command '$mode'; expected check or apply" ;;
esac

# What an earlier run left when it was killed.
before=$(readlink "$volume/current" 2>/dev/null) || before=
for directory in "$volume"/version-*; do
  [ "${directory##*/}" = "$before" ] || rm -rf "$directory"
done

directory=$(mktemp -d "$volume/version-XXXXXX")
test_in "$directory"
if [ -n "$before" ] && diff -r "$directory" "$volume/$before" >/dev/null && [ -n "$(workers)" ]; then
  rm -rf "$directory"
  echo "nginx-config: nginx runs with this configuration already"
  exit 0
fi

old_workers=$(workers | tr '\n' ' ')
point "${directory##*/}"

# Without a running nginx (the first time it waits for the link, or it is being restarted) it starts
# with the new configuration by itself.
if [ -n "$old_workers" ] && master_runs; then
  as_nginx sh -c 'kill -HUP 1' || : # the wait below finds out
fi
if ! wait_for_workers "$old_workers"; then
  [ -z "$before" ] || point "$before"
  fail "nginx did not take the new configuration over within 10 s; its log says why. The old one stays."
fi
[ -z "$before" ] || rm -rf "${volume:?}/$before"
echo "nginx-config: nginx runs with the new configuration"
