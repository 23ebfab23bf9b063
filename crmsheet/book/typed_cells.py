"""Finds what somebody typed over the cells of our lists since we wrote them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
            record = read_record(_pieces(rows, row, strings))
            yield from _found(sheet.name, table, rows, (record, strings))


def _pieces(rows: bytes, first: int, strings: Sequence[str]) -> Iterator[str]:
    """The texts of a record, one below the other, of which the last is shorter."""
    below = cells_of_rows(rows, [range(first, first + MOST_PIECES)])
    for row in range(first, first + MOST_PIECES):
        cell = below.get(row, {}).get(1, b"")
        piece = _text(cell, strings)
        yield piece
        if len(piece) < LONGEST_PIECE:
            return


def _found(
    sheet: str, table: OldTable, rows: bytes, known: tuple[CellRecord, Sequence[str]]
) -> Iterator[TypedCell]:
    record, strings = known
    area, headers = table.area, table.columns
    for row, cells in cells_of_rows(rows, [range(area.top + 1, area.bottom + 1)]).items():
        columns = range(area.left, area.left + len(headers))
        texts = [_text(cells[column], strings) if column in cells else "" for column in columns]
        for place in record.typed_over(headers, texts):
            named = record.named(headers, texts)
            yield TypedCell(sheet, row, area.left + place, headers[place], texts[place], named)


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
