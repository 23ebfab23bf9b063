"""Puts one analysis sheet into a workbook, or redraws it in place."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book import drawings, tables
from crmsheet.book.areas import Area, bounding
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.cells import fixed_rows, sheet_data
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.drawn import Drawn
from crmsheet.book.grafting import Graft
from crmsheet.book.ooxml import (
    SHEET_TYPE,
    WORKSHEET_ORDER,
    Dialect,
    child_named,
    elements,
    ensure_child,
    local,
    parse,
    references,
    serialise,
)
from crmsheet.book.package import Package
from crmsheet.book.relationships import Link, Relationships
from crmsheet.book.sheet_merge import merge
from crmsheet.book.sheet_xml import split
from crmsheet.book.styles import StyleMap
from crmsheet.book.tables import OldTable, TableNames
from crmsheet.book.territory import Territory
from crmsheet.book.user_cells import Cells, user_cells
from crmsheet.book.workbook_part import WorkbookPart, relationship_id

PENDING = "new:"  # relationship ids of the design, until they are given ids that are free in the workbook


@dataclass
class OldSheet:
    """An own sheet as it stands in the file: all but its rows, the user's cells, and our tables and
    drawing.
    """

    root: etree._Element
    ours: Territory
    added: Cells = field(default_factory=dict)
    tables: list[OldTable] = field(default_factory=list)
    drawing: Link | None = None


@dataclass(frozen=True)
class Place:
    """Where a sheet goes: the package, the part, the sheet's name, and the workbook it belongs to.

    ``selected``: whether the workbook opens on it.
    """

    package: Package
    part: str
    name: str
    workbook: WorkbookPart
    selected: bool = False

    @property
    def dialect(self) -> Dialect:
        return self.workbook.dialect

    @property
    def relationships(self) -> Relationships:
        return self.package.relationships(self.part)


def read_old(package: Package, part: str, ours: Territory) -> OldSheet:
    """The own sheet ``part``, on which ``ours`` are the cells we wrote last time."""
    with package.reading(part):
        pieces = split(package.read(part))
        root = pieces.skeleton()
    drawing = child_named(root, "drawing")
    link = None if drawing is None else package.relationships(part).get(relationship_id(drawing))
    return OldSheet(
        root=root,
        ours=ours,
        added=user_cells(pieces.rows, ours),
        tables=tables.tables_within(package, part, ours),
        drawing=link if link and link.part in package else None,
    )


def draw(place: Place, drawn: Drawn, styles: StyleMap, names: DefinedNames, old: OldSheet | None) -> int:
    """Write the sheet, redrawing ``old`` in place; returns how many texts had to be cut to Excel's limit."""
    package = place.package
    before = package.reachable()
    taken = TableNames(package, names)
    _release(place, old, taken)
    freed = before - package.reachable()
    graft = Graft(package, drawn, place.name, freed)
    root = _merged(place, drawn, styles, old)
    _connect(graft, place, root, old)
    _put_tables(graft, place, root, _Tables(old.tables if old else [], taken, styles.differential))
    place.relationships.sort()
    shortened = _write(place, drawn, root, old)
    for part in before - package.reachable():
        package.remove(part)
    return shortened


def _release(place: Place, old: OldSheet | None, taken: TableNames) -> None:
    """Let go of what we put on the sheet last time: tables, links inside our area, charts and pictures."""
    if old is None:
        for stray in list(place.relationships):  # left behind by a sheet that is gone
            place.relationships.drop(stray.id)
        return
    for table in old.tables:
        place.relationships.drop(table.relationship)
        taken.release(table)
    for hyperlink in elements(child_named(old.root, "hyperlinks")):
        area, linked = Area.parse(hyperlink.get("ref", "")), relationship_id(hyperlink)
        if linked and area and old.ours.owns(area):
            place.relationships.drop(linked)
    if old.drawing:
        drawings.release(place.package, old.drawing.part, place.dialect)


def _merged(place: Place, drawn: Drawn, styles: StyleMap, old: OldSheet | None) -> etree._Element:
    calendar = place.workbook.date1904
    new = drawn.localised(styles, place.name, date1904=calendar, selected=place.selected)
    for element, attribute, value in references(new, place.dialect):
        element.set(attribute, PENDING + value)
    return merge(new, old.root if old else None, old.ours if old else Territory(), place.dialect)


