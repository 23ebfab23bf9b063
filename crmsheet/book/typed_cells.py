"""Finds what somebody typed over the cells of our lists since we wrote them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from crmsheet.book.cell_record import LONGEST_PIECE, OPENS, CellRecord, read_record, spelled_cell
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.package import Package
from crmsheet.book.row_keys import cell_text
from crmsheet.book.shared_strings import SharedStrings
from crmsheet.book.sheet_xml import split
from crmsheet.book.tables import OldTable, tables_within
from crmsheet.book.user_cells import cells_of_rows
from crmsheet.book.workbook_part import WorkbookPart

_SIMPLE = re.compile(
    rb"<c ([^>]*)>(?:(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>([^<]+)</v>|<is><t[^>]*>([^<]*)</t></is>)</c>"
)
_KIND = re.compile(rb'\bt="(\w+)"')
# The first cell of a row that holds a text: in the cell, or by its number in the workbook's list of texts.
_FIRST = re.compile(
    rb'<c r="A(\d+)"(?:[^>]* t="s"[^>]*><v>(\d+)</v>|[^>]*><is><t[^>]*>(' + OPENS.encode() + b"))"
)


MOST_PIECES = 100
Line = tuple[int, Sequence[str]]  # number of a row and the texts of its cells, as a record spells them


@dataclass(frozen=True, slots=True)
class TypedCell:
    """A cell of a list that no longer holds what we wrote. ``named`` is the text of the first column that says
    what the row is about; row and column count from 1.
    """

    sheet: str
    row: int
    column: int
    header: str
    text: str
    named: str


def typed_over(
    sheet: str, headers: Sequence[str], left: int, lines: Iterable[Line], record: CellRecord
) -> Iterator[TypedCell]:
    """What was typed over in one list whose first column is ``left``, whichever host read its rows."""
    for row, texts in lines:
        for place in record.typed_over(headers, texts):
            yield TypedCell(
                sheet, row, left + place, headers[place], texts[place], record.named(headers, texts)
            )


def whole_pieces(texts: Iterable[str]) -> Iterator[str]:
    """The texts of one record among those that stand below one another: all but its last are full."""
    for piece in islice(texts, MOST_PIECES):
        yield piece
        if len(piece) < LONGEST_PIECE:
            return


def typed_cells(package: Package, workbook: WorkbookPart, names: DefinedNames) -> Iterator[TypedCell]:
    """What was typed over in every own sheet, from the records in their hidden rows."""
    strings = SharedStrings(package, workbook)
    records = {str(index).encode() for index, text in enumerate(strings) if text.startswith(OPENS)}
    areas = names.own_areas()
    for key, sheet in names.own_sheets().items():
        if package.stands_as_written(sheet.part):
            continue
        with package.reading(sheet.part):
            rows = split(package.read(sheet.part)).rows
        places = [int(match[1]) for match in _FIRST.finditer(rows) if match[3] or match[2] in records]
        tables = tables_within(package, sheet.part, areas[key][1])
        for row, table in zip(places, tables, strict=False):
            below = cells_of_rows(rows, [range(row, row + MOST_PIECES)])
            texts = (_text(below.get(one, {}).get(1, b""), strings) for one in range(row, row + MOST_PIECES))
            record = read_record(whole_pieces(texts))
            yield from typed_over(
                sheet.name, table.columns, table.area.left, _lines(table, rows, strings), record
            )


def _lines(table: OldTable, rows: bytes, strings: Sequence[str]) -> Iterator[Line]:
    area = table.area
    columns = range(area.left, area.left + len(table.columns))
    for row, cells in cells_of_rows(rows, [range(area.top + 1, area.bottom + 1)]).items():
        yield row, [_text(cells[column], strings) if column in cells else "" for column in columns]


def _text(cell: bytes, strings: Sequence[str]) -> str:
    """Text of a cell as the record spells it; only odd cells are parsed."""
    simple = _SIMPLE.fullmatch(cell)
    if simple is None:
        return _spelled(cell_text(cell, strings)) if len(cell) and b">" in cell else ""
    kind, text = _KIND.search(simple[1]), html.unescape((simple[2] or simple[3] or b"").decode())
    if kind is None or kind[1] == b"n":
        return _spelled(text)
    if kind[1] != b"s":
        return spelled_cell(text)
    return spelled_cell(strings[int(text)]) if int(text) < len(strings) else ""


def _spelled(text: str) -> str:
    try:
        return spelled_cell(float(text))
    except ValueError:
        return spelled_cell(text)
