"""When a job is due, minute for minute."""

import json
import os
import unittest
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from release_program.jobs.schedule import following, latest
from release_program.settings.model import Schedule

EVERY = {
    "minutes": tuple(range(60)),
    "hours": tuple(range(24)),
    "days": tuple(range(1, 32)),
    "months": tuple(range(1, 13)),
    "weekdays": tuple(range(7)),
}


def schedule(**fields: tuple[int, ...]) -> Schedule:
    return Schedule(text="", either_day=False, **{**EVERY, **fields})


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]


NIGHTLY = schedule(minutes=(0,), hours=(3,))


class Times(unittest.TestCase):
    def test_the_first_one_later_than_a_moment(self) -> None:
        self.assertEqual(following(NIGHTLY, at(2026, 11, 27, 2, 59, 59)), at(2026, 11, 27, 3))
        self.assertEqual(following(NIGHTLY, at(2026, 11, 27, 3)), at(2026, 11, 28, 3))
        self.assertEqual(following(NIGHTLY, at(2026, 12, 31, 12)), at(2027, 1, 1, 3))

    def test_the_latest_one_between_two_moments(self) -> None:
        self.assertEqual(latest(NIGHTLY, at(2026, 11, 20), at(2026, 11, 27, 3)), at(2026, 11, 27, 3))
        self.assertEqual(latest(NIGHTLY, at(2026, 11, 20), at(2026, 11, 27, 2, 59, 59)), at(2026, 11, 26, 3))
        self.assertIsNone(latest(NIGHTLY, at(2026, 11, 27, 3), at(2026, 11, 28, 2, 59)))
        self.assertIsNone(latest(NIGHTLY, at(2026, 11, 28), at(2026, 11, 27)))

    def test_a_day_of_either_kind_or_of_both(self) -> None:
        friday_the_13th: dict[str, tuple[int, ...]] = {"minutes": (0,), "hours": (0,), "days": (13,), "weekdays": (5,)}
        self.assertEqual(following(schedule(**friday_the_13th), at(2026, 11, 14)), at(2027, 8, 13))
        either = replace(schedule(**friday_the_13th), either_day=True)
        self.assertEqual(following(either, at(2026, 11, 14)), at(2026, 11, 20))
        self.assertEqual(following(either, at(2026, 12, 12)), at(2026, 12, 13))

    def test_sunday_is_0(self) -> None:
        self.assertEqual(following(schedule(weekdays=(0,)), at(2026, 11, 27)), at(2026, 11, 29))

    def test_a_leap_day_comes_and_a_31st_of_february_does_not(self) -> None:
        leap: dict[str, tuple[int, ...]] = {"minutes": (0,), "hours": (0,), "months": (2,)}
        self.assertEqual(following(schedule(days=(29,), **leap), at(2026, 1, 1)), at(2028, 2, 29))
        monday = following(schedule(days=(29,), weekdays=(1,), **leap), at(2076, 1, 1))
        self.assertEqual(monday, at(2112, 2, 29))
        self.assertIsNone(following(schedule(days=(31,), **leap), at(2026, 1, 1)))

    def test_each_time_is_found_from_both_sides(self) -> None:
        for times in (NIGHTLY, schedule(minutes=(5, 50), hours=(0, 23), days=(1, 31)), schedule(weekdays=(0, 3))):
            moment = at(2027, 12, 30, 22, 17, 5)
            for _ in range(40):
                found = following(times, moment)
                assert found is not None
                self.assertEqual(latest(times, moment, found), found)
                self.assertIsNone(latest(times, moment, found - timedelta(seconds=1)))
                moment = found

    @unittest.skipUnless("SCHEDULES" in os.environ, "__tests__/config/grammar/schedule.test.ts asks for it")
    def test_tells_the_next_times(self) -> None:
        """Prints, for a list of schedules and moments, the next times: another program compares them."""
        file = Path(os.environ["SCHEDULES"])
        asked = json.loads(file.read_text())
        file.write_text(json.dumps([next_times(**one) for one in asked]))


def next_times(schedule: dict[str, object], after: str, count: int) -> list[str]:
    either_day = schedule.pop("eitherDay")
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in schedule.items()}
    times = Schedule(**fields, either_day=either_day)  # type: ignore[arg-type]
    moment: datetime | None = datetime.fromisoformat(after.replace("Z", "+00:00"))
    found = []
    for _ in range(count):
        moment = following(times, moment) if moment else None
        if moment:
            found.append(moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    return found


if __name__ == "__main__":
    unittest.main()
