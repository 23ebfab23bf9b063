"""Times of day as people type them beside a date: 14:30, 下午2点半, 9:00-10:30, 2:30 PM (R-063)."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache

from crmsheet.clean.date_patterns import AROUND, TABLE
from crmsheet.clean.numerals import fold, read_number

_NOON, _DAY = 12, timedelta(days=1)
_FIRST_HOUR: dict[str, int] = {**TABLE["day_parts"], **TABLE["day_marks"]}
_TWELVE: dict[str, int] = TABLE["midnight"]
_PAST: dict[str, int] = TABLE["past_the_hour"]


@lru_cache(maxsize=4096)
def read_clocks(text: str) -> tuple[timedelta, ...]:
    """The times a text names, since midnight, rising: one, or both ends of a span; none where it names no hour (上午).

    >>> [str(time) for time in (*read_clocks("14:30"), *read_clocks("下午2点半到4点"), *read_clocks("上午"))]
    ['14:30:00', '14:30:00', '16:00:00']
    """
    found: list[timedelta] = []
    part = ""
    for point in AROUND["clock_point"].finditer(fold(text)):
        part = (point["mark"] or "").lower() or point["part"] or part  # 下午2点到4点: both are meant
        hour = _whole(point["hour"] or point["spoken"])
        minute = _PAST[point["past"]] if point["past"] in _PAST else _whole(point["minute"] or point["past"])
        if hour > 24 or minute > 59:
            return ()
        time = timedelta(hours=_of_day(hour, part), minutes=minute, seconds=_whole(point["second"]))
        found.append(time + _DAY if found and time < found[-1] else time)  # 22:00 至次日 1:00
    return tuple(found)


def _of_day(hour: int, part: str) -> int:
    """The hour of 24 that is meant: 下午2点 is 14, 晚上12点 the end of the day, 12 AM its beginning."""
    if hour == _NOON:
        return _TWELVE.get(part, hour)
    return hour + _NOON if hour < _FIRST_HOUR.get(part, 0) else hour


def _whole(text: str | None) -> int:
    return int(read_number(text) or 0) if text else 0
