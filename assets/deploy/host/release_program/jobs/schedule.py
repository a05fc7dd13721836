"""When a job is due. Times are UTC, and whole minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ..settings.model import Schedule

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

# Days after which nothing comes any more: a 29th of February on one weekday comes after 40 years at most.
HORIZON = 41 * 366


def latest(schedule: Schedule, after: datetime, until: datetime) -> datetime | None:
    """The latest time of a schedule that is later than `after` and not later than `until`; None when there is none."""
    for day in _days(schedule, until, after, -1):
        for moment in reversed(_times(schedule, day)):
            if after < moment <= until:
                return moment
    return None


def following(schedule: Schedule, after: datetime) -> datetime | None:
    """The first time of a schedule that is later than `after`; None when none comes."""
    for day in _days(schedule, after, after + HORIZON * DAY, 1):
        for moment in _times(schedule, day):
            if moment > after:
                return moment
    return None


def _days(schedule: Schedule, begin: datetime, end: datetime, step: int) -> Iterator[datetime]:
    """The days of a schedule from one to another, in that direction, each as its midnight."""
    day, last = _midnight(begin), _midnight(end)
    while (last - day) * step >= timedelta(0):
        if _is_day(schedule, day):
            yield day
        day += step * DAY


def _is_day(schedule: Schedule, day: datetime) -> bool:
    if day.month not in schedule.months:
        return False
    # Python's week begins with Monday as 0, cron's with Sunday.
    found = (day.day in schedule.days, day.isoweekday() % 7 in schedule.weekdays)
    return any(found) if schedule.either_day else all(found)


def _times(schedule: Schedule, day: datetime) -> list[datetime]:
    return [day.replace(hour=hour, minute=minute) for hour in schedule.hours for minute in schedule.minutes]


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)
