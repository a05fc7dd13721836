# shellcheck shell=sh disable=SC2154 # the parts share their variables
# After each boot of the machine, once: do rows name files that are missing or empty? Sourced by `web`.
#
# A power cut and a volume that was restored on another machine come with another boot. On the volume of the hand-over:
#   looked          the boot after which files were looked for
#   missing-files   what was found then; status tells its last line
#
# Nobody waits for it, and it keeps nobody waiting: it begins when web has started, it has the lowest priority, and where
# memory is short the kernel ends it before anything else. What was cut off is done at web's next start.

# Seconds after web's start; empty: never.
LOOK_AFTER=${WEB_LOOK_AFTER-30}
# Seconds that it may take.
LOOK_FOR=300

look_after_boot() {
  [ -n "$LOOK_AFTER" ] || return 0
  IFS= read -r boot </proc/sys/kernel/random/boot_id || return 0
  read_line "$RUN_DIR/looked"
  [ "$value" != "$boot" ] || return 0
  # A child of nobody: gunicorn would take it for a worker.
  (look_for_files "$boot" </dev/null >/dev/null 2>&1 9>&- &)
}

look_for_files() {
  sleep "$LOOK_AFTER"
  echo 1000 >/proc/self/oom_score_adj
  code=0
  nice -n 19 missing-files "$LOOK_FOR" >"$RUN_DIR/missing-files.$NAME" 2>&1 || code=$?
  cat "$RUN_DIR/missing-files.$NAME" >"${WEB_LOOK_LOG:-/proc/1/fd/1}"
  # 3: there are such rows. Anything else: nobody knows.
  case $code in
    0 | 3)
      mv "$RUN_DIR/missing-files.$NAME" "$RUN_DIR/missing-files"
      echo "$1" >"$RUN_DIR/looked"
      ;;
    *) rm -f "$RUN_DIR/missing-files.$NAME" ;;
  esac
}
