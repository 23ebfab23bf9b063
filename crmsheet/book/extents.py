"""How large a sheet's used range is, found before anything holds it.

The value reader allocates the whole rectangle up to the last used row and column, and one stray cell at
XFD1048576 would end the process.
"""

from __future__ import annotations

import re

import numpy as np

from crmsheet.book.areas import MOST_COLUMNS, MOST_ROWS
from crmsheet.book.byte_pairs import has_capitals, places_of_pair
from crmsheet.model import column_number

MOST_CELLS = 30_000_000  # a full sheet of 26 columns: about 700 MB in the reader
SPARSEST = 8  # beyond that, at most this many places per used cell

SHORT_ROW = 4  # digits of a row that fits whatever its last column of two letters is

_ROW = b'<row r="'
_ROW_NUMBER = re.compile(rb"""<row\b[^>]*?\sr=["'](\d+)""")
_TWO_LETTERS = re.compile(rb"""r=["'][A-Z]{2}""")
_THREE_LETTERS = re.compile(rb"""r=["'][A-Z]{3}""")
_USED_CELL = re.compile(rb"""<c r="([A-Z]+)(\d+)"[^>]*(?<!/)>(?!</c>)""")


def too_large(xml: bytes) -> tuple[int, int] | None:
    """Rows and columns of a worksheet's used range when it cannot be held. ``xml`` is in plain form.

    >>> too_large(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    (1048576, 16384)
    >>> too_large(b'<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    """
    if _surely_fits(xml):
        return None
    used, rows, columns = _used(xml)
    legal = (
        rows <= MOST_ROWS and columns <= MOST_COLUMNS
    )  # longer names overflow the reader, however few they are
    fits = rows * columns <= max(MOST_CELLS, SPARSEST * used)
    return None if legal and fits else (rows, columns)


def _surely_fits(xml: bytes) -> bool:
    """A cheap bound: formatted blank cells count too."""
    start = max(xml.find(b"<sheetData"), 0)
    rows = _most_rows(xml, start)
    if not has_capitals(xml, start) or not _TWO_LETTERS.search(xml, start):
        return rows * 26 <= MOST_CELLS
    return rows * column_number("ZZ") <= MOST_CELLS and not _THREE_LETTERS.search(xml, start)


def _most_rows(xml: bytes, start: int) -> int:
    """At least the highest number of a row: no more than its digits say where that is few, else itself.

    >>> _most_rows(b'<row r="12"></row></sheetData>', 0), _most_rows(b'<row spans="1:2" r="7"></row>', 0)
    (9999, 7)
    """
    if not _has_long_rows(xml, start):
        return int("9" * SHORT_ROW)
    return max(map(int, _ROW_NUMBER.findall(xml, start)), default=1)


def _has_long_rows(xml: bytes, start: int) -> bool:
    """Whether a row may have a number of more than ``SHORT_ROW`` digits."""
    places = places_of_pair(xml, b"<r", start)
    letters = np.frombuffer(xml, np.uint8)
    behind = places + len(_ROW)
    if not len(places) or int(behind.max()) + SHORT_ROW >= len(xml):
        return True
    plain = all(bool((letters[places + at] == sign).all()) for at, sign in enumerate(_ROW))
    return not plain or bool((letters[behind + SHORT_ROW] - ord("0") < 10).any())


def _used(xml: bytes) -> tuple[int, int, int]:
    """Number of used cells, last used row, last used column."""
    count = last_row = 0
    names: set[bytes] = set()
    for cell in _USED_CELL.finditer(xml):
        names.add(cell[1])
        last_row = max(last_row, int(cell[2]))
        count += 1
    return count, last_row, max((column_number(name.decode()) for name in names), default=0)
