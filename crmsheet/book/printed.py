"""A frame's columns as cells: what is stored, and the text a reader sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
from pandas.api.types import infer_dtype

from crmsheet.book.theme import Theme
from crmsheet.view import Column

# Excel's limit of a cell, less what escaping may add.
LONGEST_TEXT = 32_000
# Rows looked at when a column's width is chosen.
SAMPLE = 2_000


def cell_values(series: pd.Series, kind: str) -> list[object]:
    """Values of one column as a workbook stores them: str, int, float, bool, date, datetime or None.

    >>> cell_values(pd.Series([1.5, None]), "money"), cell_values(pd.Series([7]), "text")
    ([1.5, None], ['7'])
    """
    if infer_dtype(series, skipna=True).startswith("mixed"):  # 1, 1.0 and True would become one value
        return [_stored(value, kind) for value in series.tolist()]
    codes, distinct = pd.factorize(series)
    stored = np.empty(len(distinct) + 1, dtype=object)
    stored[:-1] = [_stored(value, kind) for value in distinct]
    stored[-1] = None  # the code of a missing value is -1
    return list(stored[codes])


def _stored(value: object, kind: str) -> object:
    plain = _plain(value)
    if plain is None or kind not in ("text", "wrap", "link", "choice"):
        return plain
    return str(plain)[:LONGEST_TEXT]


def printed(value: object, column: Column) -> str:
    """About what the cell shows, for measuring and for totals that are not sums.

    >>> printed(1234567.0, Column("a", "", "wan")), printed(0.256, Column("a", "", "percent"))
    ('123.5万', '25.6%')
    """
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return value.isoformat()[:10]
    return _printed_number(float(value), column.format) if isinstance(value, int | float) else str(value)


def printed_texts(values: Sequence[object], column: Column) -> set[str]:
    """Distinct printed texts of the first rows of a column."""
    return {printed(value, column) for value in values[:SAMPLE]}


def _printed_number(number: float, kind: str) -> str:
    form = Theme.load().formats[kind]
    return format(number / form.get("divide", 1), form["plain"]) + str(form.get("suffix", ""))


def _plain(value: object) -> object:
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, datetime):
        return _moment(value)
    return value.item() if hasattr(value, "item") else value


def _moment(stamp: datetime) -> object:
    """A date where the time of day is midnight; text where Python's calendar has no such day."""
    try:
        plain = stamp.to_pydatetime() if isinstance(stamp, pd.Timestamp) else stamp
    except ValueError:
        return str(stamp)
    plain = plain.replace(tzinfo=None)
    return plain.date() if plain.time() == plain.min.time() else plain
