"""Dates that name their place in the calendar: days, months, quarters, halves and years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from crmsheet.clean.date_patterns import AROUND, TABLE
from crmsheet.clean.date_spans import (
    Context,
    Rank,
    Span,
    add_months,
    day_span,
    half_span,
    month_index,
    month_span,
    nearest,
    part_of_month,
    quarter_span,
    year_span,
)
from crmsheet.clean.numerals import read_digits, read_number, read_spread

Parts = Mapping[str, str | None]

_LIMITS = TABLE["limits"]
_EDGES: dict[str, str] = TABLE["edges"]
_ORDINALS: dict[str, int] = TABLE["ordinals"]
_WEEKS: dict[str, int] = TABLE["weeks"]
_ROC = 1911


class AmbiguousDate(ValueError):
    """Digits that could be two different dates, with nothing to decide between them."""


def whole(text: str | None) -> int:
    """The whole number in ``text``; ValueError when it is none."""
    value = int(text) if text and text.isascii() and text.isdigit() else read_number(text or "")
    if value is None or value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def century(two_digits: int, base: date) -> int:
    """Year of a two-digit year: the last one not far after the record's own (``century_ahead``)."""
    year = base.year // 100 * 100 + two_digits
    return year - 100 if year > base.year + _LIMITS["century_ahead"] else year


def year_of(parts: Parts, context: Context) -> tuple[int | None, tuple[str, ...]]:
    """The year that the pieces name, and what was inferred for it; None when they name none."""
    if roc := parts.get("roc"):
        return int(roc) + _ROC, ("era",)
    if era := parts.get("era"):
        count = parts.get("eray") or ""
        return TABLE["eras"][era] + (read_digits(count) or whole_or_first(count)), ()
    if word := parts.get("yw"):
        return context.base.year + int(TABLE["year_words"][word]), ("relative",)
    for name in ("year", "yy", "y", "qy", "qry"):
        if digits := parts.get(name):
            value = read_digits(digits)
            if value is None:
                raise ValueError("not a year")
            return (century(value, context.base), ("century",)) if len(digits) == 2 else (value, ())
    return None, ()


def whole_or_first(count: str) -> int:
    """Number of an era's year; its first year has a name instead of a number."""
    value = read_number(count)
    return 1 if value is None else int(value)


def with_tail(span: Span, parts: Parts, context: Context) -> Span:
    """``span`` stretched to the second date of a range (3月15-20日), whose missing pieces it lends."""
    found = AROUND["tail"].match(parts.get("tail") or "")
    if not found:
        return span
    year, month, day = found["year"], found["month"], whole(found["day"])
    if year:
        end = date(_tail_year(year, context), whole(month), day)
    elif month:
        crosses = (whole(month), day) < (span.start.month, span.start.day)
        end = date(span.start.year + crosses, whole(month), day)
    else:
        end = span.start.replace(day=day)
    return span.until(day_span(end))


def _tail_year(digits: str, context: Context) -> int:
    value = read_digits(digits) or 0
    return century(value, context.base) if len(digits) == 2 else value


def read_ymd(parts: Parts, context: Context) -> Span:
    """Year, month and day."""
    year, assumed = year_of(parts, context)
    day = date(year or 0, whole(parts["month"]), whole(parts["day"]))
    return with_tail(day_span(day, Rank.FULL, assumed), parts, context)


def read_md(parts: Parts, context: Context) -> Span:
    """Month and day, with a year or with the nearest one on the preferred side."""
    day = whole(parts["day"])
    if parts.get("mrel"):
        month = add_months(context.base.replace(day=1), _WEEKS[parts["mrel"] or ""])
        return with_tail(day_span(month.replace(day=day), Rank.MONTH_DAY, ("relative",)), parts, context)
    month_number = whole(parts.get("month") or parts.get("lone"))
    year, assumed = year_of(parts, context)
    if year is None:
        return with_tail(nearest_day(month_number, day, context), parts, context)
    rank = Rank.MONTH_DAY if "relative" in assumed else Rank.FULL
    return with_tail(day_span(date(year, month_number, day), rank, assumed), parts, context)


def nearest_day(month: int, day: int, context: Context) -> Span:
    """Month and day in the nearest year on the preferred side; 29 February is not moved to a leap year."""
    here, there = (month, day), (context.base.month, context.base.day)
    shift = here < there if context.prefer == "future" else -(here > there)
    return day_span(date(context.base.year + shift, month, day), Rank.MONTH_DAY, ("year",))


