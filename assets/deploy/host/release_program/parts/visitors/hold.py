"""Has visitors wait while the database is exchanged (assets/nginx/hold.sh)."""

from ...docker.command import must
from ...host import Host
from ..services import running

# Seconds after which visitors are let go on in any case. Browsers wait for longer.
HOLD_LIMIT = 20

# Seconds for the requests that are under way to end before the database stops.
DRAIN_LIMIT = 8

# Requests that a web container works on: connections to its socket, as the kernel lists them.
UNDER_WAY = 'grep -c " 03 *[0-9]* /run/web/" /proc/net/unix'


class Hold:
    """The wait of the visitors. It ends by itself, whatever becomes of this program."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._paused = ""

    def begin(self) -> None:
        """Has visitors wait, and waits itself until the requests that are under way have ended."""
        host = self._host
        nginx, web = running(host, host.settings.proxy), running(host, host.settings.serving)
        if not nginx or not web:
            return
        host.say(f"visitors wait, {HOLD_LIMIT} s at most, while the database is exchanged")
        script = (host.folders.deploy / "nginx" / "hold.sh").read_text(encoding="utf-8")
        result = host.containers.execute(nginx, "sh", "-c", script.rstrip("\n"), "hold", str(HOLD_LIMIT), detach=True)
        # Nothing is exchanged while visitors do not wait.
        must(result, "exec", nginx)
        end = host.clock.now() + DRAIN_LIMIT
        while self._is_busy(web) and host.clock.now() < end:
            host.clock.sleep(0.2)
        self._keep_alive(web)

    def end(self) -> None:
        """Lets them go on."""
        if self._paused:
            self._host.containers.unpause(self._paused)
            self._paused = ""
        nginx = running(self._host, self._host.settings.proxy)
        if nginx:
            self._host.containers.execute(nginx, "touch", "/tmp/hold-ends")

    def _is_busy(self, web: str) -> bool:
        return self._host.containers.execute(web, "sh", "-c", UNDER_WAY).text != "0"

    def _keep_alive(self, web: str) -> None:
        """The health check of a release before this one asks the database: it would end the only container that serves.

        The engine asks nothing of a paused one.
        """
        containers = self._host.containers
        if containers.execute(web, "test", "-e", "/dev/shm/alive-until").ok:
            return
        # Before the pause: whatever ends this program between two calls, the container goes on.
        containers.unpause_later(web, HOLD_LIMIT)
        self._paused = web
        containers.pause(web)
