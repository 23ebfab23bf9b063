"""The time a report speaks of: a calendar month, quarter, half-year or year, or the months up to today."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmsheet.errors import UsageError
from crmsheet.report.words import phrase
from crmsheet.tables.facts import Span

_FORM = re.compile(
    r"(?P<year>\d{4})(?:[-/.]?(?:(?P<kind>[QH])(?P<part>\d)|(?P<month>\d{1,2})))?", re.IGNORECASE
)
_MONTHS = {"Q": 3, "H": 6}


@dataclass(frozen=True, slots=True)
class Period:
    """``span`` of days with its ``label``. ``chosen`` is False for the default, the months up to today.

    A chosen period limits the report to needs raised in it; by default every need on record counts.
    """

    label: str
    span: Span
    months: int
    chosen: bool = True

    @property
    def first_day(self) -> date:
        return (self.span.start + pd.Timedelta(days=1)).date()

    @property
    def last_day(self) -> date:
        return self.span.end.date()


def latest_months(as_of: date, months: int) -> Period:
    """The default: the ``months`` up to ``as_of``.

    >>> latest_months(date(2026, 11, 20), 6).first_day
    datetime.date(2026, 5, 21)
    """
    return Period(phrase("period.latest", months=months), Span.of_months(as_of, months), months, chosen=False)


def read_period(text: str, as_of: date) -> Period:
    """The period that ``2026Q3``, ``2026-10``, ``2026H1`` or ``2026`` names, as far as it has passed.

    >>> period = read_period("2026Q3", date(2026, 11, 20))
    >>> period.label, period.first_day, period.last_day
    ('2026年第三季度', datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise UsageError(problem=phrase("period.unreadable", found=text))
    kind, part, months = _named(found)
    if not 1 <= part <= 12 // months:
        raise UsageError(problem=phrase("period.unreadable", found=text))
    year = int(found["year"])
    try:
        start = date(year, (part - 1) * months + 1, 1)
    except ValueError:
        raise UsageError(problem=phrase("period.unreadable", found=text)) from None
    if start > as_of:
        raise UsageError(problem=phrase("period.future", found=text, as_of=as_of.isoformat()))
    first = pd.Timestamp(start)
    last = first + pd.DateOffset(months=months) - pd.Timedelta(days=1)
    span = Span(
        first - pd.Timedelta(days=1),
        min(last, pd.Timestamp(as_of)),
        before=first - pd.DateOffset(months=months) - pd.Timedelta(days=1),
    )
    return Period(
        phrase(f"period.{kind}", year=year, part=phrase(f"period.{kind}{part}", part=part)), span, months
    )


def _named(found: re.Match[str]) -> tuple[str, int, int]:
    """Kind of period, which one of the year, and how many months it has."""
    if found["kind"]:
        kind = found["kind"].upper()
        return kind, int(found["part"]), _MONTHS[kind]
    return ("M", int(found["month"]), 1) if found["month"] else ("Y", 1, 12)