def read_month(parts: Parts, context: Context) -> Span:
    """A month, or its beginning, end or a third of it."""
    if parts.get("mrel"):
        month = add_months(context.base.replace(day=1), _WEEKS[parts["mrel"] or ""])
        return edge_of(month_span(month.year, month.month), parts["part"], context).assuming("relative")
    spread = read_spread(parts["month"] or "")
    first, last = map(int, spread) if spread else (whole(parts["month"]),) * 2
    return _months(first, last, parts, context)


def read_months(parts: Parts, context: Context) -> Span:
    """Several months (3-5月); the last may lie in the next year."""
    return _months(whole(parts["month"]), whole(parts["tail"]), parts, context)


def _months(first: int, last: int, parts: Parts, context: Context) -> Span:
    def make(year: int) -> Span:
        end = edge_of(month_span(year + (last < first), last), parts.get("part"), context)
        return end if first == last else month_span(year, first).until(end)

    year, assumed = year_of(parts, context)
    if year is None:
        return nearest(make, context.base.year, context).assuming("year")
    return make(year).assuming(*assumed)


def edge_of(span: Span, part: str | None, context: Context) -> Span:
    """What a word after ``span`` names of it: its first or last day, a third of a month, or all of it."""
    edge = _EDGES.get(part or "")
    if edge == "within" and context.prefer == "past":
        return span
    if edge in {"first", "last", "within"}:
        return day_span(span.start if edge == "first" else span.end, Rank.RELATIVE)
    if edge and (span.start.year, span.start.month) == (span.end.year, span.end.month):
        return part_of_month(span, *TABLE["spans"][edge])
    return month_span(span.start.year, 6) if edge == "middle" and span.rank is Rank.YEAR else span


def read_month_part(parts: Parts, context: Context) -> Span:
    """Beginning or end of the month nearest to the record's own date (月底)."""

    def make(index: int) -> Span:
        return edge_of(month_span(index // 12, index % 12 + 1), parts["part"], context)

    return nearest(make, month_index(context.base), context).assuming("relative")


def read_ym(parts: Parts, context: Context) -> Span:
    """Year and month, perhaps up to another month."""
    year, assumed = year_of(parts, context)
    if year is None or not 1 <= whole(parts["month"]) <= 12:
        raise ValueError("no such month")
    span = month_span(year, whole(parts["month"])).assuming(*assumed)
    tail = (parts.get("tail") or "").replace("/", ".").replace("-", ".").split(".")
    if not tail[-1]:
        return span
    return span.until(month_span(int(tail[0]) if len(tail) > 1 else year, int(tail[-1])))


def read_quarter(parts: Parts, context: Context) -> Span:
    """A quarter, or its first or last day."""

    def make(index: int) -> Span:
        return edge_of(quarter_span(index // 4, index % 4 + 1), parts["part"], context)

    if rel := parts.get("qrel"):
        return make(month_index(context.base) // 3 + _WEEKS[rel]).assuming("relative")
    number = _ORDINALS[parts["q"] or parts["qs"] or parts["qq"] or parts["qr"] or ""]
    year, assumed = year_of(parts, context)
    if year is None:
        return nearest(lambda at: make(at * 4 + number - 1), context.base.year, context).assuming("year")
    return make(year * 4 + number - 1).assuming(*assumed)


def read_quarter_part(parts: Parts, context: Context) -> Span:
    """Beginning or end of the quarter nearest to the record's own date (季度末)."""

    def make(index: int) -> Span:
        return edge_of(quarter_span(index // 4, index % 4 + 1), parts["part"], context)

    return nearest(make, month_index(context.base) // 3, context).assuming("relative")


def read_half(parts: Parts, context: Context) -> Span:
    """Half a year, or its first or last day."""
    number = _ORDINALS[parts["half"] or parts["hh"] or ""]

    def make(year: int) -> Span:
        return edge_of(half_span(year, number), parts["part"], context)

    year, assumed = year_of(parts, context)
    if year is None:
        return nearest(make, context.base.year, context).assuming("year")
    return make(year).assuming(*assumed)


def read_year(parts: Parts, context: Context) -> Span:
    """A year, or its beginning or end."""
    year, assumed = year_of(parts, context)
    if year is None:
        return nearest(
            lambda at: edge_of(year_span(at), parts["part"], context), context.base.year, context
        ).assuming("relative")
    return edge_of(year_span(year), parts.get("part"), context).assuming(*assumed)


def read_years(parts: Parts, context: Context) -> Span:
    """From one year to another."""
    return year_span(int(parts["year"] or 0)).until(year_span(int(parts["tail"] or 0)))
