"""Changes cells on a user's own sheet: what may be changed, in which format, and what the sheet must know
then.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book.areas import MOST_COLUMNS, MOST_ROWS, Area
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.number_formats import TEXT_FORMAT, shows_date
from crmsheet.book.ooxml import child_named, elements, integer
from crmsheet.book.package import Package
from crmsheet.book.patch import CellChanges, CellPatch, Position, Refusal
from crmsheet.book.sheet_xml import SheetXml, split, split_as_is
from crmsheet.book.styles import Styles

DATE_FORMAT, MOMENT_FORMAT, GENERAL = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "General"
_DIMENSION = re.compile(rb'(<dimension\b[^>]*?\sref=")([^"]*)(")')


def update_cells(
    package: Package, part: str, updates: Mapping[Position, object], formats: CellFormats, writer: CellWriter
) -> CellChanges:
    """Write ``updates`` into the sheet ``part`` of ``package``."""
    pieces, plain_form = sheet_pieces(package, part)
    with package.reading(part):
        root = pieces.skeleton()
    protected = _protected(package, part, root)
    refused = {where: reason for where in updates if (reason := _refusal(where, protected))}
    allowed = {where: value for where, value in updates.items() if where not in refused}
    columns = column_styles(root)
    patch = CellPatch(pieces.rows, writer, formats.style, lambda column: columns.get(column, 0))
    rows = list(patch.apply(allowed))
    if patch.changed:
        head = extended_head(pieces.head, patch.changed)
        package.put(part, itertools.chain([head, b"<sheetData>"], rows, [b"</sheetData>", pieces.tail]))
    return CellChanges(tuple(sorted(patch.changed)), {**refused, **patch.refused}, plain_form)


def sheet_pieces(package: Package, part: str) -> tuple[SheetXml, bool]:
    data = package.read(part)
    as_is = split_as_is(data)
    if as_is is not None:
        return as_is, True
    with package.reading(part):
        return split(data), False


@dataclass
class CellFormats:
    """Chooses a cell's format: its own, with another number format where the value could not be read
    otherwise. ``looks`` are whole formats that cells are to wear.
    """

    styles: Styles
    wanted: Mapping[Position, str] = field(default_factory=dict)
    looks: Mapping[Position, int] = field(default_factory=dict)
    _known: dict[tuple[int, str], int] = field(default_factory=dict)
    _codes: dict[int, str] = field(default_factory=dict)

    def style(self, old: int, value: object, where: Position) -> int:
        """Index of the format for ``value`` in a cell that had format ``old``."""
        old = self.looks.get(where, old)
        code = self.wanted.get(where) or self._needed(old, value)
        if not code:
            return old
        if (old, code) not in self._known:
            self._known[old, code] = self.styles.with_number_format(old, code)
        return self._known[old, code]

    def _needed(self, old: int, value: object) -> str:
        if old not in self._codes:
            self._codes[old] = self.styles.number_format(old)
        current = self._codes[old]
        if isinstance(value, dt.date):
            plain = MOMENT_FORMAT if isinstance(value, dt.datetime) else DATE_FORMAT
            return "" if shows_date(current) else plain
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return GENERAL if number and (current == TEXT_FORMAT or shows_date(current)) else ""


def _protected(package: Package, part: str, root: etree._Element) -> list[tuple[Area, Area, Refusal]]:
    """Areas of which only the second, inner area may be changed, and why."""
    nothing = Area(0, 0, 0, 0)
    found: list[tuple[Area, Area, Refusal]] = []
    for merged in elements(child_named(root, "mergeCells")):
        area = Area.parse(merged.get("ref", ""))
        if area:
            found.append((area, Area(area.top, area.left, area.top, area.left), "merged"))
    for area in _table_edges(package, part):
        found.append((area, nothing, "table_header"))
    return found


def _table_edges(package: Package, part: str) -> Iterator[Area]:
    """Header and total rows of the tables on a sheet: Excel repairs a header that differs from its
    column's name.
    """
    for link in package.relationships(part).of_kind("table"):
        table = package.xml(link.part) if link.part in package else None
        area = Area.parse(table.get("ref", "")) if table is not None else None
        if table is None or area is None:
            continue
        if table.get("headerRowCount", "1") != "0":
            yield Area(area.top, area.left, area.top, area.right)
        if table.get("totalsRowCount", "0") != "0":
            yield Area(area.bottom, area.left, area.bottom, area.right)


def _refusal(where: Position, protected: list[tuple[Area, Area, Refusal]]) -> Refusal | None:
    row, column = where
    if not (1 <= row <= MOST_ROWS and 1 <= column <= MOST_COLUMNS):
        return "outside"
    cell = Area(row, column, row, column)
    for area, open_part, reason in protected:
        if area.contains(cell) and not open_part.contains(cell):
            return reason
    return None


def column_styles(root: etree._Element) -> dict[int, int]:
    """Format of each column that has one of its own."""
    return {
        number: integer(column, "style")
        for column in elements(child_named(root, "cols"))
        if column.get("style")
        for number in range(integer(column, "min", 1), min(integer(column, "max", 1), MOST_COLUMNS) + 1)
    }


def extended_head(head: bytes, changed: list[Position]) -> bytes:
    """``head`` whose ``<dimension>`` also covers ``changed``."""
    match = _DIMENSION.search(head)
    old = Area.parse(match[2].decode()) if match else None
    if match is None or old is None:
        return head
    rows, columns = [row for row, _ in changed], [column for _, column in changed]
    new = Area(min(old.top, *rows), min(old.left, *columns), max(old.bottom, *rows), max(old.right, *columns))
    reference = str(new).encode()
    return head[: match.start(2)] + reference + head[match.end(2) :]
