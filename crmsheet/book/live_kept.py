"""What stood in people's cells of an open workbook before we wrote there, to put back when the run fails midway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crmsheet.book.handed_values import ERRORS
from crmsheet.book.live_cells import put_cells, rows_of, typed, values_of
from crmsheet.book.sheet_plan import stored

TEXT_FORMAT = "@"


@dataclass(frozen=True)
class _Kept:
    """A range, its name, its contents as Excel takes them, and its number format where it has one."""

    cells: Any
    name: str
    rows: Sequence[Sequence[Any]]
    number_format: str | None


class KeptCells:
    """Ranges as they were, in the order in which they were written over."""

    def __init__(self) -> None:
        self._kept: list[_Kept] = []

    def keep(self, cells: Any) -> None:
        """Remember a range that is about to be written."""
        name = f"{cells.sheet.name}!{cells.get_address(row_absolute=False, column_absolute=False)}"
        number_format = cells.number_format  # none where its cells differ
        self._kept.append(_Kept(cells, name, _contents(cells), number_format and str(number_format)))

    def put_back(self) -> list[str]:
        """Put everything back, the latest first; names of the ranges that Excel would not take."""
        left = []
        for kept in reversed(self._kept):
            try:
                _restore(kept)
            except Exception:  # noqa: BLE001 - whatever Excel objects to, the others are put back
                left.append(kept.name)
        self._kept.clear()
        return left[::-1]


def _contents(cells: Any) -> list[list[Any]]:
    """Formulas as they are; what was typed goes by its value, since its formula does not tell text from numbers."""
    formulas = rows_of(cells.formula)
    if all(one in (None, "") or _is_formula(one) for line in formulas for one in line):
        return formulas
    values = values_of(cells)
    values += [[None] * len(formulas[0])] * (
        len(formulas) - len(values)
    )  # blank rows at the end may be left out
    return [
        [formula if _is_formula(formula) else _content(value) for formula, value in zip(*pair, strict=True)]
        for pair in zip(formulas, values, strict=True)
    ]


def _content(value: Any) -> Any:
    return value if isinstance(value, str) and value in ERRORS else typed(stored(value))


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _restore(kept: _Kept) -> None:
    if kept.number_format == TEXT_FORMAT and not isinstance(kept.rows[0][0], str):
        kept.cells.number_format = "General"  # a number put into a cell of text would become text
    put_cells(kept.cells, kept.rows)
    if kept.number_format is not None:
        kept.cells.number_format = kept.number_format
