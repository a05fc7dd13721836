# shellcheck shell=bash disable=SC2034,SC2154 # the parts of the release script share their variables
# What is said, how a release ends, and JSON.

say() { printf '%s\n' "$*"; }

# What must not be overlooked: in red, for a terminal and for the pages of a run.
alarm() { printf '\033[31m%s\033[0m\n' "$*"; }

# Ends with one clear message: what is wrong, then what to do.
fail() { # message
  reason=$1
  exit 1
}

# Without a release that it would be the end of.
refuse() { # message
  printf '✗ %s\n' "$1" >&2
  exit 1
}

milliseconds() { date +%s%3N; }

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

# A text as JSON has it.
json() { # text
  local text=$1
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  text=${text//$'\n'/\\n}
  text=${text//$'\t'/\\t}
  printf '"%s"' "$(printf '%s' "$text" | tr -d '\000-\037')"
}

# Words as a list in JSON.
json_list() { # word…
  local word separator=''
  printf '['
  for word; do
    printf '%s%s' "$separator" "$(json "$word")"
    separator=', '
  done
  printf ']'
}

# A text or number of a receipt, which this script has written: one name a line.
field() { # file name
  sed -n -e "s/^  \"$2\": \"\(.*\)\",\{0,1\}$/\1/p" -e "s/^  \"$2\": \([0-9]*\),\{0,1\}$/\1/p" "$1" 2>/dev/null |
    head -n 1
}

# Replaces a file in one step.
write_file() { # path; text on standard input
  cat >"$1.next"
  mv -f "$1.next" "$1"
}
