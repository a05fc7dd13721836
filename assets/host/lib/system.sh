# shellcheck shell=bash
# The user of the releases, the kernel's settings, swap, automatic updates.

system_settings() {
  id ubuntu >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ubuntu
  in_container || sysctl --quiet --load=/etc/sysctl.d/90-django-deployment.conf ||
    fail 'the kernel refuses /etc/sysctl.d/90-django-deployment.conf; the line before says which value'
  # It was running before cloud-init wrote its limits.
  if has_systemd && [ ! -e /run/django-deployment/journald ]; then systemctl restart systemd-journald; fi
  : >/run/django-deployment/journald
}

# /swapfile is used only once it is whole: it is filled and marked under another name.
swap_file() {
  local file=/swapfile bytes=$((SWAP_MIB * 1024 * 1024))
  if [ -f "$file" ] && [ "$(stat -c %s "$file")" != "$bytes" ]; then
    swapon --show=NAME --noheadings | grep -qx "$file" && swapoff "$file"
    rm "$file"
  fi
  rm -f "$file.new"
  if [ "$bytes" = 0 ]; then
    mount_table "$file"
    return
  fi
  if [ ! -f "$file" ]; then
    (umask 077 && : >"$file.new")
    # Not every file system can reserve blocks that swap may use.
    fallocate --length "$bytes" "$file.new" 2>/dev/null ||
      dd if=/dev/zero of="$file.new" bs=1M count="$SWAP_MIB" status=none ||
      fail "no room for a swap file of $SWAP_MIB MiB on the root disk; make the disk larger, or SWAP_MIB smaller in /etc/django-deployment/host.env"
    mkswap "$file.new" >/dev/null
    sync "$file.new"
    mv "$file.new" "$file"
  fi
  mount_table "$file" "$file none swap sw 0 0"
  swapon --show=NAME --noheadings | grep -qx "$file" && return
  if ! swapon "$file"; then
    in_container || fail "the kernel refuses $file as swap; the line before says why. Remove it: sudo rm $file"
    say 'no swap: this is a container, and its kernel is somebody else'"'"'s'
  fi
}

automatic_updates() {
  sed "s/@REBOOT_TIME@/$REBOOT_TIME/" /usr/local/lib/django-deployment/unattended-upgrades.conf |
    write_file /etc/apt/apt.conf.d/52django-deployment 0644
  [ "$(apt-config shell value APT::Periodic::Unattended-Upgrade)" = "value='1'" ] ||
    fail 'APT::Periodic::Unattended-Upgrade is not 1; another file of /etc/apt/apt.conf.d overrides 52django-deployment, remove it'
  if has_systemd; then systemctl enable --quiet --now apt-daily.timer apt-daily-upgrade.timer; fi
}
