"""Tables of a result as other programs read them: one type per column, nothing nested."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.result import Result

LIST_SEPARATOR = ";"
TABLES = ("customers", "requirements", "interactions", "orders", "tasks", "followups", "issues")


def result_tables(result: Result) -> dict[str, pd.DataFrame]:
    """Every table of a result with typed columns, by name; what the workbook has no table for is left out."""
    frames: dict[str, pd.DataFrame] = {name: getattr(result, name) for name in TABLES}
    frames |= {name: frames[name].rename_axis("customer") for name in ("customers", "followups")}
    return {name: typed(frame) for name, frame in frames.items() if len(frame.columns)}


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with dates as datetimes, lists as texts joined by ``;``, mixed columns as texts; the index becomes
    columns when it has a name.

    >>> typed(pd.DataFrame({"tags": [("a", "b"), ()], "x": [1, "y"]})).to_dict("list")
    {'tags': ['a;b', None], 'x': ['1', 'y']}
    """
    named = frame.index.name is not None and frame.index.name not in frame
    flat = frame.reset_index(drop=not named)
    return pd.DataFrame({str(name): _column(flat[name]) for name in flat.columns}, index=flat.index)


def _column(cells: pd.Series) -> pd.Series:
    if cells.dtype != object:
        return cells.astype(str) if isinstance(cells.dtype, pd.CategoricalDtype) else cells
    if (
        pd.api.types.infer_dtype(cells, skipna=True) == "string"
    ):  # most columns, and no need to look at each cell
        return cells.where(cells.notna(), None)
    return _cell_by_cell(cells)


def _cell_by_cell(cells: pd.Series) -> pd.Series:
    present = cells.notna()
    values = cells[present].tolist()
    kinds = {_kind(one) for one in set(map(type, values))}
    if not kinds:
        return cells.astype("string").astype(object)
    if kinds == {"date"}:
        return pd.to_datetime(cells)
    if kinds <= {"number"}:
        return pd.to_numeric(cells)
    if kinds == {"flag"}:
        return cells.astype("boolean")
    texts = np.full(len(cells), None, dtype=object)
    texts[present.to_numpy()] = np.array([*map(_text, values), None], dtype=object)[:-1]
    return pd.Series(texts, cells.index, dtype=object)


def _kind(one: type) -> str:
    if issubclass(one, bool):
        return "flag"
    if issubclass(one, date):
        return "date"
    return "number" if issubclass(one, int | float) else "text"


def _text(value: Any) -> str | None:
    if isinstance(value, tuple | list | set | frozenset):
        return LIST_SEPARATOR.join(map(str, value)) or None
    return str(value)
