"""Readers of money, durations, sizes, scores and numbers."""

from __future__ import annotations

import calendar
import math
import re
from typing import Any

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text, plain_amount
from crmsheet.checks.shifted import looks_like_phone
from crmsheet.clean.amounts import RangeReading, parse_duration, parse_headcount, parse_money
from crmsheet.clean.ratings import read_ratings
from crmsheet.data import read_toml

_NAN = math.nan


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
    if isinstance(value, (int, float)):
        return Cell((reading.low,))
    code = "amount_format" if _number(value) is None else AS_TEXT
    return Cell((reading.low,), (Fault(code, plain_amount(reading.low)),))


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


AS_TEXT = "number_as_text"  # a number typed as text: sums and sorting in Excel pass it over


def _number(value: Any) -> float | None:
    try:
        return float(as_text(value).replace(",", ""))
    except ValueError:
        return None


def _as_text(value: Any, number: float) -> tuple[Fault, ...]:
    """The fault of a number whose cell is a text."""
    return (Fault(AS_TEXT, as_text(number)),) if isinstance(value, str) else ()


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
    return Cell((number, _NAN), _as_text(value, number))


def read_rating(value: Any, context: Context) -> Cell:
    """A judgement on the scale the rules name, 1–5 unless changed (R-078)."""
    number = _number(value)
    low, high = context.rules.value_score.rating_low, context.rules.value_score.rating_high
    if number is None or not low <= number <= high:
        return Cell((_NAN,), (Fault("rating_out_of_range", detail=f"{low:g}-{high:g}"),))
    return Cell((number,), _as_text(value, number))


def read_count(value: Any, context: Context) -> Cell:
    """A whole number from 0; a remark such as ``0 (first deal)`` is allowed (R-028)."""
    number = typed = _number(value)
    if number is None:
        digits = as_text(value)
        head = digits[: next((i for i, c in enumerate(digits) if not c.isdigit()), len(digits))]
        number = float(head) if head else None
    if number is None or number < 0 or number % 1:
        return Cell((_NAN,), (Fault("count_unreadable"),))
    return Cell((number,), _as_text(value, number) if typed is not None else ())


def read_number(value: Any, context: Context) -> Cell:
    """Any number."""
    number = _number(value)
    if number is None:
        return Cell((_NAN,), (Fault("number_unreadable"),))
    return Cell((number,), _as_text(value, number))


KINDS = {
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
