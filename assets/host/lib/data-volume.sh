# shellcheck shell=bash disable=SC2034,SC2154 # `memory` and `reason` are common.sh's
# The volume that outlives the machine, mounted on /data. It is formatted only when it has never been written to: not a
# signature on it, nothing but zeros wherever one looks. Anything else that is not ext4 is somebody's data.

# Seconds to wait for a volume that is being attached.
VOLUME_WAIT=600
MIB=$((1024 * 1024))

data_volume() {
  wait_for "$VOLUME_WAIT" find_volume ||
    fail "the data volume $DATA_VOLUME_ID is not attached to this machine; attach it as /dev/sdf"
  if ! mountpoint --quiet /data; then prepare_volume; fi
  # nofail: a machine without its volume still lets one in by ssh. Lines of a volume that was here before go.
  mount_table /data "UUID=$(uuid) /data ext4 defaults,noatime,nofail,x-systemd.device-timeout=600 0 2"
  mkdir -p /data
  mountpoint --quiet /data || mount /data ||
    fail "$device ($DATA_VOLUME_ID) can't be mounted on /data; the line before says why, the end of sudo dmesg more"
  # A volume and one that was made from its snapshot have one UUID.
  [ "$(stat -c %t:%T "$device")" = "$(mounted_device)" ] ||
    fail "/data is $(findmnt --noheadings --output SOURCE /data), expected $device ($DATA_VOLUME_ID); detach the other volume, and umount it: sudo umount /data"
  # The volume may have grown. Nothing stops working where the file system can't follow.
  resize2fs "$device" >/dev/null ||
    say "the file system on $device could not be grown to the size of the volume; try it by hand: sudo resize2fs $device"
}

# Makes a file system of an empty volume, and sees to the one of a volume that has one.
prepare_volume() {
  local marker=$memory/formatting-$DATA_VOLUME_ID code=0
  if [ -e "$marker" ] && never_mounted; then
    say "$device: formatting was cut off, and begins anew"
    format "$marker"
  elif [ "$(signature)" = ext4 ]; then
    rm -f "$marker"
  elif is_empty; then
    format "$marker"
  else
    fail "$device ($DATA_VOLUME_ID) is neither empty nor ext4: it holds $(contents). Nothing was written to it. If that is wanted, attach the right volume; if it is not, format it: sudo mkfs.ext4 -F $device"
  fi
  e2fsck -p "$device" || code=$?
  # 1: errors that were corrected (man e2fsck).
  ((code <= 1)) ||
    fail "the file system on $device ($DATA_VOLUME_ID) is damaged. Make a snapshot of the volume, repair it: sudo e2fsck -f $device"
}

# Sets `device` when the volume is there: Nitro machines tell its id, Xen machines only where it was attached.
find_volume() {
  reason="the volume $DATA_VOLUME_ID is not attached yet"
  for device in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${DATA_VOLUME_ID/-/}" /dev/xvdf /dev/sdf; do
    if [ -b "$device" ]; then
      device=$(readlink --canonicalize "$device")
      return
    fi
  done
  return 1
}

mounted_device() {
  findmnt --noheadings --output MAJ:MIN /data | tr -d ' ' | while IFS=: read -r major minor; do
    printf '%x:%x' "$major" "$minor"
  done
}

uuid() { blkid --probe --output value --match-tag UUID "$device"; }

# The one type that is on the device; nothing when there is none, or more than one.
signature() { blkid --probe --output value --match-tag TYPE "$device" || true; }

is_empty() {
  local size offset
  [ -z "$(wipefs --noheadings "$device")" ] || return 1
  size=$(blockdev --getsize64 "$device")
  is_zero 0 $((16 * MIB)) || return 1
  is_zero $((size > 16 * MIB ? size - 16 * MIB : 0)) $((16 * MIB)) || return 1
  for ((offset = 0; offset < size; offset += size / 256 + 1)); do
    is_zero "$offset" "$MIB" || return 1
  done
}

# Bytes that can't be read are not zeros. A range ends with the device.
is_zero() { # offset bytes
  local rest=$((size - $1))
  cmp --silent --ignore-initial="$1:0" --bytes="$(($2 < rest ? $2 : rest))" "$device" /dev/zero
}

# What stands on the device, for a person.
contents() {
  local found
  found=$(wipefs --noheadings --output TYPE "$device" | sort -u | paste -sd ' ')
  echo "${found:-bytes without a signature}"
}

never_mounted() {
  [ "$(signature)" != ext4 ] || dumpe2fs -h "$device" 2>/dev/null | grep -Eq '^Last mount time: +n/a'
}

# The marker says that what stands on the device is ours and unfinished. It is gone, for good, before the first mount.
format() { # marker
  say "$device: format it with ext4, since it is empty"
  : >"$1"
  sync "$1" "$memory"
  mkfs.ext4 -q -F -m 1 -E nodiscard -L data "$device" ||
    fail "mkfs.ext4 could not format $device; the lines before say why. If they tell of input and output errors, replace the volume"
  sync "$device"
  rm "$1"
  sync "$memory"
}

# Releases and their .env live on the volume, too.
releases_folder() {
  local home=/home/ubuntu/srv
  mkdir -p /data/srv/ubuntu
  install -d -o ubuntu -g ubuntu "$home"
  mount_table "$home" "/data/srv $home none bind,nofail,x-systemd.requires-mounts-for=/data 0 0"
  mountpoint --quiet "$home" || mount "$home"
  # On another machine the user may have another number.
  [ "$(stat -c %U "$home/ubuntu")" = ubuntu ] || chown --recursive ubuntu:ubuntu "$home/ubuntu"
}
