"""An application with more in its registry, from settings.json as TypeScript renders it to its releases.

The environment names the file: `__tests__/assets/rendered-release.test.ts` writes it and runs this.
"""

import os
from pathlib import Path

from jobs_engine import JobEngine
from release_program.commands.day import status
from release_program.commands.jobs import job, jobs_due
from release_program.settings.file import read_settings
from support import FIRST, SECOND, THIRD, HostCase

PROCESSES = ("web", "worker", "beat")


class Rendered(HostCase):
    settings = read_settings(Path(os.environ["RENDERED_SETTINGS"]))
    engine_of = JobEngine
    engine: JobEngine

    def images(self) -> list[str]:
        """The image of each process, whose container is the only one."""
        return [one.image for name in PROCESSES for one in self.engine.running(name)]

    def test_every_task_runs_and_every_service_comes_up(self) -> None:
        self.must_release(FIRST)
        self.assertEqual(
            [name for name, _ in self.record(FIRST).steps],
            [
                *(
                    "identity",
                    "space",
                    "images",
                    "secrets",
                    "services",
                    "passwords",
                    "nginx-check",
                    "migrate",
                    "warm",
                    "roll",
                ),
                *("proxy", "nginx-config", "pages", "jobs", "prune"),
            ],
        )
        self.assertEqual(self.images(), [f"sha256:{FIRST}"] * 3)
        self.said.lines.clear()
        status(self.upload(FIRST), as_json=False)
        listed = [line.split()[0] for line in self.said.lines[1:-1]]
        self.assertEqual(listed, [*[one.name for one in self.settings.services], *self.settings.jobs])
        self.assertTrue({"database", "cache", "nginx", *PROCESSES, "tidy"} <= set(listed), listed)

    def test_the_secret_comes_to_those_who_read_it(self) -> None:
        self.must_release(FIRST)
        readers = [name for name, one in self.engine.services.items() if "cache_password" in one.spec["Secrets"]]
        self.assertTrue({"shop_cache", "shop_web", "shop_worker", "shop_beat"} <= set(readers), readers)
        self.assertFalse({"shop_database", "shop_nginx"} & set(readers), readers)
        self.assertNotIn("database_root_password", self.engine.services["shop_worker"].spec["Secrets"])

    def test_a_process_that_ends_in_its_soak_takes_the_whole_release_back(self) -> None:
        self.must_release(FIRST)
        for process in ("worker", "beat"):
            self.engine.verdicts = {process: "ends"}
            self.assertEqual(self.release(SECOND), 1)
            record = self.record(SECOND)
            self.assertEqual((record.outcome, record.step), ("failed", "roll"))
            self.assertRegex(
                record.reason, f"^{process} did not come up and stay up: its container ended. Its last words"
            )
            self.assertEqual(self.images(), [f"sha256:{FIRST}"] * 3)
            self.assertEqual((self.current(), self.serving()), (FIRST, FIRST))
        self.engine.verdicts = {}
        self.must_release(THIRD)
        self.assertEqual(self.images(), [f"sha256:{THIRD}"] * 3)

    def test_a_task_that_fails_says_what_that_means(self) -> None:
        self.must_release(FIRST)
        self.engine.tasks["warm"] = (1, "warm: no room")
        self.assertEqual(self.release(SECOND), 1)
        self.assertEqual(
            self.record(SECOND).reason, "The cache could not be filled; nothing was changed. warm: no room"
        )
        self.assertEqual(self.images(), [f"sha256:{FIRST}"] * 3)

    def test_a_job_runs_by_hand_and_at_its_time_with_the_image_that_serves(self) -> None:
        self.must_release(FIRST)
        self.assertIn("current/deploy/host/release jobs-due", self.cron.told)
        host = self.upload(FIRST)
        self.assertEqual(job(host, "tidy"), 0)
        # 04:15 of the next day.
        self.engine.clock.time += 18 * 3600
        self.assertEqual(jobs_due(host), 0)
        self.assertEqual([box.image for box in self.engine.begun], [f"sha256:{FIRST}"] * 2)
