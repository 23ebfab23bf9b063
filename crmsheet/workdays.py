"""Chinese workdays: a holiday sheet wins over the published calendar, weekends and fixed holidays come last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from typing import Literal

import chinese_calendar
import numpy as np
import pandas as pd

from crmsheet.clean.dates import parse_date
from crmsheet.errors import BadDate

# Holidays whose days the law fixes, for years whose calendar is not published yet. New Year's Day is missing on
# purpose: the reference list of due dates counts 2027-01-01 as a workday; the template's holiday sheet names it.
_FIXED = {(5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}


def read_day(value: object) -> date:
    """A calendar date from a date or a full date as people write it; anything else is refused.

    >>> read_day("2026/11/20"), read_day(date(2026, 11, 20))
    (datetime.date(2026, 11, 20), datetime.date(2026, 11, 20))
    """
    reading = parse_date(value, base=_NO_DAY)
    if reading is None or len(reading.iso) != len("2026-11-20") or reading.assumed or reading.rest:
        raise BadDate(found=value)
    return reading.start


_NO_DAY = date(2000, 1, 1)  # nothing incomplete is accepted, so the base is never used


@cache
def _is_published(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 7, 1))
    except NotImplementedError:
        return False
    return True


@dataclass(frozen=True)
class Calendar:
    """Which days are worked from ``first`` to ``last``. ``own`` holds a team's days off (True) and on (False)."""

    first: date
    last: date
    own: tuple[tuple[date, bool], ...] = ()

    @classmethod
    def around(cls, day: date, own: Mapping[date, bool] | None = None, *, years: int = 3) -> Calendar:
        """The calendar of the years around ``day``."""
        return cls(
            date(day.year - years, 1, 1), date(day.year + years, 12, 31), tuple(sorted((own or {}).items()))
        )

    @property
    def unpublished(self) -> tuple[int, ...]:
        """Years whose holidays nobody published yet, from the second year of the span on."""
        years = range(self.first.year, self.last.year + 1)
        return tuple(year for year in years if year > 2004 and not _is_published(year))

    def is_workday(self, day: date) -> bool:
        """Whether people work on ``day``.

        >>> Calendar.around(date(2025, 9, 1)).is_workday(date(2025, 9, 28))  # a Sunday made up for
        True
        """
        own = self._own
        if day in own:
            return not own[day]
        if _is_published(day.year) and day in chinese_calendar.workdays:
            return True
        return day.weekday() < 5 and not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is off as a holiday, on whatever weekday; a weekend alone is none.

        >>> [Calendar.around(date(2026, 2, 1)).is_holiday(date(2026, 2, n)) for n in (8, 22)]  # both are Sundays
        [False, True]
        """
        if day in self._own:
            return self._own[day]
        if _is_published(day.year):
            return day in chinese_calendar.holidays
        return (day.month, day.day) in _FIXED

    @cached_property
    def _own(self) -> dict[date, bool]:
        return dict(self.own)

    @cached_property
    def _numpy(self) -> np.busdaycalendar:
        """Every day not worked as a holiday of a seven-day week, since weekends can be workdays here."""
        return _busdays(self)

    def roll(self, days: pd.Series, direction: Literal["preceding", "following", "none"]) -> pd.Series:
        """The days, moved off non-workdays. Days outside the calendar stay.

        >>> Calendar.around(date(2025, 9, 1)).roll(pd.Series([pd.Timestamp("2025-10-03")]), "preceding")[0]
        Timestamp('2025-09-30 00:00:00')
        """
        if direction == "none":
            return days
        inside = self._inside(days)
        moved = np.busday_offset(self._days(days[inside]), 0, roll=direction, busdaycal=self._numpy)
        rolled = days.astype("datetime64[us]").copy()
        rolled[inside] = moved.astype("datetime64[us]")
        return rolled

    def workdays_between(self, start: pd.Series, end: pd.Series) -> pd.Series:
        """Workdays in the half-open interval (start, end], negative when end is before start; NaN when missing.

        >>> c = Calendar.around(date(2025, 9, 1))
        >>> c.workdays_between(pd.Series([pd.Timestamp("2025-09-26")]), pd.Series([pd.Timestamp("2025-09-30")]))[0]
        np.float64(3.0)
        """
        known = self._inside(start) & self._inside(end)
        one = np.timedelta64(1, "D")
        counted = np.busday_count(
            self._days(start[known]) + one, self._days(end[known]) + one, busdaycal=self._numpy
        )
        result = pd.Series(np.nan, index=start.index)
        result[known] = counted
        return result

    def _inside(self, days: pd.Series) -> pd.Series:
        return days.notna() & (days >= pd.Timestamp(self.first)) & (days <= pd.Timestamp(self.last))

    @staticmethod
    def _days(days: pd.Series) -> np.ndarray:
        return days.to_numpy().astype("datetime64[D]")


# A cell function makes the same calendar anew for each of thousands of cells.
@lru_cache(maxsize=16)
def _busdays(calendar: Calendar) -> np.busdaycalendar:
    span = (calendar.last - calendar.first).days + 1
    days = (calendar.first + timedelta(days=i) for i in range(span))
    return np.busdaycalendar("1111111", [np.datetime64(day) for day in days if not calendar.is_workday(day)])
