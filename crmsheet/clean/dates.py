"""Dates as people type them: 2024年3月15日, 3.15, 下周三, 月底前, 3个工作日内 (R-007, R-015, R-035, C-14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from crmsheet.clean import date_calendar as by_calendar
from crmsheet.clean import date_digits as by_digits
from crmsheet.clean import date_relative as by_distance
from crmsheet.clean.date_action import Place, surroundings
from crmsheet.clean.date_patterns import AROUND, TABLE, Mention, scan
from crmsheet.clean.date_spans import Context, IsWorkday, Prefer, Rank, Span, is_usual_workday
from crmsheet.clean.numerals import fold, plain_text

__all__ = ["DateReading", "date_fault", "parse_date"]

DateFault = Literal["impossible", "out_of_range", "ambiguous"]

_CACHED_LENGTH = 200  # longer cells are read each time, so that the cache stays small
_SOME_DAY = date(2024, 2, 29)
_LIMITS = TABLE["limits"]
_FIRST, _LAST = date(_LIMITS["earliest_year"], 1, 1), date(_LIMITS["latest_year"], 12, 31)
_PLACEHOLDERS = frozenset(map(date.fromisoformat, _LIMITS["placeholders"]))
_PLAIN = AROUND["plain"]

Reader = Callable[[by_calendar.Parts, Context], Span | None]

_READERS: dict[str, Reader] = {
    "ymd": by_calendar.read_ymd,
    "ymd_joined": by_calendar.read_ymd,
    "md": by_calendar.read_md,
    "months": by_calendar.read_months,
    "month": by_calendar.read_month,
    "month_part": by_calendar.read_month_part,
    "ym": by_calendar.read_ym,
    "my": by_calendar.read_ym,
    "year_month": by_calendar.read_ym,
    "quarter": by_calendar.read_quarter,
    "quarter_part": by_calendar.read_quarter_part,
    "half": by_calendar.read_half,
    "year": by_calendar.read_year,
    "year_part": by_calendar.read_year,
    "years": by_calendar.read_years,
    "compact": by_digits.read_compact,
    "digits": by_digits.read_compact,
    "six": by_digits.read_six,
    "four": by_digits.read_four,
    "serial": by_digits.read_serial,
    "year_alone": by_digits.read_year_alone,
    "year_two": by_digits.read_year_two,
    "year_month_two": by_digits.read_year_month_two,
    "dmy": by_digits.read_dmy,
    "yymmdd": by_digits.read_yymmdd,
    "mdyy": by_digits.read_mdyy,
    "mdy_name": by_digits.read_named_month,
    "my_name": by_digits.read_named_month,
    "ymd_name": by_digits.read_named_month,
    "dmy_name": by_digits.read_named_month,
    "lone_md": by_digits.read_lone_md,
    "weekday_md": by_digits.read_weekday_md,
    "word": by_distance.read_word,
    "week": by_distance.read_week,
    "day": by_distance.read_day,
    "days": by_distance.read_days,
    "offset": by_distance.read_offset,
    "offset_half": by_distance.read_half_length,
    "lapse": by_distance.read_offset,
}
# Numbers that only look like a date; unless they fill the cell, an impossible one is something else.
_WEAK = {
    "lone_md",
    "day",
    "days",
    "compact",
    "six",
    "months",
    "month",
    "year",
    "years",
    "ym",
    "my",
    "dmy",
    "lapse",
}


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell says about a date.

    ``iso`` is a day (``2024-03-15``) or as coarse as the cell (``2024-03``, ``2024-Q1``, ``2024-H1``,
    ``2024``), ``start`` and ``end`` the days it covers, ``rest`` the text without it (the action),
    ``assumed`` codes of what was inferred, ``time`` the time of day as typed.
    """

    iso: str
    start: date
    end: date
    rest: str = ""
    assumed: tuple[str, ...] = ()
    time: str = ""


def parse_date(
    text: object, *, base: date, prefer: Prefer = "past", is_workday: IsWorkday = is_usual_workday
) -> DateReading | None:
    """Date of a cell, seen from the record's own date ``base``; None when it holds none or an impossible one.

    ``prefer`` says on which side of ``base`` an incomplete date lies, ``is_workday`` counts 3个工作日内.

    >>> parse_date("10月20日电话回访", base=date(2023, 10, 15), prefer="future")
    DateReading(iso='2023-10-20', start=datetime.date(2023, 10, 20), end=datetime.date(2023, 10, 20),
                rest='电话回访', assumed=('year',), time='')
    >>> parse_date("下周给初步反馈", base=date(2024, 3, 18), prefer="future").iso
    '2024-03-25'
    >>> parse_date("2024-02-30", base=date(2024, 3, 18))
    """
    found = _read(text, _day(base), prefer, is_workday)
    return found if isinstance(found, DateReading) else None


