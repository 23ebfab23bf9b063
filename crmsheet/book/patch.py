"""Changes single cells in the rows of a sheet: every byte outside those cells is passed on as it was.

Rows are in the plain form of :mod:`sheet_xml`. Cells that hold formulas are refused, because a value would
destroy them; so are cells that belong to an array formula, hide under a merged cell, or name a column of a
table.
"""

from __future__ import annotations

import bisect
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from crmsheet.book.areas import Area
from crmsheet.book.cell_values import CellWriter
from crmsheet.model import column_letters, column_number

Position = tuple[int, int]
Refusal = Literal["formula", "array_formula", "merged", "table_header", "outside", "protected"]

_ROW = re.compile(rb'<row\b[^>]*?\sr="(\d+)"[^>]*>')
_ADDRESS = re.compile(rb'<c r="([A-Z]+)\d+"')
STYLE = re.compile(rb'\ss="(\d+)"')
_FORMULA = re.compile(rb"<f[\s/>]")
_ARRAY = re.compile(rb'<f\b(?=[^>]*\st="(?:array|dataTable)")[^>]*?\sref="([^"]+)"')
_SPANS = re.compile(rb'\s+spans="[^"]*"')


@dataclass(frozen=True)
class CellChanges:
    """What became of requested changes. Positions are (row, column), counted from 1.

    ``plain_form`` is False when the sheet had to be rewritten in plain form first: equal content, other
    bytes.
    """

    changed: tuple[Position, ...]
    refused: Mapping[Position, Refusal]
    plain_form: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes ``start`` to ``end`` of the rows become ``new``."""

    start: int
    end: int
    new: bytes


@dataclass
class CellPatch:
    """Collects edits to ``rows``. ``style`` gives a cell's new format from its old one and the value.

    ``inherited`` is the format a new cell takes from its column.
    """

    rows: bytes
    writer: CellWriter
    style: Callable[[int, object, Position], int]
    inherited: Callable[[int], int]
    changed: list[Position] = field(default_factory=list)
    refused: dict[Position, Refusal] = field(default_factory=dict)

    def apply(self, updates: Mapping[Position, object]) -> Iterator[bytes]:
        """The rows with ``updates`` in place, in pieces."""
        edits = sorted(self._edits(updates), key=lambda edit: (edit.start, edit.end))
        done = 0
        for edit in edits:
            yield self.rows[done : edit.start]
            yield edit.new
            done = edit.end
        yield self.rows[done:]

    def _edits(self, updates: Mapping[Position, object]) -> Iterator[Edit]:
        places = {int(match[1]): match.span() for match in _ROW.finditer(self.rows)}
        numbers = sorted(places)
        arrays = [area for match in _ARRAY.finditer(self.rows) if (area := Area.parse(match[1].decode()))]
        allowed = {where: value for where, value in updates.items() if not self._in_array(where, arrays)}
        for number, group in itertools.groupby(sorted(allowed), key=lambda where: where[0]):
            cells = {column: allowed[number, column] for _, column in group}
            if number in places:
                yield from self._row_edits(number, places[number], cells)
            else:
                after = bisect.bisect(numbers, number)
                place = places[numbers[after]][0] if after < len(numbers) else len(self.rows)
                yield from self._new_row(number, place, cells)

    def _in_array(self, where: Position, arrays: list[Area]) -> bool:
        cell = Area(*where, *where)
        inside = any(area.contains(cell) for area in arrays)
        if inside:
            self.refused[where] = "array_formula"
        return inside

    def _new_row(self, number: int, place: int, cells: Mapping[int, object]) -> Iterator[Edit]:
        new = b"".join(self._new_cell((number, column), value) for column, value in cells.items())
        if new:
            yield Edit(place, place, b'<row r="%d">%s</row>' % (number, new))

    def _row_edits(self, number: int, tag: tuple[int, int], cells: Mapping[int, object]) -> Iterator[Edit]:
        start, inner = tag
        head = self.rows[start:inner]
        if head.endswith(b"/>"):
            new = b"".join(self._new_cell((number, column), value, head) for column, value in cells.items())
            if new:
                yield Edit(start, inner, _SPANS.sub(b"", head[:-2]) + b">" + new + b"</row>")
            return
        end = self.rows.find(b"</row>", inner)
        inserted = False
        for column, value in cells.items():
            edit = self._cell_edit((number, column), value, (inner, end), head)
            inserted = inserted or (edit is not None and edit.start == edit.end)
            if edit is not None:
                yield edit
        if inserted and _SPANS.search(head):  # a wrong span is worse than none
            yield Edit(start, inner, _SPANS.sub(b"", head))

    def _cell_edit(self, where: Position, value: object, within: tuple[int, int], head: bytes) -> Edit | None:
        start, end = self._find(where, within)
        if start < 0:
            new = self._new_cell(where, value, head)
            place = self._place(where[1], within)
            return Edit(place, place, new) if new else None
        old = self.rows[start:end]
        if _FORMULA.search(old):
            self.refused[where] = "formula"
            return None
        style = STYLE.search(old, 0, old.find(b">"))
        self.changed.append(where)
        look = self.style(int(style[1]) if style else 0, value, where)
        return Edit(start, end, cell_bytes(where, look, self.writer.tail(value) or "/>"))

    def _find(self, where: Position, within: tuple[int, int]) -> tuple[int, int]:
        """Where the cell stands; (-1, -1) when the row has none there."""
        row, column = where
        start = self.rows.find(b'<c r="%s%d"' % (column_letters(column).encode(), row), *within)
        if start < 0:
            return -1, -1
        tag_end = self.rows.find(b">", start)
        if self.rows[tag_end - 1 : tag_end] == b"/":
            return start, tag_end + 1
        return start, self.rows.find(b"</c>", tag_end) + len(b"</c>")

    def _place(self, column: int, within: tuple[int, int]) -> int:
        """Before the first cell of the row that stands further right."""
        for match in _ADDRESS.finditer(self.rows, *within):
            if column_number(match[1].decode()) > column:
                return match.start()
        return within[1]

    def _new_cell(self, where: Position, value: object, head: bytes = b"") -> bytes:
        """A cell where there was none, in the format of its row or column; nothing for a blank."""
        tail = self.writer.tail(value)
        if not tail:
            return b""
        row_style = STYLE.search(head) if b"customFormat=" in head else None
        self.changed.append(where)
        style = self.style(int(row_style[1]) if row_style else self.inherited(where[1]), value, where)
        return cell_bytes(where, style, tail)


def cell_bytes(where: Position, style: int, tail: str) -> bytes:
    attribute = f' s="{style}"' if style else ""
    return f'<c r="{column_letters(where[1])}{where[0]}"{attribute}{tail}'.encode("utf-8", "surrogatepass")
