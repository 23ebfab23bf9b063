"""Spans of the calendar: days, months, quarters, halves and years, and steps from one day to another."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from typing import Literal

from crmsheet.data import read_toml

Prefer = Literal["past", "future"]
IsWorkday = Callable[[date], bool]
_FRIDAY = 4
_FIXED_HOLIDAYS = {
    tuple(map(int, day.split("-"))) for day in read_toml("dates.toml")["limits"]["fixed_holidays"]
}
_DAYS_PER_WORKDAY = 3  # far more than any calendar needs: a calendar without workdays must not loop for ever
_LONGEST_BREAK = 30


class Rank(IntEnum):
    """How much a mention says, best first (C-14): of several in a cell the best one counts."""

    FULL = 0  # year, month and day
    MONTH_DAY = 1
    RELATIVE = 2  # tomorrow, next Wednesday, in three days
    LOOSE = 3  # month and day with only a mark between them
    COARSE = 4
    YEAR = 5


@dataclass(frozen=True, slots=True)
class Context:
    """The record's own date, the side on which incomplete dates lie, and the calendar of workdays."""

    base: date
    prefer: Prefer
    is_workday: IsWorkday


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day that a mention means, its ISO form, what was inferred, how much it says."""

    iso: str
    start: date
    end: date
    assumed: tuple[str, ...] = ()
    rank: Rank = Rank.FULL

    def assuming(self, *codes: str) -> Span:
        """The same span with ``codes`` added to what was inferred."""
        return replace(self, assumed=(*self.assumed, *(code for code in codes if code not in self.assumed)))

    def until(self, other: Span) -> Span:
        """This span stretched to the end of ``other``; a reversed pair is turned round and says so."""
        if other.end < self.start:
            return replace(other, end=self.end, rank=self.rank).assuming(*self.assumed, "reversed")
        return replace(self, end=max(self.end, other.end))


def day_span(day: date, rank: Rank = Rank.FULL, assumed: tuple[str, ...] = ()) -> Span:
    """One day."""
    return Span(day.isoformat(), day, day, assumed, rank)


def month_span(year: int, month: int) -> Span:
    """A month, ISO ``2024-03``; ValueError when there is none."""
    first = date(year, month, 1)
    return Span(f"{year:04d}-{month:02d}", first, last_of_month(year, month), (), Rank.COARSE)


def quarter_span(year: int, quarter: int) -> Span:
    """A quarter, ISO ``2024-Q1``."""
    first = date(year, quarter * 3 - 2, 1)
    return Span(f"{year:04d}-Q{quarter}", first, last_of_month(year, quarter * 3), (), Rank.COARSE)


def half_span(year: int, half: int) -> Span:
    """Half a year, ISO ``2024-H1``."""
    first = date(year, half * 6 - 5, 1)
    return Span(f"{year:04d}-H{half}", first, last_of_month(year, half * 6), (), Rank.COARSE)


def year_span(year: int) -> Span:
    """A year."""
    return Span(f"{year:04d}", date(year, 1, 1), date(year, 12, 31), (), Rank.YEAR)


def week_span(monday: date) -> Span:
    """The working week that begins on ``monday``: its ISO form is that Monday (C-14)."""
    return Span(monday.isoformat(), monday, monday + timedelta(days=_FRIDAY), (), Rank.RELATIVE)


def last_of_month(year: int, month: int) -> date:
    """Last day of a month; ValueError when there is no such month."""
    if not 1 <= month <= 12:
        raise ValueError("no such month")
    return date(year, month, monthrange(year, month)[1])


def month_index(day: date) -> int:
    """Months since the year 0; quarters and halves count from it too."""
    return day.year * 12 + day.month - 1


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the month's last day where it is shorter."""
    year, month = divmod(month_index(day) + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def is_usual_workday(day: date) -> bool:
    """Whether a day is a weekday and no holiday that the law fixes to a date (``fixed_holidays``)."""
    return day.weekday() <= _FRIDAY and (day.month, day.day) not in _FIXED_HOLIDAYS


def add_workdays(day: date, count: int, is_workday: IsWorkday) -> date:
    """Day ``count`` workdays after (or before) ``day``, which itself does not count.

    >>> add_workdays(date(2024, 3, 15), 3, is_usual_workday)
    datetime.date(2024, 3, 20)
    """
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    for _ in range(_DAYS_PER_WORKDAY * left + _LONGEST_BREAK):
        if not left:
            return day
        day += step
        left -= is_workday(day)
    raise ValueError("no workdays")


def part_of_month(month: Span, first_day: int, last_day: int) -> Span:
    """Part of a month: the month's ISO form with the days ``first_day`` to ``last_day``."""
    last = min(last_day, month.end.day)
    return replace(month, start=month.start.replace(day=first_day), end=month.start.replace(day=last))


def nearest(make: Callable[[int], Span], here: int, context: Context) -> Span:
    """The span nearest to the record's own date: ``make(here)`` or its neighbour on the preferred side."""
    span = make(here)
    if context.prefer == "future":
        return span if span.end >= context.base else make(here + 1)
    return span if span.start <= context.base else make(here - 1)
