"""Readers of dates, plans, money and numbers."""

from __future__ import annotations

import calendar
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text
from crmsheet.checks.shifted import looks_like_phone
from crmsheet.clean.amounts import RangeReading, parse_duration, parse_headcount, parse_money
from crmsheet.clean.clock import read_clocks
from crmsheet.clean.dates import DateReading, date_fault, parse_date
from crmsheet.clean.ratings import read_ratings
from crmsheet.data import read_toml

_NAN = math.nan
_DAY = "datetime64[us]"
_SECONDS, _FIRST_SERIAL = 86_400, 10_000  # of a day; smaller numbers are 3.15 and the like


def read_date(value: Any, context: Context) -> Cell:
    """A day; coarse dates give their first day, impossible ones none (R-007, ANALYTICS §0)."""
    if isinstance(value, (datetime, date)):
        return _checked_day(pd.Timestamp(value), context, ())
    text = as_text(value)
    number = value if isinstance(value, (int, float)) else text
    reading = _parse(number, context)
    if reading is None:
        code = date_fault(text) or ("" if looks_like_phone(text) else "unreadable")
        return Cell((pd.NaT,), (Fault(f"date_{code}" if code else "misplaced_value"),))
    cell = _checked_day(pd.Timestamp(reading.start), context, _date_faults(text, reading))
    return replace(cell, relative=bool(reading.assumed))


def _parse(value: Any, context: Context) -> DateReading | None:
    is_workday = context.calendar.is_workday
    return parse_date(value, base=context.base, prefer=context.field.prefer, is_workday=is_workday)


def _checked_day(day: pd.Timestamp, context: Context, faults: tuple[Fault, ...]) -> Cell:
    if day.year < context.rules.cleaning.earliest_year and context.field.code != "founded":
        return Cell((pd.NaT,), (Fault("date_out_of_range"),))
    return Cell((day.normalize(),), faults)


def _date_faults(text: str, reading: DateReading) -> tuple[Fault, ...]:
    if reading.rest.strip():
        return (Fault("date_with_text", reading.iso, reading.rest),)
    if len(reading.iso) != 10:
        return (Fault("date_coarse"),)
    if "weekday" in reading.assumed:
        return (Fault("date_weekday"),)
    if reading.assumed:
        return (Fault("date_assumed", reading.iso, ", ".join(reading.assumed)),)
    return () if text == reading.iso else (Fault("date_format", reading.iso),)


def read_moment(value: Any, context: Context) -> Cell:
    """A day, and the moment where the cell names a time of day: of a span its end, midnight is none (R-063)."""
    cell = read_date(value, context)
    day = cell.values[0]
    times = () if pd.isna(day) else _times_of(value, context)
    if not times or not times[-1]:
        return replace(cell, values=(day, pd.NaT))
    moment = day + times[-1]
    return replace(cell, values=(day, moment), faults=tuple(_timed(cell.faults, value, moment, len(times))))


def _times_of(value: Any, context: Context) -> tuple[timedelta, ...]:
    if isinstance(value, datetime):
        moment = pd.Timestamp(value)
        return ((moment - moment.normalize()).round("s").to_pytimedelta(),)
    if isinstance(value, float):
        return (timedelta(seconds=round(value % 1 * _SECONDS)),) if value >= _FIRST_SERIAL else ()
    reading = _parse(as_text(value), context)
    return read_clocks(reading.time) if reading is not None else ()


def _timed(faults: tuple[Fault, ...], value: Any, moment: pd.Timestamp, times: int) -> Iterator[Fault]:
    """The faults, with proposals that keep the time; a cell that says just this, or a span of time, is fine."""
    written = as_text(moment)
    for fault in faults:
        if fault.code != "date_format" or (times == 1 and as_text(value) != written):
            yield replace(fault, suggestion=written) if fault.suggestion and times == 1 else fault


def read_date_or_none(value: Any, context: Context) -> Cell:
    """A day, or none where there never was one (R-030)."""
    return read_date(value, context)


def read_plan(value: Any, context: Context) -> Cell:
    """Next plan: the text, its day and its action (R-015, R-035, C-14)."""
    if isinstance(value, (datetime, date)):
        return Cell((as_text(value), pd.Timestamp(value).normalize(), ""))
    text = as_text(value)
    reading = _parse(text, context)
    if reading is None:
        code = date_fault(text)
        return Cell((text, pd.NaT, text), (Fault(f"plan_{code}" if code else "plan_without_date"),))
    action = reading.rest.strip()
    # What is to be done stays behind the day: accepted, the proposal replaces the whole cell.
    whole = f"{reading.iso}{action}"
    assumed = (Fault("plan_assumed", whole, ", ".join(reading.assumed)),) if reading.assumed else ()
    return Cell((text, pd.Timestamp(reading.start), action), assumed, relative=bool(reading.assumed))


