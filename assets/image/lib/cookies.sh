# shellcheck shell=sh
# Cookies of an answer, for whoever asks again and again: else a site that begins a session with each visitor would
# keep one for each question. Sourced by page.sh.
#
# Not curl's own jar: it refuses cookies that are only for https.

# Prints the cookies as curl's option --cookie takes them, in one line.
merge_cookies() { # cookies so far, the answer's headers
  printf '%s\n%s\n' "$1" "$2" | awk '
    function keep(cookie, name) {
      name = cookie
      sub(/=.*/, "", name)
      jar[name] = cookie
    }
    NR == 1 {
      count = split($0, before, "; ")
      for (i = 1; i <= count; i++) keep(before[i])
      next
    }
    tolower($0) ~ /^set-cookie:/ {
      sub(/^[^:]*:[ \t]*/, "")
      sub(/[;\r].*/, "")
      if ($0 != "") keep($0)
    }
    END {
      for (name in jar) {
        printf "%s%s", separator, jar[name]
        separator = "; "
      }
      print ""
    }'
}
