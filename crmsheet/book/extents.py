"""How large a sheet's used range is, found before anything holds it.

The value reader allocates the whole rectangle up to the last used row and column, and one stray cell at
XFD1048576 would end the process.
"""

from __future__ import annotations

import re

from crmsheet.book.areas import MOST_COLUMNS, MOST_ROWS
from crmsheet.model import column_number

MOST_CELLS = 30_000_000  # a full sheet of 26 columns: about 700 MB in the reader
SPARSEST = 8  # beyond that, at most this many places per used cell

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
    rows = max(map(int, _ROW_NUMBER.findall(xml)), default=1)
    if not _TWO_LETTERS.search(xml):
        return rows * 26 <= MOST_CELLS
    return rows * column_number("ZZ") <= MOST_CELLS and not _THREE_LETTERS.search(xml)


def _used(xml: bytes) -> tuple[int, int, int]:
    """Number of used cells, last used row, last used column."""
    count = last_row = 0
    names: set[bytes] = set()
    for cell in _USED_CELL.finditer(xml):
        names.add(cell[1])
        last_row = max(last_row, int(cell[2]))
        count += 1
    return count, last_row, max((column_number(name.decode()) for name in names), default=0)
