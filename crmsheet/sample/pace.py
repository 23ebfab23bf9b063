"""How much of a team's work falls on each day: workdays, holidays, ends of quarters, Spring Festival."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from chinese_calendar.constants import Holiday, holidays

from crmsheet.data import read_toml
from crmsheet.workdays import Calendar

NEAR_SPRING_FESTIVAL = 8  # days before and after it on which little is done
_SPRING_FESTIVAL = [day for day, name in holidays.items() if name == Holiday.spring_festival.value]
_QUIET = {
    day + timedelta(days=away)
    for day in _SPRING_FESTIVAL
    for away in range(-NEAR_SPRING_FESTIVAL, NEAR_SPRING_FESTIVAL + 1)
}


@dataclass(frozen=True, slots=True)
class Habits:
    """Work on a day as a share of an ordinary day's: from Monday to Sunday, and what changes it."""

    week: tuple[float, ...]
    made_up_for: float  # a weekend that is worked
    quarter_end: float  # the second half of March, June and September
    december: float
    spring_festival: float


CONTACTS = Habits((0.97, 1.1, 1.12, 1.08, 0.86, 0.05, 0.02), 0.3, 1.12, 1.1, 0.55)
ORDERS = Habits((1.0, 1.04, 1.04, 1.02, 0.96, 0.08, 0.05), 0.4, 1.3, 1.35, 0.35)


@dataclass(frozen=True)
class Pace:
    """The work done from day to day, added up from ``start``; ``done[n]`` is what was done before day ``n``."""

    calendar: Calendar
    start: date
    done: Sequence[float]

    @classmethod
    def until(cls, as_of: date, habits: Habits, calendar: Calendar) -> Pace:
        """The pace of the four years before ``as_of`` and of its own."""
        start = date(as_of.year - 4, 1, 1)
        days = (start + timedelta(days=n) for n in range((as_of - start).days + 1))
        return cls(
            calendar, start, list(accumulate((_work_on(day, habits, calendar) for day in days), initial=0.0))
        )

    def day(self, first: date, last: date, share: float) -> date:
        """The day in whose course ``share`` of the work is done from ``first`` to ``last``, both included.

        Where ``first`` is no workday, the last one before it is meant, so that there is always a day to name.

        >>> around = date(2026, 2, 27)  # holidays from the 15th to the 23rd
        >>> pace = Pace.until(around, CONTACTS, Calendar.around(around))
        >>> [pace.day(date(2026, 2, 12), date(2026, 2, 25), share).day for share in (0, 0.5, 1)]
        [12, 14, 25]
        >>> pace.day(date(2026, 2, 16), date(2026, 2, 20), 0).day  # a Saturday that is worked
        14
        """
        first = last_workday(first, self.calendar)
        before, after = self.done[(first - self.start).days], self.done[(last - self.start).days + 1]
        place = bisect_right(self.done, before + share * (after - before))
        return self.start + timedelta(days=min(place, bisect_left(self.done, after)) - 1)


def team_calendar(as_of: date) -> Calendar:
    """The published workdays around a day, and the holidays that law alone fixes for the year after them."""
    return Calendar.around(as_of, dict.fromkeys(read_toml("template.toml")["fixed_holidays"], True))


def last_workday(day: date, calendar: Calendar) -> date:
    """``day`` itself, or the last one before it on which people work.

    >>> last_workday(date(2026, 2, 16), team_calendar(date(2026, 2, 16)))  # a Saturday that is worked
    datetime.date(2026, 2, 14)
    """
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def next_workday(day: date, calendar: Calendar) -> date:
    """``day`` itself, or the first one after it on which people work.

    >>> next_workday(date(2026, 2, 16), team_calendar(date(2026, 2, 16)))
    datetime.date(2026, 2, 24)
    """
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def _work_on(day: date, habits: Habits, calendar: Calendar) -> float:
    if calendar.is_holiday(day):
        return 0.0
    weekend = day.weekday() >= 5  # noqa: PLR2004
    work = habits.made_up_for if weekend and calendar.is_workday(day) else habits.week[day.weekday()]
    if day in _QUIET:
        return work * habits.spring_festival
    if day.month == 12:  # noqa: PLR2004
        return work * habits.december
    return work * habits.quarter_end if day.month % 3 == 0 and day.day > 15 else work  # noqa: PLR2004
