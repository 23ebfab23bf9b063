"""Tables of a result as other programs read them: one type per column, nothing nested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
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
    return pd.DataFrame(dict(typed_columns(frame)), index=pd.RangeIndex(len(frame)), copy=False)


def typed_columns(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """The columns of ``typed``, one at a time."""
    rows = pd.RangeIndex(len(frame))
    return ((name, typed_column(cells.set_axis(rows))) for name, cells in columns_of(frame))


def columns_of(frame: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    """The columns that ``typed`` reads: an index with a name is the first."""
    if frame.index.name is not None and frame.index.name not in frame:
        yield str(frame.index.name), frame.index.to_series()
    for name, cells in frame.items():
        yield str(name), cells


def typed_column(cells: pd.Series) -> pd.Series:
    """One column of ``typed``."""
    if cells.dtype != object:
        return cells.astype(str) if isinstance(cells.dtype, pd.CategoricalDtype) else cells
    if (
        pd.api.types.infer_dtype(cells, skipna=True) == "string"
    ):  # most columns, and no need to look at each cell
        return cells.where(cells.notna(), None)
    return _cell_by_cell(cells)


def _cell_by_cell(cells: pd.Series) -> pd.Series:
    present = cells.notna().to_numpy()
    values = cells.to_numpy(dtype=object)[present]
    found = set(map(type, values))
    kinds = set(map(_kind, found))
    if not kinds:
        return pd.Series(np.full(len(cells), None, dtype=object), cells.index)
    if kinds == {"date"}:
        return pd.to_datetime(cells)
    if kinds <= {"number"}:
        return pd.to_numeric(cells)
    if kinds == {"flag"}:
        return cells.astype("boolean")
    texts = np.full(len(cells), None, dtype=object)
    texts[present] = _tags(values) if found == {tuple} else _texts(values)
    return pd.Series(texts, cells.index, dtype=object)


def _tags(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Each distinct tuple of tags is written once: there are few of them among many cells."""
    with suppress(TypeError):  # parts that have no hash
        which, distinct = pd.factorize(values)
        if all(type(part) is str for tags in distinct for part in tags):  # else (1,) would be (True,)
            return _texts(distinct)[which]
    return _texts(values)


def _texts(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    texts = np.empty(len(values), dtype=object)
    texts[:] = list(map(_text, values))
    return texts


def _kind(one: type) -> str:
    if issubclass(one, bool | np.bool_):
        return "flag"
    if issubclass(one, date):
        return "date"
    return "number" if issubclass(one, int | float) else "text"


def _text(value: Any) -> str | None:
    if isinstance(value, tuple | list | set | frozenset):
        return LIST_SEPARATOR.join(map(str, value)) or None
    return str(value)