def date_fault(text: object, *, base: date = _SOME_DAY, prefer: Prefer = "past") -> DateFault | None:
    """Why a cell that was meant as a date is none; None for a date and for what was never meant as one.

    >>> date_fault("2024-02-30"), date_fault("2204-03-15"), date_fault("15/3"), date_fault("待定")
    ('impossible', 'out_of_range', 'ambiguous', None)
    """
    found = _read(text, _day(base), prefer, is_usual_workday)
    return found if isinstance(found, str) else None


def _day(base: date) -> date:
    return base.date() if isinstance(base, datetime) else base


def _read(value: object, base: date, prefer: Prefer, is_workday: IsWorkday) -> DateReading | DateFault | None:
    if isinstance(value, date):
        return _from_date(value)
    text = plain_text(value)
    if len(text) > _CACHED_LENGTH:
        return _read_text(text, base, prefer, is_workday)
    found = _read_once(text, base, prefer, is_workday)
    if isinstance(value, float) and isinstance(found, DateReading) and value < 1e4 and not value.is_integer():
        # 3.1 as a number may have been typed 3.10
        return replace(found, assumed=(*found.assumed, "decimal"))
    return found


def _from_date(value: date) -> DateReading | DateFault | None:
    if value != value:  # noqa: PLR0124 - pandas.NaT is a date that equals nothing
        return None
    day = date(value.year, value.month, value.day)
    return DateReading(day.isoformat(), day, day) if _in_range(day) else "out_of_range"


def _in_range(day: date) -> bool:
    return _FIRST <= day <= _LAST and day not in _PLACEHOLDERS


def _read_text(
    text: str, base: date, prefer: Prefer, is_workday: IsWorkday
) -> DateReading | DateFault | None:
    plain = _PLAIN.fullmatch(text)
    return _read_plain(*plain.groups()) if plain else _read_any(text, Context(base, prefer, is_workday))


_read_once = lru_cache(maxsize=65536)(_read_text)


def _read_any(text: str, context: Context) -> DateReading | DateFault | None:
    folded = fold(text)
    mentions = scan(folded)
    spans = [_resolve(mention, context, covers=len(folded)) for mention in mentions]
    best = _best(spans, context)
    if best is None:
        return None
    span = spans[best]
    if not isinstance(span, Span):
        return span
    place = surroundings(text, folded, mentions, best)
    if place.joined is not None:
        span = _stretch(span, mentions[place.joined], context)
    return _reading(span, place)


def _read_plain(year: str, month: str, day: str, time: str | None) -> DateReading | DateFault:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return "impossible"
    if not _in_range(found):
        return "out_of_range"
    return DateReading(found.isoformat(), found, found, "", (), time or "")


def _resolve(mention: Mention, context: Context, *, covers: int) -> Span | DateFault | None:
    fault: DateFault
    try:
        span = _READERS[mention.kind](mention.parts, context)
    except by_calendar.AmbiguousDate:
        fault = "ambiguous"
    except (ValueError, OverflowError):
        fault = "impossible"
    else:
        if span is None or (_in_range(span.start) and _in_range(span.end)):
            return span
        fault = "out_of_range"
    return None if mention.kind in _WEAK and mention.end - mention.start < covers else fault


def _best(spans: list[Span | DateFault | None], context: Context) -> int | None:
    """Place of the mention that counts: on the preferred side, then by rank, then the first (C-14)."""
    ranked = [
        (_strays(span, context), span.rank, at) if isinstance(span, Span) else (False, Rank.FULL, at)
        for at, span in enumerate(spans)
        if span is not None
    ]
    return min(ranked)[2] if ranked else None


def _strays(span: Span, context: Context) -> bool:
    """Whether a date lies on the side that is not meant, or too far away for its guessed year to be right."""
    if "year" in span.assumed and abs(span.start - context.base).days > _LIMITS["near_days"]:
        return True
    return span.end < context.base if context.prefer == "future" else span.start > context.base


def _reading(span: Span, place: Place) -> DateReading:
    if place.weekday is not None and span.rank is not Rank.COARSE and place.weekday != span.start.weekday():
        span = span.assuming("weekday")
    return DateReading(span.iso, span.start, span.end, place.rest, span.assumed, place.time)


def _stretch(span: Span, mention: Mention, context: Context) -> Span:
    """A range of two full mentions (3月底至4月初): the second is the first of its kind from ``span`` on."""
    end = _resolve(mention, replace(context, base=span.start, prefer="future"), covers=0)
    return span.until(end) if isinstance(end, Span) else span
