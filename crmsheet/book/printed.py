"""A frame's columns as cells: what is stored, and the text a reader sees."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import infer_dtype

from crmsheet.book.design import Coded
from crmsheet.book.theme import Theme
from crmsheet.view import Column

# Excel's limit of a cell, less what escaping may add.
LONGEST_TEXT = 32_000
# Rows looked at when a column's width is chosen.
SAMPLE = 2_000


def cell_values(series: pd.Series, kind: str) -> Sequence[object]:
    """Values of one column as a workbook stores them: str, int, float, bool, date, datetime or None.

    >>> list(cell_values(pd.Series([1.5, None]), "money")), list(cell_values(pd.Series([7]), "text"))
    ([1.5, None], ['7'])
    """
    values = series.to_numpy() if isinstance(series.dtype, np.dtype) else series.to_numpy(dtype=object)
    contents = infer_dtype(values, skipna=True)
    if contents.startswith("mixed"):  # 1, 1.0 and True would become one value
        return [_stored(value, kind) for value in values.tolist()]
    if contents == "string" and _hardly_repeats(values[:SAMPLE]):
        texts = [value if isinstance(value, str) else None for value in values.tolist()]
        return [text and text[:LONGEST_TEXT] for text in texts] if _too_long(texts) else texts
    codes, distinct = pd.factorize(values)
    return Coded([*_all_stored(distinct.tolist(), kind, contents), None], codes)  # -1 codes a missing value


def _hardly_repeats(beginning: npt.NDArray[Any]) -> bool:
    """Whether a column of texts is not worth telling apart, such as names and notes."""
    return len(beginning) == SAMPLE and len(set(beginning.tolist())) > 0.9 * SAMPLE


def _too_long(texts: Iterable[str | None]) -> bool:
    return any(text is not None and len(text) > LONGEST_TEXT for text in texts)


def _all_stored(distinct: list[Any], kind: str, contents: str) -> list[object]:
    if contents == "string" and not _too_long(distinct):
        return distinct
    return [_stored(value, kind) for value in distinct]


def _stored(value: object, kind: str) -> object:
    plain = _plain(value)
    if plain is None or kind not in ("text", "wrap", "link", "choice", "span"):
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
