"""Dates that count from the record's own date: tomorrow, next Wednesday, in three workdays, the 20th."""

from __future__ import annotations

import math
from datetime import date, timedelta

from crmsheet.clean.date_calendar import Parts, whole
from crmsheet.clean.date_patterns import TABLE
from crmsheet.clean.date_spans import (
    Context,
    Rank,
    Span,
    add_months,
    add_workdays,
    day_span,
    is_usual_workday,
    week_span,
)
from crmsheet.clean.numerals import read_number, read_spread

_WEEKDAYS: dict[str, int] = TABLE["weekdays"]
_LENGTHS: dict[str, str] = TABLE["lengths"]
_DAYS_OF = {"day": 1.0, "date": 1.0, "week": 7.0, "hour": 1 / 24, "minute": 1 / 1440, "half_month": 15.0}
_MONTHS_OF = {"month": 1, "month_and_half": 1, "quarter": 3, "year": 12}
_SATURDAY = 5


def read_word(parts: Parts, context: Context) -> Span:
    """A word for a day (明天) or for two (明后天)."""
    first, last = TABLE["words"][(parts["word"] or "").lower()]
    span = _relative(context.base + timedelta(days=first))
    return span.until(_relative(context.base + timedelta(days=last)))


def _relative(day: date) -> Span:
    return day_span(day, Rank.RELATIVE, ("relative",))


def read_week(parts: Parts, context: Context) -> Span:
    """A weekday or weekend of a named week or the nearest one; a whole week is Monday to Friday (C-14)."""
    if bare := parts.get("bare"):
        return _nearest_weekday(bare, context)
    monday = _monday(context.base) + timedelta(weeks=TABLE["weeks"][parts["rel"] or ""])
    weekday = parts["wd"]
    if weekday in _WEEKDAYS:
        return _relative(monday + timedelta(days=_WEEKDAYS[weekday]))
    if weekday:
        return _weekend(monday)
    week = week_span(monday).assuming("relative")
    return _relative(week.end) if parts["part"] else week


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _weekend(monday: date) -> Span:
    saturday = monday + timedelta(days=_SATURDAY)
    return _relative(saturday).until(_relative(saturday + timedelta(days=1)))


def _nearest_weekday(word: str, context: Context) -> Span:
    base, future = context.base, context.prefer == "future"
    if word in _WEEKDAYS:
        ahead = (_WEEKDAYS[word] - base.weekday()) % 7
        days = ahead if future or not ahead else ahead - 7
        return day_span(base + timedelta(days=days), Rank.RELATIVE, ("week",))
    if word in TABLE["weekend"]:
        away = 0 if future or base.weekday() >= _SATURDAY else -1
        return _weekend(_monday(base) + timedelta(weeks=away)).assuming("week")
    return _relative(week_span(_monday(base)).end)


def read_day(parts: Parts, context: Context) -> Span:
    """A day of the month nearest to the record's own date (20号)."""
    day, base = whole(parts["day"]), context.base
    if not 1 <= day <= 31:
        raise ValueError("no such day")
    step = int(day < base.day) if context.prefer == "future" else -int(day > base.day)
    month = add_months(base.replace(day=1), step)
    return day_span(month.replace(day=day), Rank.RELATIVE, ("month",))


def read_days(parts: Parts, context: Context) -> Span:
    """From one day of the month to another."""
    first = read_day(parts, context)
    return first.until(day_span(first.start.replace(day=whole(parts["tail"]))))


def read_offset(parts: Parts, context: Context) -> Span | None:
    """So many days, workdays, weeks, months or years before or after; "within" means its last day."""
    kind = _LENGTHS[parts["unit"] or ""]
    direction = TABLE["directions"].get(parts.get("dir") or "", 1)
    if kind == "date" and direction < 0 and context.prefer == "future":
        # 10日前 in a plan is a day of the month, not a number of days
        return read_day({"day": parts["n"]}, context)
    low, high = (_shift(context, count * direction, kind) for count in _counts(parts))
    span = _relative(low).until(_relative(high))
    guessed = kind == "workday" and context.is_workday is is_usual_workday
    return span.assuming("weekdays") if guessed else span


def _counts(parts: Parts) -> tuple[float, float]:
    half = 0.5 if parts.get("plus") else 0.0
    low, high = _count(parts["n"] or "")
    if parts.get("m"):
        high = _count(parts["m"] or "")[1]
    return low + half, high + half


def _count(text: str) -> tuple[float, float]:
    spread = read_spread(text)
    value = read_number(text)
    if spread is None and value is None:
        raise ValueError("not a number")
    return spread or (value or 0.0, value or 0.0)


def read_half_length(parts: Parts, context: Context) -> Span:
    """Half a month is 15 days, half a year six months, half a day no day."""
    kind = _LENGTHS[parts["unit"] or ""]
    direction = TABLE["directions"][parts["dir"] or ""]
    if kind == "half_year":
        return _relative(add_months(context.base, 6 * direction))
    return _relative(_shift(context, direction * (1.0 if kind == "half_month" else 0.5), kind))


def _shift(context: Context, count: float, kind: str) -> date:
    if kind == "workday":
        return add_workdays(context.base, int(count), context.is_workday)
    if kind not in _MONTHS_OF:
        return context.base + timedelta(days=math.trunc(count * _DAYS_OF[kind] + math.copysign(1e-9, count)))
    months = count * _MONTHS_OF[kind]
    full = math.trunc(months)
    days = round((months - full) * 30) + (math.copysign(15, count) if kind == "month_and_half" else 0)
    return add_months(context.base, full) + timedelta(days=days)
