"""What status says of the disk."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

from engine import AWAY
from release_program.folders import MAKE_ROOM
from release_program.parts.disk import Disk, disk_lines, look_at_disk
from support import FIRST, HostCase

OPEN = Path.open


def full(percent: int, files: int = 10) -> Callable[[object], os.statvfs_result]:
    """A disk of 1000 MiB, a tenth of which is kept for root."""
    free = 900 * (100 - percent) // 100
    blocks = (1 << 20, 1 << 20, 1000, free + 100, free)
    return lambda _place: os.statvfs_result((*blocks, 1000, 1000 - files * 10, 1000 - files * 10, 0, 255))


class DiskCase(HostCase):
    def look(self, percent: int, files: int = 10) -> Disk:
        with patch("release_program.parts.disk.os.statvfs", full(percent, files)):
            return look_at_disk(self.upload(FIRST))

    def test_below_80_percent_nobody_is_asked_what_fills_it(self) -> None:
        found = self.look(79)
        self.assertEqual((found.free, found.percent, found.problems, found.filled_by), (189, 79, [], []))
        self.assertEqual(disk_lines(found), ["189 MiB on the data volume, 79 % used"])
        self.assertEqual(self.engine.made("system"), [])
        self.assertEqual(list(self.base.glob(".status-*")), [])

    def test_from_80_percent_on_it_says_what_fills_it_the_most_first(self) -> None:
        (self.base / "large").write_bytes(b"x" * 2_000_000)
        found = self.look(80)
        self.assertEqual(
            [name for _, name in found.filled_by],
            [
                "volume shop-media",
                "Images of the engine, 1GB of them unused",
                "Build Cache of the engine, 1GB of them unused",
                f"releases in {self.base}",
                "volume shop-dbdata",
            ],
        )
        self.assertEqual(found.filled_by[4][0], 12_000)
        self.assertGreaterEqual(found.filled_by[3][0], 2_000_000)
        self.assertEqual(
            disk_lines(found)[:3],
            [
                "180 MiB on the data volume, 80 % used",
                f"! the disk is 80 % full; at 100 % uploads, the database and releases fail; {MAKE_ROOM}",
                "        4.00 GB  volume shop-media",
            ],
        )

    def test_a_disk_of_which_the_files_are_used_up_is_full(self) -> None:
        found = self.look(10, files=93)
        self.assertEqual(found.percent, 93)
        self.assertRegex(
            found.problems[0], "^the disk is 93 % full of files, .* though there is room; .*du -x --inodes"
        )

    def test_an_engine_that_is_away_leaves_the_rest(self) -> None:
        self.engine.before_call = lambda call: AWAY if call[0] == "system" else None
        found = self.look(95)
        self.assertEqual(found.filled_by, [])
        self.assertRegex(found.problems[1], r"^what fills it is not known: docker system df.*: Cannot connect")

    def test_a_disk_that_takes_no_byte_says_so_though_it_has_room(self) -> None:
        def refuse(path: Path, mode: str = "r", **options: Any) -> IO[Any]:
            if path.name.startswith(".status-"):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS))
            return OPEN(path, mode, **options)

        with patch.object(Path, "open", refuse):
            found = self.look(10)
        self.assertEqual(
            found.problems,
            [
                f"no byte can be written to {self.base}: Read-only file system; {MAKE_ROOM}",
            ],
        )
