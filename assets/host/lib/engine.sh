# shellcheck shell=bash disable=SC2034,SC2154 # `library` is prepare-host's, `reason` common.sh's
# The Docker engine, with everything that it keeps on the data volume, and its Swarm of one node.

# Seconds for an engine to answer: after a power cut it has containers to put in order.
ENGINE_WAIT=180

# Before the engine starts: its containers must never stand open, not even for a moment.
engine_firewall() {
  "$library/firewall" || fail 'iptables refuses the rules; the line before says which'
}

engine() {
  local root
  mountpoint --quiet /data || fail '/data is not mounted, and Docker must not start on the root disk; mount it: sudo mount /data'
  mkdir -p /data/docker
  if has_systemd; then
    systemctl daemon-reload
    systemctl enable --quiet docker.service
    if is_outdated; then systemctl restart docker.service; else systemctl start docker.service; fi
  elif is_outdated; then
    service docker restart
  else
    service docker status >/dev/null || service docker start
  fi || fail 'the Docker engine does not start; see why: sudo journalctl -u docker (or /var/log/docker.log)'
  wait_for "$ENGINE_WAIT" engine_answers ||
    fail 'the Docker engine runs and does not answer; see why: sudo journalctl -u docker (or /var/log/docker.log)'
  root=$(docker info --format '{{.DockerRootDir}}')
  [ "$root" = /data/docker ] ||
    fail "the engine keeps its data in $root, expected /data/docker (/etc/docker/daemon.json); restart it: sudo systemctl restart docker"
  id -nG ubuntu | grep -qw docker || usermod --append --groups docker ubuntu
}

# The engine runs, and its configuration was written after it had started.
is_outdated() { [ -e /run/docker.pid ] && [ /etc/docker/daemon.json -nt /run/docker.pid ]; }

engine_answers() {
  reason='the Docker engine does not answer yet'
  docker info >/dev/null 2>&1
}

# On the loopback address: the Swarm must survive its disk's move to another machine, and nothing listens outside.
swarm() {
  # On the volume, as the Swarm is: what stands there is ours and unfinished.
  local marker=/data/.swarm-begins
  wait_for 120 swarm_settles || true
  if [ -e "$marker" ] && [ "$state" != 'active true' ]; then
    say 'making the Swarm was cut off, and begins anew'
    docker swarm leave --force >/dev/null 2>&1 || true
    swarm_settles || true
  fi
  case $state in
    'active true') ;;
    'inactive false')
      : >"$marker"
      sync "$marker" /data
      docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1:2377 --task-history-limit 2 >/dev/null ||
        fail 'docker swarm init was refused; the line before says why'
      ;;
    'locked '*)
      fail 'the Swarm is locked: its disk came from a machine that locks it; unlock it with that key: sudo docker swarm unlock'
      ;;
    *)
      fail "the Swarm is \"$state\", expected \"active true\" (a manager): $(docker info --format '{{.Swarm.Error}}'). If its services may be lost: sudo docker swarm leave --force"
      ;;
  esac
  rm -f "$marker"
}

swarm_settles() {
  state=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}') || state=unknown
  reason="the Swarm is \"$state\""
  case $state in 'active true' | 'inactive false' | locked*) return 0 ;; *) return 1 ;; esac
}
