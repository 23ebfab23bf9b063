"""Dates of bare digits, with the day first, or with an English month: what each number means is inferred."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from crmsheet.clean.date_calendar import AmbiguousDate, Parts, century, nearest_day, whole, with_tail, year_of
from crmsheet.clean.date_patterns import TABLE
from crmsheet.clean.date_spans import Context, Rank, Span, day_span, month_span, year_span

_LIMITS = TABLE["limits"]
_MONTHS: dict[str, int] = TABLE["months"]
_DAY_ZERO = date(1899, 12, 30)
_FIRST_WRITTEN_YEAR = 1950  # older numbers of four digits are quantities
_YEARS_AROUND = 10  # how far from the record's own a lone two-digit year may lie


def read_serial(parts: Parts, context: Context) -> Span | None:
    """Day that Excel counts as this number; None outside 32874–73050, where it is a quantity."""
    serial = whole(parts["serial"])
    if not _LIMITS["first_serial"] <= serial <= _LIMITS["last_serial"]:
        return None
    return day_span(_DAY_ZERO + timedelta(days=serial))


def read_compact(parts: Parts, context: Context) -> Span:
    """Eight digits: year, month, day; perhaps up to another eight."""
    span = _eight(parts["digits"] or "")
    tail = parts.get("tail")
    return span.until(_eight(tail)) if tail else span


def _eight(digits: str) -> Span:
    return day_span(date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])))


def read_six(parts: Parts, context: Context) -> Span | None:
    """Six digits: year, month, day (240315) or year, month (202403); the nearer one when both fit."""
    digits = parts["six"] or ""
    day, month = _six_as_day(digits, context), _six_as_month(digits)
    if day and month:
        return min(day, month, key=lambda span: abs(span.start - context.base)).assuming("digits")
    if (
        not day
        and not month
        and abs(century(int(digits[:2]), context.base) - context.base.year) <= _YEARS_AROUND
    ):
        raise ValueError("no such day")
    return day or month


def _six_as_day(digits: str, context: Context) -> Span | None:
    try:
        day = date(century(int(digits[:2]), context.base), int(digits[2:4]), int(digits[4:]))
    except ValueError:
        return None
    return day_span(day, Rank.FULL, ("century",))


def _six_as_month(digits: str) -> Span | None:
    year, month = int(digits[:4]), int(digits[4:])
    if not (_FIRST_WRITTEN_YEAR <= year <= _LIMITS["latest_year"] and 1 <= month <= 12):
        return None
    return month_span(year, month)


def read_four(parts: Parts, context: Context) -> Span:
    """Four digits that begin with 0: month and day."""
    return nearest_day(whole(parts["month"]), whole(parts["day"]), context).assuming("digits")


def read_year_alone(parts: Parts, context: Context) -> Span | None:
    """Four digits: a year from 1950 on."""
    year, _ = year_of(parts, context)
    if year is None or not _FIRST_WRITTEN_YEAR <= year <= _LIMITS["latest_year"]:
        return None
    return year_span(year)


def read_year_two(parts: Parts, context: Context) -> Span:
    """A lone two-digit year near the record's own (24年)."""
    year, assumed = year_of(parts, context)
    if year is None or abs(year - context.base.year) > _YEARS_AROUND:
        raise AmbiguousDate("year or number of years")
    return year_span(year).assuming(*assumed)


def read_year_month_two(parts: Parts, context: Context) -> Span:
    """A two-digit year and a month (24/03)."""
    year, assumed = year_of(parts, context)
    month = whole(parts["month"] or parts["dotted"])
    if year is None or abs(year - context.base.year) > _YEARS_AROUND:
        raise AmbiguousDate("day and month, or year and month")
    return month_span(year, month).assuming(*assumed)


def read_dmy(parts: Parts, context: Context) -> Span:
    """Two numbers and a year: the day is the one above 12; where both could be, / means month first."""
    first, second, year = whole(parts["a"]), whole(parts["b"]), whole(parts["year"])
    month_first = first <= 12 if second > 12 or parts["mark"] == "/" else False
    month, day = (first, second) if month_first else (second, first)
    unclear = first != second and first <= 12 and second <= 12
    return day_span(date(year, month, day), Rank.FULL, ("day_month_order",) if unclear else ())


def read_yymmdd(parts: Parts, context: Context) -> Span:
    """A two-digit year (or one of the Republic), month and day; 03/15/24 only fits with the year last."""
    year, assumed = year_of(parts, context)
    month, day = whole(parts["month"]), whole(parts["day"])
    if parts["mark"] == "/" and month > 12 and not parts["roc"]:
        return day_span(date(century(day, context.base), whole(parts["yy"]), month), Rank.FULL, ("century",))
    return with_tail(day_span(date(year or 0, month, day), Rank.FULL, assumed), parts, context)


def read_mdyy(parts: Parts, context: Context) -> Span:
    """Month, day and two digits of the year, as American Excel shows a date."""
    month, day = whole(parts["month"]), whole(parts["day"])
    year, assumed = year_of(parts, context)
    order = ("day_month_order",) if day <= 12 and month != day else ()
    return day_span(date(year or 0, month, day), Rank.FULL, (*assumed, *order))


def read_named_month(parts: Parts, context: Context) -> Span:
    """An English month with a day, a year or both; ``Mar-24`` is a month, as Excel shows it."""
    month = _MONTHS[(parts["name"] or "")[:3].lower()]
    year, assumed = year_of(parts, context)
    if not parts.get("day"):
        return month_span(year or 0, month).assuming(*assumed)
    day = whole(parts["day"])
    if year is None and parts.get("dash") == "-":
        return month_span(century(day, context.base), month).assuming("century")
    if year is None:
        return nearest_day(month, day, context)
    return day_span(date(year, month, day), Rank.FULL, assumed)


def read_lone_md(parts: Parts, context: Context) -> Span:
    """Month and day with only a mark between them (3.15)."""
    month, day = whole(parts["month"]), whole(parts["day"])
    if month > 12 and 1 <= day <= 12:
        raise AmbiguousDate("day and month, or year and month")
    return replace(read_weekday_md(parts, context), rank=Rank.LOOSE)


def read_weekday_md(parts: Parts, context: Context) -> Span:
    """Month and day with only a mark between them, and the weekday beside them (3.15 周五)."""
    return with_tail(nearest_day(whole(parts["month"]), whole(parts["day"]), context), parts, context)
