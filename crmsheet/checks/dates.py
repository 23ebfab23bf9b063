"""Readers of dates, moments and plans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from crmsheet.checks.cell import Cell, Context, Fault, Kind, as_text
from crmsheet.checks.shifted import looks_like_phone
from crmsheet.clean.clock import read_clocks
from crmsheet.clean.dates import DateReading, date_fault, parse_date

_DAY = "datetime64[us]"
_SECONDS, _FIRST_SERIAL = 86_400, 10_000  # of a day; smaller numbers are 3.15 and the like
_MISSED = timedelta(days=180)  # a plan that old is still a broken promise; what is older is yet to come


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
    return cell._replace(relative=bool(reading.assumed))


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
        return cell._replace(values=(day, pd.NaT))
    moment = day + times[-1]
    return cell._replace(values=(day, moment), faults=tuple(_timed(cell.faults, value, moment, len(times))))


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
            yield fault._replace(suggestion=written) if fault.suggestion and times == 1 else fault


def read_date_or_none(value: Any, context: Context) -> Cell:
    """A day, or none where there never was one (R-030)."""
    return read_date(value, context)


def read_plan(value: Any, context: Context) -> Cell:
    """Next plan: the text, its day and its action (R-015, R-035, C-14).

    A day without its year is the first one after the row's own contact. In a row without contact it may as well
    be a promise that nobody kept: half a year back it still is one (a quarter, across the turn of the
    year), and the year taken is pointed out.
    """
    if isinstance(value, (datetime, date)):
        return Cell((as_text(value), pd.Timestamp(value).normalize(), ""))
    text = as_text(value)
    reading = _parse(text, context)
    guessed = reading is not None and "year" in reading.assumed and not context.base_is_own
    if guessed:
        reading = _perhaps_missed(text, context) or reading
    if reading is None:
        code = date_fault(text)
        return Cell((text, pd.NaT, text), (Fault(f"plan_{code}" if code else "plan_without_date"),))
    action = reading.rest.strip()
    # What is to be done stays behind the day: accepted, the proposal replaces the whole cell.
    whole = f"{reading.iso}{action}"
    if guessed or ("year" in reading.assumed and reading.start - context.base > _MISSED):
        assumed: tuple[Fault, ...] = (Fault("plan_year", whole, str(reading.start.year)),)
    else:
        assumed = (Fault("plan_assumed", whole, ", ".join(reading.assumed)),) if reading.assumed else ()
    return Cell((text, pd.Timestamp(reading.start), action), assumed, relative=bool(reading.assumed))


def _perhaps_missed(text: str, context: Context) -> DateReading | None:
    """A plan without its year as one that has passed, where that is not too long ago; of last year even less."""
    reading = _parse(text, replace(context, base=context.base - _MISSED))
    if reading is None or reading.start.year == context.base.year:
        return reading
    return None if context.base - reading.start > _MISSED / 2 else reading


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
}
