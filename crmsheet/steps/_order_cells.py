"""Cells of an order table as arrays: days, times and amounts, however the caller holds them (R-042).

Typed columns are taken as they are. Text is read by the readers of ``clean``, so a caller without a workbook
meets the same rules; what nobody can read is missing, and a ``DataWarning`` says how many and which.
"""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from crmsheet.clean.amounts import parse_money
from crmsheet.data import read_toml
from crmsheet.errors import BadDate, DataWarning
from crmsheet.workdays import read_day

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

ArrayT = TypeVar("ArrayT", bound=NDArray[Any])

_LARGEST: float = read_toml("amounts.toml")["limits"]["largest"]  # as the reader of cells has it
_WHOLE_DAY = r"(?:1[6-9]|2\d)\d{2}(?:-\d{2}-\d{2}|\d{4})(?:$|[T ])"
_ZONE = r"(\d:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?:Z|[+-]\d{2}:?\d{2})$"
_PARTS, _YEAR = re.compile(r"[A-Za-z]+|\d+"), re.compile(r"(?<!\d)\d{4}(?!\d)")


def read_as_of(as_of: date | str) -> pd.Timestamp:
    """``as_of`` as a calendar day without zone; anything else raises ``BadDate``.

    >>> read_as_of("2026-11-20 08:30"), read_as_of("2026年11月20日")
    (Timestamp('2026-11-20 00:00:00'), Timestamp('2026-11-20 00:00:00'))
    """
    if not isinstance(as_of, (str, date, np.datetime64)):  # a bare number would be nanoseconds to pandas
        raise BadDate(found=as_of)
    stamp = read_times(pd.Series([as_of], dtype=object))[0]
    if np.isnat(stamp):
        raise BadDate(found=as_of)
    return pd.Timestamp(stamp).normalize()


def read_times(dates: pd.Series, step: str = "") -> NDArray[np.datetime64]:
    """Order times as numpy datetimes without zone, NaT where there is none; ``step`` is named in a warning.

    >>> read_times(pd.Series([19970101, "2026/11/20", "now"], dtype=object)).astype("datetime64[D]").tolist()
    [datetime.date(1997, 1, 1), datetime.date(2026, 11, 20), None]
    """
    if isinstance(dates.dtype, pd.DatetimeTZDtype):
        dates = dates.dt.tz_localize(None)
    elif isinstance(dates.dtype, pd.PeriodDtype):
        dates = dates.dt.to_timestamp()
    if pd.api.types.is_datetime64_any_dtype(dates):
        return dates.to_numpy(dtype="datetime64[us]")
    codes, cells = pd.factorize(dates.astype(object).to_numpy())
    known = np.append(_read_cells(cells), np.datetime64("NaT", "us"))
    times: NDArray[np.datetime64] = known[codes]
    if step and np.isnat(times).any():
        _warn_of_unreadable(dates[np.isnat(times)], step)
    return times


def read_amounts(values: pd.Series, step: str = "") -> FloatArray:
    """Amounts in yuan; NaN where there is none, where it is larger than any, a range, about or foreign money.

    >>> read_amounts(pd.Series(["1,200", "3.5万", "¥80", 7, None])).tolist()
    [1200.0, 35000.0, 80.0, 7.0, nan]
    """
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    amounts: FloatArray = np.where(np.abs(numbers) < _LARGEST, numbers, np.nan).astype(np.float64)
    if pd.api.types.is_numeric_dtype(values):
        return amounts
    amounts = _read_again(values, amounts, np.isnan(numbers), _yuan)
    if step and np.isnan(amounts).any():
        _warn_of_unreadable(values[np.isnan(amounts)], step)
    return amounts


def _read_cells(cells: NDArray[np.object_]) -> NDArray[np.datetime64]:
    """Distinct cells as times: days of any type, numbers such as 20261120, texts that name a whole day."""
    texts = pd.Series([_as_text(cell) for cell in cells], dtype=object)
    whole = texts.str.match(_WHOLE_DAY).fillna(value=False).astype(bool)
    bare = texts.where(whole).str.replace(_ZONE, r"\1", regex=True)  # the wall clock counts
    times = pd.to_datetime(bare, format="ISO8601", errors="coerce").to_numpy(dtype="datetime64[us]")
    return _read_again(texts, times, np.isnat(times), _day_of_text)


def _as_text(cell: object) -> str | None:
    if isinstance(cell, (date, np.datetime64)):
        return None if pd.isna(cell) else str(pd.Timestamp(cell))
    if isinstance(cell, (int, float, np.number)):
        return f"{cell:.0f}" if float(cell).is_integer() else None
    return cell.strip() if isinstance(cell, str) else None


def _read_again(values: pd.Series, read: ArrayT, lost: BoolArray, reader: Callable[[str], object]) -> ArrayT:
    """``read`` with the ``lost`` texts read by ``reader``, each distinct one once."""
    rows = np.flatnonzero(lost)
    texts = values.iloc[rows].tolist()
    known = {text: reader(text) for text in set(texts) if isinstance(text, str)}
    if not known:
        return read
    whole = read.copy()
    whole[rows] = [known.get(text, read[row]) for row, text in zip(rows, texts, strict=True)]
    return whole


def _yuan(text: str) -> float:
    money = parse_money(text)
    exact = money is not None and money.low == money.high and "approximate" not in money.assumed
    return float(money.low) if exact and money is not None and money.low and money.unit == "CNY" else math.nan


def _day_of_text(text: str) -> np.datetime64:
    """A day written otherwise; ``NaT`` where a part is missing, which pandas would take from the clock."""
    try:
        return np.datetime64(read_day(text), "us")
    except BadDate:
        pass
    named = len(_PARTS.findall(text)) >= 3 and _YEAR.search(text)
    stamp = pd.to_datetime(text, errors="coerce") if named else pd.NaT
    return np.datetime64("NaT", "us") if pd.isna(stamp) else np.datetime64(stamp.tz_localize(None), "us")


def _warn_of_unreadable(values: pd.Series, step: str) -> None:
    written = values[values.notna() & (values.astype(str).str.strip() != "")]
    if len(written):
        facts = {"step": step, "column": values.name, "count": len(written), "example": written.iloc[0]}
        words = str(read_toml("errors.zh.toml")["DataWarning"]["message"])
        warnings.warn(words.format(**facts), DataWarning, stacklevel=5)