def read_money(value: Any, context: Context) -> Cell:
    """Text, lower and upper bound in yuan (R-025)."""
    reading = parse_money(_quantity(value), unit_hint=context.unit)
    return _range(
        value, reading, "amount_unreadable", context.unit or context.rules.labels.phrase("unit.wan")
    )


def read_amount(value: Any, context: Context) -> Cell:
    """One amount in yuan (R-029); a range has no single amount."""
    reading = parse_money(_quantity(value), unit_hint=context.unit)
    if reading is None or reading.low is None or reading.low != reading.high:
        return Cell((_NAN,), (Fault("amount_unreadable"),))
    if reading.unit != "CNY":
        return Cell((_NAN,), (Fault("amount_currency", detail=reading.unit),))
    typed_as_number = isinstance(value, (int, float))
    return Cell((reading.low,), () if typed_as_number else (Fault("amount_format", f"{reading.low:g}"),))


def read_duration(value: Any, context: Context) -> Cell:
    """Text, shortest and longest duration in days (R-026)."""
    return _range(value, parse_duration(_quantity(value), unit_hint=context.unit), "duration_unreadable")


def _unreadable(text: str, fault: str, unit: str = "") -> Fault:
    """Why a quantity cannot be read: Excel made it a date, it belongs elsewhere, or it is none."""
    if restored := _excel_date(text, unit):
        return Fault("range_as_date", restored)
    return Fault("misplaced_value") if looks_like_phone(text) else Fault(fault)


_RANGE_FAULTS = {"reversed", "unit", "month_or_duration"}


def _range(value: Any, reading: RangeReading | None, fault: str, unit: str = "") -> Cell:
    text = as_text(value)
    if reading is None:
        return Cell((text, _NAN, _NAN), (_unreadable(text, fault, unit),))
    low = _NAN if reading.low is None else reading.low
    high = _NAN if reading.high is None else reading.high
    faults = tuple(
        Fault(f"range_{code}", _range_repair(text, code, reading))
        for code in reading.assumed
        if code in _RANGE_FAULTS
    )
    return Cell((text, low, high), faults)


def _range_repair(text: str, code: str, reading: RangeReading) -> str:
    """10-8万 → 8-10万, 3月 → 3个月; where the unit is missing only a person knows it."""
    if code == "reversed" and (found := _REVERSED.fullmatch(text)):
        return f"{found['second']}{found['between']}{found['first']}{found['unit']}"
    if code == "month_or_duration" and (found := _MONTHS.fullmatch(text)):
        return f"{found[1]}{_SHAPES['month_counter']}{found[2]}"
    return ""


_SHAPES = read_toml("checks.toml")
_REVERSED = re.compile(_SHAPES["reversed_range"])
_MONTHS = re.compile(_SHAPES["months"])
_NAMED_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if number}
_WHOLE_DATE = re.compile(r"(?:19|20)\d\d-(?P<month>\d\d)-(?P<day>\d\d)")  # 8-10 typed where Excel sees a day
_AS_DATE = re.compile(r"(?P<month>[A-Za-z]{3})-(?P<number>\d{1,2})|(?P<back>\d{1,2})-(?P<name>[A-Za-z]{3})")


def _excel_date(text: str, unit: str) -> str:
    """The range that Excel took for a date, Oct-50 → 10-50 and its unit; blank for anything else."""
    if day := _WHOLE_DATE.fullmatch(text.strip()):
        return f"{int(day['month'])}-{int(day['day'])}{unit}"
    found = _AS_DATE.fullmatch(text.strip())
    month = _NAMED_MONTHS.get((found["month"] or found["name"]).title()) if found else None
    if not found or not month:
        return ""
    number = int(found["number"] or found["back"])
    low, high = sorted((month, number))
    return f"{low}-{high}{unit}"


