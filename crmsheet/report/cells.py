"""What a table of a report prints: each cell as text, with the tone of its look and the value it sorts by."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from crmsheet.book.printed import cell_values, printed
from crmsheet.view import Column, TableBlock

NUMERIC = ("integer", "nonzero", "decimal", "score", "money", "wan", "percent")


@dataclass(frozen=True, slots=True)
class Cell:
    """``text`` as printed; ``order`` sorts numbers as numbers; ``bar`` is the share of a full bar, 0–1.

    ``layout`` is ``number`` (to the right), ``date`` (never broken) or blank.
    """

    text: str
    tone: str = ""
    order: str = ""
    bar: float = 0.0
    layout: str = ""


def table_cells(table: TableBlock) -> list[list[Cell]]:
    """The rows of a table as cells.

    >>> frame = pd.DataFrame({"n": [0.256, None]})
    >>> [row[0].text for row in table_cells(TableBlock("t", frame, (Column("n", "N", "percent"),)))]
    ['25.6%', '']
    """
    columns = [list(_column_cells(table.frame[column.code], column)) for column in table.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def total_cells(table: TableBlock) -> list[Cell]:
    """The line below a table; empty when it has none."""
    if not table.total:
        return []
    return [_cell(table.total.get(column.code), column, 0.0) for column in table.columns]


def _column_cells(values: pd.Series, column: Column) -> Iterator[Cell]:
    largest = float(values.astype("float64").max()) if column.bar and len(values) else 0.0
    longest = column.highest if column.bar and column.highest is not None else largest
    for value in cell_values(values, column.format):
        yield _cell(value, column, longest)


def _cell(value: object, column: Column, longest: float) -> Cell:
    text = printed(value, column)
    layout = "number" if column.format in NUMERIC else "date" if column.format == "date" else ""
    order = ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        order = repr(float(value))
    elif isinstance(value, date):
        order = value.isoformat()
    share = float(value) / longest if order and longest > 0 and isinstance(value, int | float) else 0.0
    bar = share if math.isfinite(share) else 0.0
    return Cell(text, column.tones.get(text, ""), order, max(bar, 0.0), layout)
