"""Where a user's cells on our sheet go when it is redrawn.

What stands beside a row of our table follows that row; what stands below or to the right of everything we
wrote makes room when we need more; what belongs to a row that is gone is kept below.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from crmsheet.book.areas import Area
from crmsheet.book.moved_formulas import follow, shift
from crmsheet.book.territory import Territory
from crmsheet.book.user_cells import Cells
from crmsheet.model import column_letters

_ADDRESS = re.compile(rb'^<c r="[A-Z]+\d+"')
_SHARED = re.compile(rb'<f\b(?=[^>]*\bt="shared")[^>]*?\bsi="(\d+)"[^>]*?(?:/>|>([^<]*)</f>)')
_ARRAY = re.compile(rb'(<f\b(?=[^>]*\bt="array")[^>]*?\bref=")[A-Z]+\d+"')
_WIDE_ARRAY = re.compile(rb'<f\b(?=[^>]*\bt="array")[^>]*?\bref="[A-Z]+\d+:')
_PLAIN = re.compile(rb"<f>([^<]*)</f>")


@dataclass(frozen=True)
class ColumnMoves:
    """Old column → new column, in the rows of one table."""

    first_row: int
    last_row: int
    columns: Mapping[int, int]


@dataclass(frozen=True)
class Moves:
    """``rows``: old row → new row beside our tables; ``tables``: where their columns go; ``blocks``: areas
    of the user's that stay in one piece.

    Everything else after the row ``bottom`` goes ``down`` rows further down, and after the column ``right``
    ``over`` columns further to the right.
    """

    rows: Mapping[int, int] = field(default_factory=dict)
    tables: tuple[ColumnMoves, ...] = ()
    blocks: tuple[Area, ...] = ()
    bottom: int = 0
    down: int = 0
    right: int = 0
    over: int = 0

    def row(self, row: int) -> int:
        return row + self.down if row > self.bottom else self.rows.get(row, row)

    def column(self, row: int, column: int) -> int:
        for table in self.tables:
            if table.first_row <= row <= table.last_row and column in table.columns:
                return table.columns[column]
        return column + self.over if column > self.right else column

    def place(self, row: int, column: int) -> tuple[int, int]:
        for block in self.blocks:
            if block.contains(Area(row, column, row, column)):
                moved = self.area(block)
                return row + moved.top - block.top, column + moved.left - block.left
        return self.row(row), self.column(row, column)

    def area(self, area: Area) -> Area:
        """Where an area goes as a whole: it makes room, but is not torn apart to follow single rows."""
        one_row = area.top == area.bottom
        down = self.row(area.top) - area.top if one_row or area.top > self.bottom else 0
        over = self.column(area.top, area.left) - area.left
        return Area(area.top + down, area.left + over, area.bottom + down, area.right + over)


def make_room(added: Cells, old: Territory, new: Territory) -> Moves:
    """The move that keeps ``added`` cells below and beside us clear of the ``new`` territory, if they are
    not yet.
    """
    old_end, new_end = _end(old), _end(new)
    below = [row for row in added if row > old_end.bottom]
    beside = [column for row, columns in added.items() if row <= old_end.bottom for column in columns]
    down = new_end.bottom - old_end.bottom if any(row <= new_end.bottom for row in below) else 0
    beyond = [column for column in beside if column > old_end.right]
    over = new_end.right - old_end.right if any(column <= new_end.right for column in beyond) else 0
    return Moves(bottom=old_end.bottom, down=max(down, 0), right=old_end.right, over=max(over, 0))


def _end(territory: Territory) -> Area:
    bottom = max((area.bottom for area in territory.areas), default=1)
    right = max((area.right for area in territory.areas), default=1)
    return Area(1, 1, bottom, right)


def can_part(added: Cells) -> bool:
    """Whether rows may go different ways: not where a formula fills several cells at once."""
    return not any(_WIDE_ARRAY.search(cell) for columns in added.values() for cell in columns.values())


def moved(added: Cells, moves: Moves, ours: Territory, first_free: int) -> tuple[Cells, int]:
    """``added`` at their new places, formulas adjusted.

    Cells whose place is ``ours`` or taken go into rows from ``first_free`` on; second comes how many such
    rows there are.
    """
    found: Cells = {}
    displaced: dict[int, int] = {}
    for row, columns in _unshared(added).items():
        for column, cell in columns.items():
            place = moves.place(row, column)
            taken = place[1] in found.get(place[0], {}) or ours.owns(Area(*place, *place))
            if taken:
                place = displaced.setdefault(row, first_free + len(displaced)), column
            found.setdefault(place[0], {})[place[1]] = _at(cell, row, place, moves)
    return found, len(displaced)


def _at(cell: bytes, old_row: int, place: tuple[int, int], moves: Moves) -> bytes:
    """``cell`` at its new ``place``. Its formula follows as far as it speaks of its own row, or of rows
    below us.
    """

    def followed(row: int, column: int) -> tuple[int, int]:
        moves_too = row == old_row or row > moves.bottom
        return (moves.row(row) if moves_too else row), moves.column(row, column)

    address = f"{column_letters(place[1])}{place[0]}".encode()
    cell = _ADDRESS.sub(b'<c r="%s"' % address, cell, count=1)
    cell = _ARRAY.sub(rb'\g<1>%s"' % address, cell)
    return _PLAIN.sub(lambda match: _formula(follow(_text(match[1]), followed)), cell)


def _unshared(added: Cells) -> Cells:
    """Formulas that were filled down share one text; each cell gets its own, because cells may part."""
    masters: dict[bytes, tuple[int, int, str]] = {}
    found: Cells = {}
    for row in sorted(added):
        for column in sorted(added[row]):
            cell = added[row][column]
            match = _SHARED.search(cell)
            if match:
                if match[2]:
                    masters[match[1]] = (row, column, _text(match[2]))
                cell = _SHARED.sub(b"", cell)
                if match[1] in masters:
                    top, left, text = masters[match[1]]
                    plain = _formula(shift(text, row - top, column - left))
                    cell = cell.replace(b">", b">" + plain, 1)
            found.setdefault(row, {})[column] = cell
    return found


def _text(formula: bytes) -> str:
    return html.unescape(formula.decode())


def _formula(text: str) -> bytes:
    return b"<f>" + html.escape(text, quote=False).encode() + b"</f>"
