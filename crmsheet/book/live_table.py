"""The live columns of a sheet: the Excel table that carries them, renewed cell by cell when a refresh is written.

Only cells of those columns are touched, and only where they differ; a sheet without live columns keeps every byte.
"""

from __future__ import annotations

import contextlib
import html
import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.cell_updates import CellFormats, column_styles, extended_head, sheet_pieces
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.design import Formula
from crmsheet.book.ooxml import child_named, elements
from crmsheet.book.package import Package
from crmsheet.book.patch import STYLE, CellPatch, Edit, Position, cell_bytes

_CELL_FORMULA = re.compile(rb"<f\b([^>]*)(?:/>|>([^<]*)</f>)")
_CELL_VALUE = re.compile(rb"<v\b[^>]*>([^<]*)</v>|<is>(.*?)</is>", re.S)
_SHARED = re.compile(rb'<f\b(?=[^>]*\st="shared")[^>]*?\sref="([^"]+)"')


@dataclass(frozen=True)
class LiveTable:
    """A table with live columns: its name, its cells, the sheet column of each header, the formulas it records."""

    part: str
    name: str
    area: Area
    columns: Mapping[str, int]
    formulas: Mapping[int, str]
    has_totals: bool = False

    @property
    def rows(self) -> range:
        """Rows of its body."""
        return range(self.area.top + 1, self.area.bottom + 1 - self.has_totals)


def find_live_table(package: Package, sheet_part: str, headers: Iterable[str]) -> LiveTable | None:
    """The table of a sheet that records a formula for one of the columns ``headers``."""
    wanted = set(headers)
    for link in package.relationships(sheet_part).of_kind("table"):
        if link.part in package:
            table = _read(link.part, package.parsed(link.part))
            if table and any(table.columns.get(header) in table.formulas for header in wanted):
                return table
    return None


def _read(part: str, root: etree._Element) -> LiveTable | None:
    area = Area.parse(root.get("ref", ""))
    if area is None or root.get("headerRowCount", "1") == "0":
        return None
    columns: dict[str, int] = {}
    formulas: dict[int, str] = {}
    for place, column in enumerate(elements(child_named(root, "tableColumns")), start=area.left):
        columns[column.get("name", "")] = place
        formula = child_named(column, "calculatedColumnFormula")
        if formula is not None and formula.text:
            formulas[place] = formula.text
    totals = root.get("totalsRowCount", "0") != "0"
    return LiveTable(part, root.get("displayName", ""), area, columns, formulas, totals)


def record(package: Package, table: LiveTable, formulas: Mapping[int, str]) -> None:
    """Write the columns' formulas into the table, for the rows that Excel will add to it."""
    known = {place: text for place, text in formulas.items() if place in table.formulas}
    if all(table.formulas[place] == text for place, text in known.items()):
        return
    root = package.xml(table.part)
    for place, column in enumerate(elements(child_named(root, "tableColumns")), start=table.area.left):
        formula = child_named(column, "calculatedColumnFormula")
        if formula is not None and place in known:
            formula.text = known[place]
    package.edited(table.part)


@dataclass(frozen=True)
class LiveChanges:
    """Cells whose bytes changed, and those among them that a person had typed over, with what stood there.

    Where no live cell held a formula, nobody typed over one: a sheet that was too long for formulas has become shorter.
    """

    changed: tuple[Position, ...] = ()
    overwritten: Mapping[Position, str] = field(default_factory=dict)


def renew_cells(
    package: Package,
    part: str,
    cells: Mapping[Position, object],
    how: tuple[CellFormats, CellWriter, Mapping[int, str]],
) -> LiveChanges:
    """Write ``cells`` (formulas and values) over what stands there; ``how`` ends with the recorded formulas."""
    formats, writer, recorded = how
    pieces, _ = sheet_pieces(package, part)
    with package.reading(part):
        styles = column_styles(pieces.skeleton())
    patch = _LivePatch(
        pieces.rows, writer, formats.style, lambda column: styles.get(column, 0), recorded=recorded
    )
    rows = list(patch.apply(_free(cells, pieces.rows)))
    if patch.changed:
        head = extended_head(pieces.head, patch.changed)
        package.put(part, itertools.chain([head, b"<sheetData>"], rows, [b"</sheetData>", pieces.tail]))
    overwritten = dict(sorted(patch.overwritten.items())) if patch.had_formulas else {}
    return LiveChanges(tuple(sorted(patch.changed)), overwritten)


def _free(cells: Mapping[Position, object], rows: bytes) -> dict[Position, object]:
    """``cells`` without columns whose shared formula reaches cells we do not write: those would lose it."""
    areas = [area for match in _SHARED.finditer(rows) if (area := Area.parse(match[1].decode()))]
    blocked = {
        column
        for area in areas
        for column in range(area.left, area.right + 1)
        if any((row, column) in cells for row in (area.top, area.bottom))
        and any((row, one) not in cells for row in range(area.top, area.bottom + 1)
                for one in range(area.left, area.right + 1))
    }  # fmt: skip
    return {where: value for where, value in cells.items() if where[1] not in blocked}


@dataclass
class _LivePatch(CellPatch):
    """Writes over formulas too, leaves equal cells alone, and remembers what a person had put there."""

    recorded: Mapping[int, str] = field(default_factory=dict)
    overwritten: dict[Position, str] = field(default_factory=dict)
    had_formulas: bool = False

    def _cell_edit(self, where: Position, value: object, within: tuple[int, int], head: bytes) -> Edit | None:
        start, end = self._find(where, within)
        if start < 0:
            return super()._cell_edit(where, value, within, head)
        old = self.rows[start:end]
        self.had_formulas = self.had_formulas or b"<f" in old
        style = STYLE.search(old, 0, old.find(b">"))
        look = self.style(int(style[1]) if style else 0, value, where)
        new = cell_bytes(where, look, self.writer.tail(value) or "/>")
        if _content(old) == _content(new):
            return None
        self._remember(where, old, (value, _content(new)[1]))
        self.changed.append(where)
        return Edit(start, end, new)

    def _remember(self, where: Position, old: bytes, ours: tuple[object, str | float]) -> None:
        formula, shown = _content(old)
        value, computed = ours
        if not isinstance(value, Formula):
            return
        known = {value.text, self.recorded.get(where[1], "")}
        if formula and formula not in known and not formula.startswith("#shared"):
            self.overwritten[where] = f"={formula}"
        elif not formula and shown not in ("", computed):
            self.overwritten[where] = (
                "" if b' t="s"' in old[: old.find(b">")]
                else shown if isinstance(shown, str)
                else f"{shown:.15g}"
            )  # fmt: skip


def _content(cell: bytes) -> tuple[str, str | float]:
    """Formula and value of a cell, spelling aside."""
    value = _CELL_VALUE.search(cell)
    text = html.unescape(((value[1] or value[2] or b"") if value else b"").decode("utf-8", "replace"))
    shown: str | float = re.sub(r"<[^>]*>", "", text)
    if b' t="' not in cell[: cell.find(b">")] and shown:
        with contextlib.suppress(ValueError):  # other programs write booleans as numbers
            shown = float(shown)
    return cell_formula(cell), shown


def cell_formula(cell: bytes) -> str:
    """Formula of a cell given as XML, blank when it has none; ``#shared`` where another cell spells it."""
    formula = _CELL_FORMULA.search(cell)
    if formula is None:
        return ""
    shared = not formula[2] and b"shared" in formula[1]
    return "#shared" if shared else html.unescape((formula[2] or b"").decode())
