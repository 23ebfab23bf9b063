"""What steps share: asking for columns by name, and columns that may be absent."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import repeat
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.errors import RepeatedRow, UnknownColumn

WAITING = ("todo", "doing")  # statuses of a requirement that nobody has solved or put aside


def need(table: pd.DataFrame, step: str, *columns: str) -> None:
    """Refuse a table that lacks a column the step cannot do without."""
    for column in columns:
        if column not in table:
            raise UnknownColumn(step=step, column=column, columns=", ".join(map(str, table.columns)))


def optional(table: pd.DataFrame, column: str, blank: Any = np.nan) -> pd.Series:
    """The column, or a column of blanks."""
    if column in table:
        return table[column]
    dtype = "float64" if isinstance(blank, float) else "object"
    return pd.Series(blank, index=table.index, dtype=dtype)


def day_column(table: pd.DataFrame, column: str) -> pd.Series:
    """The column as days: a time of day is dropped, NaT where the column is absent.

    >>> day_column(pd.DataFrame({"solved_on": [pd.Timestamp("2026-11-20 18:30")]}), "solved_on").tolist()
    [Timestamp('2026-11-20 00:00:00')]
    """
    if column not in table:
        return pd.Series(pd.NaT, index=table.index, dtype="datetime64[us]")
    return pd.to_datetime(table[column]).astype("datetime64[us]").dt.normalize()


def standing(requirements: pd.DataFrame) -> pd.Series:
    """``status`` of each requirement; one without is solved when its day of solving is known, else waiting.

    >>> days = pd.to_datetime(["2026-11-03", None, None])
    >>> standing(pd.DataFrame({"status": [None, None, "paused"], "solved_on": days})).tolist()
    ['done', 'todo', 'paused']
    """
    typed = optional(requirements, "status", None).astype(object)
    solved = optional(requirements, "solved_on", None).notna().to_numpy()
    return typed.where(typed.notna(), np.array(["todo", "done"], dtype=object)[solved.astype(np.intp)])


def is_true(table: pd.DataFrame, column: str) -> pd.Series:
    """Where the column says yes; missing is no."""
    if column in table and table[column].dtype == np.bool_:
        return table[column]
    return optional(table, column, None).map(lambda value: value is True or value == 1).astype(bool)


def text(column: pd.Series) -> pd.Series:
    """The column as text, missing values blank."""
    cells = column.astype(object).where(column.notna(), "")
    if pd.api.types.infer_dtype(cells, skipna=False) == "string":
        return cells
    return pd.Series(list(map(str, cells)), index=column.index, dtype=object)


def looked_up(codes: pd.Series, known: Mapping[Any, object], otherwise: object = None) -> pd.Series:
    """What ``known`` says of each code, ``otherwise`` where it does not know it; quicker than ``Series.map``, which
    makes an index of ``known`` first.

    >>> looked_up(pd.Series(["high", "other"]), {"high": 3.0}, 1.0).tolist()
    [3.0, 1.0]
    """
    told = list(map(known.get, codes.tolist(), repeat(otherwise)))
    return pd.Series(told, index=codes.index, dtype=object)


def ranked(keys: pd.DataFrame, counted: pd.Series) -> pd.Series:
    """Place of each counted row, 1 for the first, when sorted by every column of ``keys``; the rest have none.

    >>> ranked(pd.DataFrame({"k": [3, 1, 2]}), pd.Series([True, True, False])).tolist()
    [2.0, 1.0, nan]
    """
    rows = np.flatnonzero(counted.to_numpy(dtype=bool))
    order = (
        keys.iloc[rows]
        .reset_index(drop=True)
        .sort_values(list(map(str, keys)), kind="stable")
        .index.to_numpy()
    )
    places = np.full(len(keys), np.nan)
    places[rows[order]] = np.arange(1.0, len(order) + 1)
    return pd.Series(places, index=keys.index)


def need_rows_apart(table: pd.DataFrame, step: str) -> None:
    """Refuse a table in which two rows have one number: rows of other tables name their customer by it."""
    if not table.index.is_unique:
        raise RepeatedRow(step=step, row=table.index[table.index.duplicated()][0])
