"""Workbooks one below the other: many small ones are checked as one table, which costs what one of them would.

A row's label says where it is from: the workbook's place in the stack, and its Excel row. In a single workbook, which
is a stack of one, the label is the row. What relates rows to each other must stay within a workbook: it compares
values that :func:`apart` keeps apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.clean.headers import header_unit
from crmsheet.fields import readable_fields
from crmsheet.labels import labels_of_headers
from crmsheet.model import Table, Tables

_ROWS = 32  # bits of a label that are the row's; a text file may have more rows than a sheet
_ROW = (1 << _ROWS) - 1


def place_of(label: int) -> int:
    """Which workbook of its stack a row is of, from 0."""
    return label >> _ROWS


def row_of(label: int) -> int:
    """The Excel row of a label."""
    return label & _ROW


def places_of(labels: pd.Index | pd.Series) -> npt.NDArray[np.intp]:
    """The workbook of each row, all of them 0 where labels are no numbers."""
    if labels.dtype.kind != "i":
        return np.zeros(len(labels), dtype=np.intp)
    return (labels.to_numpy(dtype=np.int64) >> _ROWS).astype(np.intp)  # what numpy counts by, on 32 bits too


def rows_of(labels: pd.Index | pd.Series) -> npt.NDArray[np.int64]:
    """The Excel row of each label."""
    return labels.to_numpy(dtype=np.int64) & _ROW


def labels_of(places: Any, rows: Any) -> Any:
    """The labels of rows of workbooks: numbers, or arrays of them."""
    return (places << _ROWS) | rows


def apart(values: pd.Series, labels: pd.Index | pd.Series | None = None) -> pd.Series:
    """Texts that are equal only within one workbook; blank and missing ones stay. ``labels`` are those of the index.

    >>> apart(pd.Series(["C1", "C1", ""], index=[2, (1 << 32) + 2, (1 << 32) + 3])).tolist()
    ['C1', '1\\nC1', '']
    """
    places = places_of(values.index if labels is None else labels)
    if not places.any():
        return values
    told = [
        f"{place}\n{value}" if place and isinstance(value, str) and value else value
        for place, value in zip(places.tolist(), values.tolist(), strict=True)
    ]
    return pd.Series(told, index=values.index, dtype=values.dtype)


def within(
    frame: pd.DataFrame, labels: pd.Index | pd.Series, function: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """What ``function`` makes of each workbook's rows, one below the other; a stack's rows stand in its order."""
    places = places_of(labels)
    starts = np.flatnonzero(np.diff(places)) + 1
    if not len(starts):
        return function(frame)
    bounds = [0, *starts.tolist(), len(frame)]
    return pd.concat(
        [function(frame.iloc[start:end]) for start, end in zip(bounds, bounds[1:], strict=False)]
    )


@dataclass(frozen=True)
class StackedTable(Table):
    """One standard sheet of several workbooks. ``raw`` has the columns that are read; its labels say the workbook."""

    tables: tuple[Table, ...] = ()

    # Both are asked for every finding, so what place_of and row_of say is written out.
    def at(self, label: int) -> Table:
        return self.tables[label >> _ROWS]

    def cell(self, row: int, column: str) -> str:
        return self.tables[row >> _ROWS].cell(row & _ROW, column)


Form = tuple[object, ...]


def form_of(tables: Tables) -> Form:
    """Equal for workbooks that can be stacked: the same columns in the same units and language, the same calendar."""
    sheets = tuple(
        (
            code,
            labels_of_headers(table.headers).language,
            tuple((name, header_unit(table.headers.get(name, ""))) for name in _read_columns(code, table)),
        )
        for code, table in tables.tables.items()
    )
    own = tuple((key, tuple(map(str, frame.columns))) for key, frame in sorted(tables.own.items()))
    return sheets, own, tuple(sorted(tables.holidays.items()))


def alike(books: Mapping[int, Tables]) -> list[list[int]]:
    """The numbers of the workbooks, those of one form together."""
    groups: dict[Form, list[int]] = {}
    for number, tables in books.items():
        groups.setdefault(form_of(tables), []).append(number)
    return list(groups.values())


def stack(books: Sequence[Tables]) -> Tables:
    """Workbooks of one form as one; to be judged by one day and the same rules, whatever their settings say."""
    first = books[0]
    if len(books) == 1:
        return first
    return Tables(
        tables={code: _stacked(code, [book.tables[code] for book in books]) for code in first.tables},
        holidays=first.holidays,
        own={key: _below(book.own[key] for book in books) for key in first.own},
    )


def _stacked(code: str, tables: Sequence[Table]) -> Table:
    columns, first = _read_columns(code, tables[0]), tables[0]
    raw = _below(_of(table.raw, columns) for table in tables)
    return StackedTable(
        first.sheet, raw, first.letters, first.headers, first.header_row, tables=tuple(tables)
    )


def _read_columns(code: str, table: Table) -> list[str]:
    known = readable_fields(code)
    return [name for name in table.raw.columns if name in known]


def _of(raw: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """These columns; most workbooks have no others."""
    return raw if raw.columns.tolist() == columns else raw[columns]


def _below(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """The frames one below the other, each row with its label."""
    parts: list[Any] = list(frames)
    labels = [labels_of(place, rows_of(part.index)) for place, part in enumerate(parts)]
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together.set_axis(pd.Index(np.concatenate(labels), dtype="int64"))
