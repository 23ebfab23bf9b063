"""The guide in an open Excel: its index leads to the analysis sheets that are there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from crmsheet.book.guide_index import MOST_ROWS, index_changes
from crmsheet.book.live_cells import write_cells
from crmsheet.book.live_looks import Attempt
from crmsheet.book.live_typed import OpenCells


def renew_open_index(
    sheet: Any, tabs: Mapping[str, str], keep: Callable[[Any], None], attempt: Attempt
) -> None:
    """Write what :func:`index_changes` finds; ``keep`` is told of each cell before it is written."""
    seen = OpenCells(sheet)
    texts = {
        (row, column): str(value)
        for row, line in enumerate(seen.formulas[:MOST_ROWS], start=seen.top)
        for column, value in enumerate(line, start=seen.left)
        if value not in (None, "")
    }
    changes = index_changes(texts, tabs)
    for where, value in changes.cells.items():
        cell = sheet.range(where)
        keep(cell)
        write_cells(cell, [[value]])
    for where, model in changes.looks.items():
        fonts = (sheet.range(place).api.Font for place in (where, model))
        attempt(_copy_font, *fonts)


def _copy_font(font: Any, model: Any) -> None:
    font.Color, font.Underline = model.Color, model.Underline