def read_size(value: Any, context: Context) -> Cell:
    """Text, staff range in people and revenue range in yuan (R-019)."""
    text = as_text(value)
    heads = parse_headcount(_quantity(value), unit_hint=context.unit)
    money = parse_money(text) if not isinstance(value, (int, float)) else None
    if heads is None and money is None:
        people = context.rules.labels.phrase("unit.people")
        return Cell((text, _NAN, _NAN, _NAN, _NAN), (_unreadable(text, "size_unreadable", people),))
    bounds = (*_bounds(heads), *_bounds(money))
    return Cell((text, *bounds), () if heads is not None else (Fault("size_without_staff"),))


def _bounds(reading: RangeReading | None) -> tuple[float, float]:
    if reading is None:
        return _NAN, _NAN
    return (_NAN if reading.low is None else reading.low, _NAN if reading.high is None else reading.high)


def _quantity(value: Any) -> Any:
    return value if isinstance(value, (int, float)) else as_text(value)


def _number(value: Any) -> float | None:
    try:
        return float(as_text(value).replace(",", ""))
    except ValueError:
        return None


def read_score(value: Any, context: Context) -> Cell:
    """An ICE judgement: points from 1 to 10, or 高/中/低 as the rules translate it; of several raters the median.

    The second value is how far several raters lie apart (R-079, ANALYTICS §4).
    """
    ratings = read_ratings(value) if isinstance(value, str) else None
    if ratings is not None:
        return Cell((ratings.median, ratings.spread))
    number = _number(value)
    if number is None:
        code = context.rules.labels.choice_code("level", as_text(value))
        points = {"high": "high_word", "medium": "medium_word", "low": "low_word"}.get(code or "")
        if points:
            return Cell((getattr(context.rules.ice, points), _NAN))
    if number is None or not 1 <= number <= 10 or (number * 2) % 1:
        return Cell((_NAN, _NAN), (Fault("score_out_of_range"),))
    return Cell((number, _NAN))


def read_rating(value: Any, context: Context) -> Cell:
    """A judgement on the scale the rules name, 1–5 unless changed (R-078)."""
    number = _number(value)
    low, high = context.rules.value_score.rating_low, context.rules.value_score.rating_high
    if number is None or not low <= number <= high:
        return Cell((_NAN,), (Fault("rating_out_of_range", detail=f"{low:g}-{high:g}"),))
    return Cell((number,))


def read_count(value: Any, context: Context) -> Cell:
    """A whole number from 0; a remark such as ``0 (first deal)`` is allowed (R-028)."""
    number = _number(value)
    if number is None:
        digits = as_text(value)
        head = digits[: next((i for i, c in enumerate(digits) if not c.isdigit()), len(digits))]
        number = float(head) if head else None
    if number is None or number < 0 or number % 1:
        return Cell((_NAN,), (Fault("count_unreadable"),))
    return Cell((number,))


def read_number(value: Any, context: Context) -> Cell:
    """Any number."""
    number = _number(value)
    return Cell((_NAN,), (Fault("number_unreadable"),)) if number is None else Cell((number,))


KINDS = {
    "date": Kind(read_date, blanks=(pd.NaT,), dtypes=(_DAY,)),
    "moment": Kind(read_moment, suffixes=("", "_moment"), blanks=(pd.NaT, pd.NaT), dtypes=(_DAY, _DAY)),
    "date_or_none": Kind(read_date_or_none, blanks=(pd.NaT,), dtypes=(_DAY,)),
    "plan": Kind(
        read_plan,
        names=("next_plan", "next_date", "next_action"),
        blanks=(None, pd.NaT, ""),
        dtypes=("object", _DAY, "object"),
    ),
    "money": Kind(read_money, ("", "_low", "_high"), (None, _NAN, _NAN), ("object", "float64", "float64")),
    "amount": Kind(read_amount, blanks=(_NAN,), dtypes=("float64",)),
    "duration": Kind(
        read_duration, ("", "_low", "_high"), (None, _NAN, _NAN), ("object", "float64", "float64")
    ),
    "size": Kind(
        read_size,
        names=("company_size", "headcount_low", "headcount_high", "revenue_low", "revenue_high"),
        blanks=(None, _NAN, _NAN, _NAN, _NAN),
        dtypes=("object", "float64", "float64", "float64", "float64"),
    ),
    "score": Kind(read_score, ("", "_spread"), (_NAN, _NAN), ("float64", "float64")),
    "rating": Kind(read_rating, blanks=(_NAN,), dtypes=("float64",)),
    "count": Kind(read_count, blanks=(_NAN,), dtypes=("float64",)),
    "number": Kind(read_number, blanks=(_NAN,), dtypes=("float64",)),
}