def _connect(graft: Graft, place: Place, root: etree._Element, old: OldSheet | None) -> None:
    """Bring in what the merged sheet takes from the design: links, drawing, notes, pictures. Tables come
    later.
    """
    found = references(root, place.dialect)
    pending = {
        value.removeprefix(PENDING): (e, name) for e, name, value in found if value.startswith(PENDING)
    }
    theirs = frozenset(value for _, _, value in found if not value.startswith(PENDING))
    with_notes = any(local(element) == "legacyDrawing" for element, _ in pending.values())
    old_drawing = old.drawing if old else None
    for link in graft.drawn.relationships:
        if link.kind == "table" or (link.id not in pending and not (link.kind == "comments" and with_notes)):
            continue
        if link.kind == "drawing":
            new_id = _put_drawing(graft, place, link, old_drawing)
        else:
            new_id = place.relationships.free_id(theirs)
            graft.relate(place.part, new_id, link)
        if link.id in pending:
            element, attribute = pending[link.id]
            element.set(attribute, new_id)
    if old_drawing and not graft.drawn.relationships.of_kind("drawing"):
        _clear_drawing(place, root, old_drawing)


def _put_drawing(graft: Graft, place: Place, link: Link, old: Link | None) -> str:
    part = drawings.put(graft, link.part, old.part if old else None)
    if old:
        return old.id
    new_id = place.relationships.free_id()
    place.relationships.add(new_id, graft.type_of(link), part=part)
    return new_id


def _clear_drawing(place: Place, root: etree._Element, old: Link) -> None:
    """The new design draws nothing: the user's pictures stay, an empty drawing goes."""
    if drawings.clear(place.package, old.part):
        return
    drawing = child_named(root, "drawing")
    if drawing is not None:
        root.remove(drawing)
    place.relationships.drop(old.id)


@dataclass(frozen=True)
class _Tables:
    """Our tables of last time, the names taken in the workbook, and where the design's formats went."""

    old: list[OldTable]
    taken: TableNames
    differential: dict[int, int]


def _put_tables(graft: Graft, place: Place, root: etree._Element, known: _Tables) -> None:
    """Write the design's tables and list them on the sheet, with those a user made outside our area."""
    sources = [link for link in graft.drawn.relationships.of_kind("table")]
    roots = [parse(graft.drawn.read(link.part)) for link in sources]
    continued = tables.match(roots, known.old)
    for old in filter(None, continued):
        known.taken.keep(old)
    for link, before in zip(sources, continued, strict=True):
        part = tables.put(graft, link.part, before, known.taken, known.differential)
        new_id = place.relationships.free_id()
        place.relationships.add(new_id, graft.type_of(link), part=part)
    _list_tables(place, root)


def _list_tables(place: Place, root: etree._Element) -> None:
    old_list = child_named(root, "tableParts")
    if old_list is not None:
        root.remove(old_list)
    ids = sorted((link.id for link in place.relationships.of_kind("table")), key=lambda i: (len(i), i))
    if ids:
        parts = ensure_child(root, place.dialect.q("tableParts"), WORKSHEET_ORDER)
        parts.set("count", str(len(ids)))
        for table_id in ids:
            etree.SubElement(parts, place.dialect.q("tablePart")).set(place.dialect.r("id"), table_id)


def _write(place: Place, drawn: Drawn, root: etree._Element, old: OldSheet | None) -> int:
    added = old.added if old else {}
    cells = [Area(row, column, row, column) for row, columns in added.items() for column in columns]
    dimension = ensure_child(root, place.dialect.q("dimension"), WORKSHEET_ORDER)
    dimension.set("ref", str(bounding([*drawn.territory().areas, *cells])))
    writer = CellWriter(date1904=place.workbook.date1904)
    pieces = split(serialise(root))
    rows = sheet_data(fixed_rows(pieces.rows), drawn.bodies, added, writer)
    place.package.put(place.part, itertools.chain([pieces.head], rows, [pieces.tail]))
    place.package.types.declare(place.part, SHEET_TYPE)
    return writer.shortened
