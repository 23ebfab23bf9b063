"""A design opened as material for the graft: what XlsxWriter drew in memory, read back."""

from __future__ import annotations

import copy
import itertools
from functools import cached_property
from pathlib import Path

from lxml import etree

from crmsheet.book import partnames
from crmsheet.book.areas import Area
from crmsheet.book.cell_values import DAYS_TO_1904
from crmsheet.book.cells import last_row
from crmsheet.book.defined_names import PRINT_AREA, DefinedName, DefinedNames, rename_sheet
from crmsheet.book.design import Body, Design
from crmsheet.book.number_formats import shows_date
from crmsheet.book.ooxml import TAB_SELECTED, Dialect, child_named, elements, integer, local, parse, translate
from crmsheet.book.package import Package
from crmsheet.book.page_record import PageRecord, page_record
from crmsheet.book.relationships import Relationships
from crmsheet.book.styles import StyleMap, Styles
from crmsheet.book.territory import Territory
from crmsheet.book.workbook_part import WorkbookPart

REFERENCE_ELEMENTS = frozenset(("f", "formula", "formula1", "formula2"))


class Drawn:
    """A design opened for grafting, in the ``dialect`` of the workbook it goes to."""

    def __init__(self, design: Design, dialect: Dialect) -> None:
        self.bodies = _apart(design.bodies)
        self.dialect = dialect
        self.package = Package(design.package, Path("design.xlsx"))
        self.workbook = WorkbookPart(self.package)
        self._sheet = self.workbook.sheets()[0]
        self.part = self._sheet.part
        self.name = self._sheet.name
        self.root = parse(self.read(self.part))
        styles = self.package.relationships(self.workbook.name).of_kind("styles")[0]
        self.stylesheet = self.package.xml(styles.part)

    def read(self, part: str) -> bytes:
        """Content of one of the design's parts, in the workbook's dialect."""
        data = self.package.read(part)
        return translate(data, self.dialect) if partnames.extension(part) == "xml" else data

    @property
    def relationships(self) -> Relationships:
        return self.package.relationships(self.part)

    @property
    def frozen_columns(self) -> int:
        """Number of columns that stay in sight when the sheet is scrolled sideways."""
        pane = next(self.root.iter(self.dialect.q("pane")), None)
        return 0 if pane is None else integer(pane, "xSplit")

    def local_names(self) -> list[DefinedName]:
        """Print area, print titles and filter area of the sheet."""
        return [name for name in DefinedNames(self.workbook) if name.position == self._sheet.position]

    @cached_property
    def page(self) -> PageRecord:
        """How the sheet prints, on record."""
        areas = (name.text for name in self.local_names() if name.name == PRINT_AREA)
        return page_record(self.root, next(areas, None))

    @cached_property
    def territory(self) -> Territory:
        """The cells that the finished sheet will have."""
        cells: dict[int, set[int]] = {}
        for cell in self.root.iter(self.dialect.q("c")):
            place = Area.parse(cell.get("r", ""))
            if place:
                cells.setdefault(place.top, set()).add(place.left)
        bodies = [Area(b.first_row, 1, last_row(b), len(b.columns)) for b in self.bodies if b.columns]
        return Territory.of_cells(cells, bodies)

    def localised(self, styles: StyleMap, name: str, *, date1904: bool, selected: bool) -> etree._Element:
        """The sheet's root in terms of the workbook it goes to: its formats, its name, its calendar, own
        strings.
        """
        root = copy.deepcopy(self.root)
        cells = list(root.iter(self.dialect.q("c")))
        _inline_strings(cells, self.strings())
        if date1904:
            _shift_dates(cells, Styles(self.package, self.workbook))
        _map_styles(root, styles)
        rename_references(root, self.name, name)
        for view in root.iter(self.dialect.q("sheetView")):
            if not selected:  # a second selected tab would group the sheets in Excel
                view.attrib.pop(TAB_SELECTED, "")
        return root

    def strings(self) -> list[etree._Element]:
        """The design's shared strings."""
        links = self.package.relationships(self.workbook.name).of_kind("sharedStrings")
        return list(elements(parse(self.read(links[0].part)))) if links else []


def _apart(bodies: tuple[Body, ...]) -> tuple[Body, ...]:
    """Bodies from top to bottom; raises ``ValueError`` when two would write the same row."""
    ordered = tuple(sorted(bodies, key=lambda body: body.first_row))
    for above, below in itertools.pairwise(ordered):
        if last_row(above) >= below.first_row:
            raise ValueError(f"the bodies at rows {above.first_row} and {below.first_row} overlap")
    return ordered


def rename_references(root: etree._Element, old: str, new: str) -> None:
    """Turn formulas, chart ranges and links that speak of the sheet ``old`` to ``new``."""
    if old == new:
        return
    for element in root.iter("*"):
        if local(element) in REFERENCE_ELEMENTS and element.text:
            element.text = rename_sheet(element.text, old, new)
        location = element.get("location")
        if location:
            element.set("location", rename_sheet(location, old, new))


def _inline_strings(cells: list[etree._Element], strings: list[etree._Element]) -> None:
    """Put each shared string into its cell, so that the workbook's own string table stays untouched."""
    for cell in cells:
        value = child_named(cell, "v")
        if cell.get("t") == "s" and value is not None:
            string = strings[int(value.text or 0)]
            cell.set("t", "inlineStr")
            cell.remove(value)
            inline = etree.SubElement(cell, value.tag.removesuffix("v") + "is")
            inline.extend([copy.deepcopy(child) for child in elements(string)])


def _map_styles(root: etree._Element, styles: StyleMap) -> None:
    for element in root.iter("*"):
        name = local(element)
        if name in ("c", "row") and element.get("s"):
            element.set("s", str(styles.cells[integer(element, "s")]))
        elif name == "col" and element.get("style"):
            element.set("style", str(styles.cells[integer(element, "style")]))
        elif name == "cfRule" and element.get("dxfId"):
            element.set("dxfId", str(styles.differential[integer(element, "dxfId")]))


def _shift_dates(cells: list[etree._Element], styles: Styles) -> None:
    """XlsxWriter counts days from 1900; a workbook of the other calendar needs the same days counted from
    1904.
    """
    for cell in cells:
        value = child_named(cell, "v")
        plain = cell.get("t", "n") == "n" and child_named(cell, "f") is None
        if value is not None and plain and shows_date(styles.number_format(integer(cell, "s"))):
            value.text = repr(float(value.text or 0) - DAYS_TO_1904).removesuffix(".0")
