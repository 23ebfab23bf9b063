"""``workbook.xml``: the list of sheets, what is protected, which calendar is used."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.ooxml import (
    DIALECTS,
    STRICT,
    TRANSITIONAL,
    WORKBOOK_ORDER,
    Dialect,
    attribute_is_true,
    elements,
    ensure_child,
    integer,
)
from crmsheet.book.package import Package

BINARY_TYPE = "application/vnd.ms-excel.sheet.binary"
SHEET_KINDS = ("worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet")


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One tab: its name, the part that holds it, and its place. ``id`` is Excel's sheetId, not the place."""

    name: str
    id: int
    kind: str
    part: str
    position: int
    hidden: bool
    relationship: str


class WorkbookPart:
    """The main part of ``package``."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.name = _main_part(package)
        self.root = package.xml(self.name)
        self.dialect = _dialect(package, self.root, self.name)
        self._mentioned = frozenset(re.findall(r'"(rId\d+)"', etree.tostring(self.root, encoding="unicode")))
        if self.root.find(self.dialect.q("sheets")) is None:
            package.fail(self.name, "no_sheets")
        self.sheets()  # a wrong number in the list is refused here, where the reader catches it

    @property
    def date1904(self) -> bool:
        """Whether dates count from 1904, as in workbooks from old Macs."""
        return attribute_is_true(self.root.find(self.dialect.q("workbookPr")), "date1904")

    @property
    def structure_locked(self) -> bool:
        return attribute_is_true(self.root.find(self.dialect.q("workbookProtection")), "lockStructure")

    def edited(self) -> None:
        self._package.edited(self.name)

    # Sheets

    def sheets(self) -> list[SheetEntry]:
        """Every tab whose part exists, in order of the tabs."""
        links = self._package.relationships(self.name).by_id()
        found = []
        for position, element in enumerate(elements(self._sheet_list())):
            link = links.get(relationship_id(element) or "")
            if link and link.part in self._package:
                found.append(
                    SheetEntry(
                        name=element.get("name", ""),
                        id=integer(element, "sheetId"),
                        kind=link.kind,
                        part=self._package.actual(link.part) or link.part,
                        position=position,
                        hidden=element.get("state", "visible") != "visible",
                        relationship=link.id,
                    )
                )
        return found

    def sheet(self, name: str) -> SheetEntry | None:
        """The tab called ``name``; Excel compares sheet names without case."""
        return next((sheet for sheet in self.sheets() if sheet.name.lower() == name.lower()), None)

    def add_sheet(self, name: str, part: str, *, position: int, hidden: bool) -> None:
        """Put a tab for ``part`` at ``position``."""
        sheets = self._sheet_list()
        ids = [integer(element, "sheetId") for element in elements(sheets)]
        element = sheets.makeelement(self.dialect.q("sheet"), {})
        element.set("name", name)
        element.set("sheetId", str(max(ids, default=0) + 1))
        if hidden:
            element.set("state", "hidden")
        element.set(self.dialect.r("id"), self.relate("worksheet", part))
        following = list(elements(sheets))[position:]
        if following:
            following[0].addprevious(element)
        else:
            sheets.append(element)
        self.edited()

    def rename_sheet(self, sheet: SheetEntry, name: str) -> None:
        for element in elements(self._sheet_list()):
            if relationship_id(element) == sheet.relationship:
                element.set("name", name)
        self.edited()

    def remove_sheet(self, sheet: SheetEntry) -> None:
        """Take a tab and its relationship out; the part itself stays with the caller."""
        for element in list(elements(self._sheet_list())):
            if relationship_id(element) == sheet.relationship:
                self._sheet_list().remove(element)
        self._package.relationships(self.name).drop(sheet.relationship)
        self.edited()

    def count(self) -> int:
        """Number of tabs, with those whose part is missing."""
        return sum(1 for _ in elements(self._sheet_list()))

    def tabs_moved(self, change: int, *, from_position: int) -> None:
        """Keep every window on its tab when the tabs from ``from_position`` on have moved by ``change``."""
        views = ensure_child(self.root, self.dialect.q("bookViews"), WORKBOOK_ORDER)
        if not len(views):
            views.append(views.makeelement(self.dialect.q("workbookView"), {}))
        last = max(self.count() - 1, 0)
        for view in elements(views):
            active = integer(view, "activeTab")
            moved = active + change if active >= from_position else active
            if moved != active:
                view.set("activeTab", str(min(max(moved, 0), last)))
            if integer(view, "firstSheet") > last:
                view.set("firstSheet", str(last))
        self.edited()

    def activate(self, position: int) -> None:
        """Open the workbook on the tab at ``position``."""
        for view in elements(self.root.find(self.dialect.q("bookViews"))):
            view.set("activeTab", str(position))
        self.edited()

    def _sheet_list(self) -> etree._Element:
        return ensure_child(self.root, self.dialect.q("sheets"), WORKBOOK_ORDER)

    # Relationships and calculation

    def relate(self, kind: str, part: str) -> str:
        """Relationship id that leads from the workbook to ``part``."""
        relationships = self._package.relationships(self.name)
        new = relationships.free_id(self._mentioned)
        relationships.add(new, self.dialect.relationship(kind), part=part)
        return new

    def recalculate_on_load(self) -> None:
        """Ask Excel to compute all formulas when it opens the file."""
        calculation = ensure_child(self.root, self.dialect.q("calcPr"), WORKBOOK_ORDER)
        if not attribute_is_true(calculation, "fullCalcOnLoad"):
            calculation.set("fullCalcOnLoad", "1")
            self.edited()


def relationship_id(element: etree._Element) -> str | None:
    """Value of ``r:id`` in either dialect."""
    return next((value for d in DIALECTS if (value := element.get(d.r("id")))), None)


def _main_part(package: Package) -> str:
    links = package.relationships("").of_kind("officeDocument")
    name = package.actual(links[0].part) if links else None
    if name is None:
        package.fail(links[0].part if links else "_rels/.rels", "missing")
    if package.types.of(name).startswith(BINARY_TYPE):
        package.fail(name, "binary")
    return name


def _dialect(package: Package, root: etree._Element, name: str) -> Dialect:
    main = root.tag.rpartition("}")[0].lstrip("{")
    if main not in (TRANSITIONAL.main, STRICT.main):
        package.fail(name, "namespace", main)
    link = package.relationships("").of_kind("officeDocument")[0]
    office = STRICT if link.type.startswith(STRICT.office) else TRANSITIONAL
    drawing = STRICT if main == STRICT.main else TRANSITIONAL
    return Dialect(main=main, office=office.office, drawing=drawing.drawing)
