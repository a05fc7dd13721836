# shellcheck shell=sh disable=SC2034,SC2154 # the parts share their variables
# Asks a web container for a page, through its socket, as nginx would. Sourced by hand-over.sh.
#
# Another release may have another health page and other host names. So each container keeps how it wants to be
# asked, in containers/<name>/page: the path, the host name, and 1 where any answer below 500 but 400 will do.

# shellcheck source=cookies.sh
. "$LIB/cookies.sh"

PROBE_SECONDS=${WEB_PROBE_SECONDS:-2}

keep_page() {
  write "$OWN/page" "${WEB_HEALTH_PATH:-/}
${WEB_HEALTH_HOST:-localhost}
${WEB_HEALTH_ANY:-0}"
}

# How a container wants to be asked, in `page_path`, `page_host` and `page_any`. A container of a release before
# this file was written has kept nothing: `page_any` is "unknown" then, and any answer below 500 will do.
read_page() { # socket
  page_path=${WEB_HEALTH_PATH:-/} page_host=${WEB_HEALTH_HOST:-localhost} page_any=unknown
  name=${1#*-}
  page=$RUN_DIR/containers/${name%.sock}/page
  [ ! -e "$page" ] || { IFS= read -r page_path && IFS= read -r page_host && IFS= read -r page_any; } <"$page" || :
}

# Asks a socket. Sets `status` (HTTP status, 000 without an answer) and `code` (curl's exit status).
#
# With a permitted host: else ALLOWED_HOSTS refuses it. With the cookies that it was given before: else a site that
# begins a session with each visitor would keep one for each question.
ask() { # socket path scheme [curl options]
  jar=$LIVE_DIR/cookies-$1
  read_line "$jar"
  cookies=$value
  socket=$1 path=$2 scheme=$3
  shift 3
  code=0
  answer=$(curl -q --silent --output /dev/null --dump-header - --write-out '%{http_code}' \
    --max-time "$PROBE_SECONDS" --unix-socket "$RUN_DIR/$socket" \
    --header "Host: $page_host" --header "X-Forwarded-Proto: $scheme" ${cookies:+--cookie "$cookies"} \
    --user-agent django-deployment-health "$@" "http://localhost$path" 9>&-) || code=$?
  status=${answer##*
}
  case $answer in *[Ss]et-[Cc]ookie:*)
    merge_cookies "$cookies" "$answer" >"$jar.next" 9>&- && mv -f "$jar.next" "$jar"
    ;;
  esac
}

# Whether a container is ready for traffic: its own health page answers. Returns 0: ready, 1: it answers badly,
# 2: nobody listens, 3: it answers too late. As if by TLS: else SECURE_SSL_REDIRECT sends the question away.
probe() { # socket
  read_page "$1"
  ask "$1" "$page_path" https
  # A worker whose threads are all taken has answered, and not the application (../python/deployment_overload.py).
  case $answer in *Deployment-Busy:*) return 3 ;; esac
  case $code:$page_any:$status in
    0:*:2* | 0:*:3*) return 0 ;;
    0:unknown:4*) return 0 ;;
    # A host that Django refuses is refused to visitors too.
    0:*:400) return 1 ;;
    # A project that names no health path may have no page, or a closed one, where we ask.
    0:1:4*) return 0 ;;
    7:*) return 2 ;;
    28:*) return 3 ;;
    *) return 1 ;;
  esac
}
