"""Columns of texts on their way from one pass to the next: as Arrow columns, which are quicker kept than cells, and
published as they stand where no step has changed them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.batch.parts import keep, kept, library, plain_column, stow, stowed

_NOTHING = np.nan  # which is one object, and the cells of a field that nobody has


def keep_frame(frame: pd.DataFrame, texts: Path, rest: Path) -> None:
    """Keep ``frame`` for a later pass: its texts, and all else."""
    pa = library("pyarrow")
    found = {name: _texts(column) for name, column in frame.items() if column.dtype == object}
    told = {name: column for name, column in found.items() if column is not None}
    stow(pa.table(told), texts)
    keep(rest, (list(frame), frame.drop(columns=list(told))))


def kept_frame(texts: Path, rest: Path) -> tuple[pd.DataFrame, Any]:
    """A frame that was kept, cell by cell what it was, and its texts as an Arrow table."""
    told = stowed(texts)
    names, others = kept(rest)
    cells = pd.DataFrame({name: _cells(told[name]) for name in told.column_names}).set_axis(others.index)
    joined: pd.DataFrame = pd.concat([cells, others], axis=1)[names]
    return joined, told


def texts_of(table: Any) -> Any:
    """The columns of a table whose texts stand in dictionaries, of each column in one."""
    kinds = library("pyarrow").types
    texts = [field.name for field in table.schema if kinds.is_dictionary(field.type)]
    return table.select(texts).unify_dictionaries()


def unchanged(texts: Any, before: pd.DataFrame, after: pd.DataFrame) -> Any:
    """The ``texts`` that are ``after`` the steps what they were ``before``."""
    same = [
        name for name in texts.column_names if name in after and before[name].tolist() == after[name].tolist()
    ]
    return texts.select(same)


def _texts(column: pd.Series) -> Any:
    """The Arrow column that gives just these cells back, or None."""
    pa = library("pyarrow")
    cells = column.to_numpy()
    if len(cells) and cells[0] is _NOTHING:
        return pa.nulls(len(cells)) if cells.tolist().count(_NOTHING) == len(cells) else None
    try:
        return pa.array(cells, pa.dictionary(pa.int32(), pa.string()), from_pandas=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError):  # cells of another kind, or missing in more ways than one
        return None


def _cells(texts: Any) -> pd.Series:
    if library("pyarrow").types.is_null(texts.type):
        return pd.Series(np.full(len(texts), _NOTHING, dtype=object), dtype=object)
    return plain_column(texts)
