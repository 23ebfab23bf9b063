"""Any DataFrame will do: columns of pandas' other kinds are read as numpy's, and given back as they were."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import wraps
from typing import Any, ParamSpec

import numpy as np
import pandas as pd
from pandas.api import types
from pandas.api.extensions import ExtensionDtype

_Given = ParamSpec("_Given")


def step(function: Callable[_Given, pd.DataFrame]) -> Callable[_Given, pd.DataFrame]:
    """A step that need not know of nullable, Arrow, categorical or zoned columns.

    What is missing in them is NaN, NaT or None, as in a table read from a workbook. Columns the step leaves
    alone keep their kind.

    >>> doubled = step(lambda t: t.assign(twice=t["n"] * 2))
    >>> doubled(pd.DataFrame({"n": pd.array([1, None], dtype="Int64")})).dtypes.astype(str).tolist()
    ['Int64', 'float64']
    """

    @wraps(function)
    def run(*given: _Given.args, **named: _Given.kwargs) -> pd.DataFrame:
        plain: Any = [plainly(one) for one in given]
        options: Any = {name: plainly(one) for name, one in named.items()}
        result = function(*plain, **options)
        tables: Any = zip((*given, *named.values()), (*plain, *options.values()), strict=True)
        table, read = next(tables)  # the first argument, however it was given
        if read is table:
            return result
        kept = [name for name in table if name in result and result[name].equals(read[name])]
        return _with_columns(result, {name: table[name] for name in kept})

    return run


def plainly(table: Any) -> Any:
    """A table without columns of other kinds than numpy's and pandas' own texts; what is no table as it is."""
    if not isinstance(table, pd.DataFrame):
        return table
    odd = [
        name for name, kind in table.dtypes.items() if isinstance(kind, ExtensionDtype) and kind.name != "str"
    ]
    return _with_columns(table, {name: _plain(table[name]) for name in odd}) if odd else table


def _with_columns(table: pd.DataFrame, columns: Mapping[Hashable, pd.Series]) -> pd.DataFrame:
    """As ``assign`` does, whatever a column is named by."""
    changed = table.copy(deep=False)
    for name, column in columns.items():
        changed[name] = column
    return changed


def _plain(column: pd.Series) -> pd.Series:
    kind = column.dtype
    if isinstance(kind, pd.CategoricalDtype):
        column = column.astype(kind.categories.dtype)
        kind = column.dtype
        if not isinstance(kind, ExtensionDtype):
            return column
    if types.is_datetime64_any_dtype(kind):  # the day in its own zone is the day that was meant
        zoned = getattr(kind, "tz", None) or getattr(getattr(kind, "pyarrow_dtype", None), "tz", None)
        days = column.dt.tz_localize(None) if zoned else column
        return days.astype("datetime64[us]")
    if types.is_numeric_dtype(kind) and not types.is_bool_dtype(kind):
        return pd.Series(column.to_numpy("float64", na_value=np.nan), index=column.index)
    objects = column.astype(object)
    return objects.where(objects.notna(), None)
