"""Days as Excel counts them: numbers since 1899-12-30, 0 for no day, many at once."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.workdays import Calendar

Values = npt.NDArray[Any]
EPOCH = np.datetime64("1899-12-30", "D")  # day 0


def add_months(days: Values, months: Values) -> Values:
    """The same day so many months later, the last of the month where that month is shorter (Excel's EDATE)."""
    start = EPOCH + np.asarray(days).astype("int64")
    month = start.astype("datetime64[M]")
    target = month + np.asarray(months).astype("int64")
    length = (target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")
    offset = np.minimum(start - month.astype("datetime64[D]"), length - np.timedelta64(1, "D"))
    later: Values = (target.astype("datetime64[D]") + offset - EPOCH).astype("float64")
    return later


def rolled(days: Values, calendar: Calendar, direction: Literal["preceding", "following"]) -> Values:
    """Days moved to a workday."""
    stamps = pd.Series((EPOCH + np.atleast_1d(days).astype("int64")).astype("datetime64[us]"))
    return day_numbers(calendar.roll(stamps, direction))


def workdays_until(start: Values, today: float, calendar: Calendar) -> Values:
    """Workdays after each day ``start`` up to ``today``; 0 where there is no start."""
    index = pd.RangeIndex(len(np.atleast_1d(start)))
    days = day_stamps(start, index)
    end = day_stamps(np.asarray(today), index)
    return calendar.workdays_between(days, end).fillna(0).to_numpy()


def day_numbers(stamps: pd.Series) -> Values:
    """Excel's day number of each day, 0 where there is none.

    >>> day_numbers(pd.Series([pd.Timestamp("2024-01-01 10:00"), pd.NaT])).tolist()
    [45292.0, 0.0]
    """
    days = pd.to_datetime(stamps).to_numpy().astype("datetime64[D]")
    numbers = (days - EPOCH).astype("float64")
    return np.where(np.isnat(days), 0.0, numbers)


def day_stamps(numbers: Values, index: pd.Index) -> pd.Series:
    """Days of Excel's day numbers; none for 0 and NaN."""
    known = np.nan_to_num(np.broadcast_to(numbers, (len(index),)))
    days = (EPOCH + known.astype("int64")).astype("datetime64[us]")
    return pd.Series(days, index=index).where(known > 0)
