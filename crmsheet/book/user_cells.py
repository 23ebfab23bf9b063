"""Cells that a user put on one of our sheets: beside our tables, below them, or in gaps between what we
drew.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from crmsheet.book.areas import Area, columns_beyond
from crmsheet.book.territory import Territory
from crmsheet.model import column_number

Cells = dict[int, dict[int, bytes]]  # row → column → the cell as XML

_ROW_START = re.compile(rb'<row\b[^>]*?\sr="(\d+)"')


def user_cells(rows: bytes, ours: Territory) -> Cells:
    """Cells in ``rows`` (plain form) that are not ours, coloured blank ones too."""
    starts = [(int(match[1]), match.start()) for match in _ROW_START.finditer(rows)]
    if starts != sorted(starts):
        return _cells(rows, 0, list(ours.areas))
    found: Cells = {}
    first = 1
    for top, bottom, areas in [*ours.bands(), (1 << 30, 1 << 30, [])]:
        found.update(_cells(_slice(rows, starts, first, top), 0, []))
        found.update(_cells(_slice(rows, starts, top, bottom + 1), _from_the_left(areas), areas))
        first = bottom + 1
    return found


def cells_of_rows(rows: bytes, wanted: Sequence[range]) -> Cells:
    """All cells of the rows whose numbers lie in any of the ranges ``wanted``."""
    if not wanted:
        return {}
    starts = [(int(match[1]), match.start()) for match in _ROW_START.finditer(rows)]
    ends = [place for _, place in starts[1:]] + [len(rows)]
    found: Cells = {}
    for (number, start), end in zip(starts, ends, strict=True):
        if any(number in span for span in wanted):
            found.update(_cells(rows[start:end], 0, []))
    return found


def _slice(rows: bytes, starts: list[tuple[int, int]], first: int, after: int) -> bytes:
    """Bytes of the rows from number ``first`` up to, not with, ``after``."""
    begin, end = (bisect.bisect_left(starts, (number, -1)) for number in (first, after))
    places = [place for _, place in (*starts[begin : begin + 1], *starts[end : end + 1])]
    if begin >= end:
        return b""
    return rows[places[0] : places[1]] if len(places) > 1 else rows[places[0] :]


def _from_the_left(areas: list[Area]) -> int:
    """Number of columns, from A on, that are ours without a gap: the bulk of a table, which need not be
    scanned.
    """
    column = 0
    for area in sorted(areas, key=lambda area: area.left):
        if area.left <= column + 1:
            column = max(column, area.right)
    return column


def _cells(rows: bytes, beyond: int, ours: list[Area]) -> Cells:
    """Cells to the right of column ``beyond`` that lie in none of the areas ``ours``."""
    letters = columns_beyond(beyond) if beyond else "[A-Z]{1,3}"
    pattern = re.compile(rf'<c r="({letters})(\d+)"[^>]*?(?:/>|>(?:.*?)</c>)'.encode(), re.S)
    found: Cells = {}
    for match in pattern.finditer(rows):
        row, column = int(match[2]), column_number(match[1].decode())
        cell = Area(row, column, row, column)
        if not any(area.contains(cell) for area in ours):
            found.setdefault(row, {})[column] = match[0]
    return found
