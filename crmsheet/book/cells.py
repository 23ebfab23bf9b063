"""``<sheetData>`` as a stream: whole columns are spelled at once, rows are put together from them.

Rows come from three sources: fixed rows of a design (titles, headers, totals), bodies (columns of values),
and cells a user added to the right of ours, which stay where they are.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from crmsheet.book.cell_values import CellWriter
from crmsheet.book.column_cells import ColumnCells
from crmsheet.book.design import Body
from crmsheet.model import column_number

__all__ = ["Body", "FixedRow", "fixed_rows", "SheetRows", "last_row", "sheet_data"]

ROWS_AT_ONCE = 2048  # more is not faster, and their pieces take memory

_ROW = re.compile(rb"<row\b([^>]*?)(?:/>|>(.*?)</row>)", re.S)
_CELL = re.compile(rb'<c r="([A-Z]+)\d+"[^>]*?(?:/>|>.*?</c>)', re.S)
_STYLE = re.compile(rb'\ss="(\d+)"')
_NUMBER = re.compile(rb'\br="(\d+)"')


@dataclass(frozen=True, slots=True)
class FixedRow:
    """One row in XML form: its attributes but ``r``, and each cell by column number."""

    attributes: bytes = b""
    cells: Mapping[int, bytes] = field(default_factory=dict)


def last_row(body: Body) -> int:
    """Last row of ``body``; an empty one keeps its pattern row."""
    return body.first_row + max(len(body), 1) - 1


def fixed_rows(sheet_data: bytes) -> dict[int, FixedRow]:
    """Rows of a serialised ``<sheetData>``, by number."""
    rows = {}
    for match in _ROW.finditer(sheet_data):
        number = _NUMBER.search(match[1])
        cells = {column_number(cell[1].decode()): cell[0] for cell in _CELL.finditer(match[2] or b"")}
        if number:
            rows[int(number[1])] = FixedRow(_other_attributes(match[1]), cells)
    return rows


def _other_attributes(attributes: bytes) -> bytes:
    """Row attributes without the number, and without spans, which extra cells would make wrong."""
    return re.sub(rb'\s+(?:r|spans)="[^"]*"', b"", attributes)


@dataclass(frozen=True)
class SheetRows:
    """All rows of a sheet. ``added`` holds a user's cells by row and column; where both exist, ours win.

    ``hidden`` rows are those that a filter does not let through.
    """

    fixed: Mapping[int, FixedRow] = field(default_factory=dict)
    bodies: Sequence[Body] = ()
    added: Mapping[int, Mapping[int, bytes]] = field(default_factory=dict)
    hidden: Set[int] = frozenset()


def sheet_data(rows: SheetRows, writer: CellWriter) -> Iterator[bytes]:
    """``<sheetData>`` in pieces."""
    yield b"<sheetData>"
    gaps = [Body(row, ()) for row in _gaps(rows)]
    for body in sorted([*gaps, *rows.bodies], key=lambda body: body.first_row):
        if len(body):
            yield from _body_rows(body, rows, writer)
        else:
            yield _fixed_row(body.first_row, rows)
    yield b"</sheetData>"


def _gaps(rows: SheetRows) -> list[int]:
    """Numbers of rows that no body covers."""
    covered = [range(body.first_row, last_row(body) + 1) for body in rows.bodies]
    return [row for row in {*rows.fixed, *rows.added} if not any(row in body for body in covered)]


def _fixed_row(number: int, rows: SheetRows) -> bytes:
    row = rows.fixed.get(number, FixedRow())
    cells = {**rows.added.get(number, {}), **row.cells}
    inner = b"".join(cells[column] for column in sorted(cells))
    return b'<row r="%d"%s>%s</row>' % (number, row.attributes, inner) if inner or row.attributes else b""


def _body_rows(body: Body, rows: SheetRows, writer: CellWriter) -> Iterator[bytes]:
    pattern = rows.fixed.get(body.first_row, FixedRow())
    if any(len(column) != len(body) for column in body.columns):
        raise ValueError(f"the columns of the body at row {body.first_row} differ in length")
    columns = [
        ColumnCells(place, _style(pattern.cells.get(place, b"")), column, writer)
        for place, column in enumerate(body.columns, start=1)
    ]
    for start in range(0, len(body), ROWS_AT_ONCE):
        numbers = range(body.first_row + start, body.first_row + min(start + ROWS_AT_ONCE, len(body)))
        spelled = [b"%d" % number for number in numbers]
        chosen = slice(start, start + len(numbers))
        cells = [pieces for column in columns for pieces in column.pieces(chosen, spelled)]
        right = _cells_to_the_right(numbers, len(columns), rows)
        heads = _row_heads(body, pattern, numbers, rows.hidden)
        yield b"".join(itertools.chain.from_iterable(zip(heads, *cells, right, itertools.repeat(b"</row>"))))


def _row_heads(body: Body, pattern: FixedRow, numbers: range, hidden: Set[int]) -> list[bytes]:
    """The opening tag of each row."""
    attributes = pattern.attributes.decode()
    if body.row_height is None:
        heads = [f'<row r="{number}"{attributes}>' for number in numbers]
    else:
        attributes = re.sub(r'\s+(?:ht|customHeight)="[^"]*"', "", attributes)
        heights = _heights(body.row_height, numbers.start - body.first_row, len(numbers))
        heads = [
            f'<row r="{number}"{attributes} ht="{height:g}" customHeight="1">'
            for number, height in zip(numbers, heights, strict=True)
        ]
    if hidden:
        marked = zip(numbers, heads, strict=True)
        heads = [f'{head[:-1]} hidden="1">' if number in hidden else head for number, head in marked]
    return list(map(str.encode, heads))


def _heights(height: float | Sequence[float], start: int, count: int) -> Sequence[float]:
    return [height] * count if isinstance(height, int | float) else height[start : start + count]


def _style(cell: bytes) -> str:
    match = _STYLE.search(cell)
    return match[1].decode() if match and match[1] != b"0" else ""


def _cells_to_the_right(numbers: range, width: int, rows: SheetRows) -> list[bytes]:
    """Fixed and added cells beyond the body's columns, joined, one string of bytes per row."""
    if not rows.added and not any(number in rows.fixed for number in numbers):
        return [b""] * len(numbers)
    return [_beyond(width, number, rows) for number in numbers]


def _beyond(width: int, number: int, rows: SheetRows) -> bytes:
    fixed = rows.fixed.get(number, FixedRow())
    cells = {**rows.added.get(number, {}), **fixed.cells}
    return b"".join(cells[column] for column in sorted(cells) if column > width)
