"""The guide in a file: its cells as the index is recognised by, and what of them is to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crmsheet.book.cell_updates import sheet_pieces
from crmsheet.book.guide_index import MOST_ROWS, index_changes
from crmsheet.book.live_table import cell_formula
from crmsheet.book.package import Package
from crmsheet.book.patch import STYLE, Position
from crmsheet.book.row_keys import cell_text
from crmsheet.book.user_cells import cells_of_rows


def read_changes(
    package: Package, part: str, strings: Sequence[str], tabs: Mapping[str, str]
) -> tuple[dict[Position, object], dict[Position, int]]:
    """Cells of the guide ``part`` to write, so that its index leads to ``tabs``, and the format each is to wear."""
    pieces, _ = sheet_pieces(package, part)
    rows = cells_of_rows(pieces.rows, [range(1, MOST_ROWS)])
    cells = {(row, column): cell for row, found in rows.items() for column, cell in found.items()}
    texts = {where: text for where, cell in cells.items() if (text := _text(cell, strings))}
    changes = index_changes(texts, tabs)
    return changes.cells, {where: _style(cells[model]) for where, model in changes.looks.items()}


def _text(cell: bytes, strings: Sequence[str]) -> str:
    formula = cell_formula(cell)
    return f"={formula}" if formula else cell_text(cell, strings)


def _style(cell: bytes) -> int:
    style = STYLE.search(cell, 0, cell.find(b">"))
    return int(style[1]) if style else 0
