"""The tables of one own sheet: which continue which, and which columns a user added to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book import filters, tables
from crmsheet.book.areas import Area
from crmsheet.book.design import Body
from crmsheet.book.drawn import Drawn
from crmsheet.book.grafting import Graft
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.ooxml import WORKSHEET_ORDER, child_named, elements, ensure_child, parse
from crmsheet.book.place import Place
from crmsheet.book.relationships import Link
from crmsheet.book.relocation import Continued
from crmsheet.book.tables import OldTable, TableNames
from crmsheet.book.territory import Territory


@dataclass(frozen=True)
class PlannedTable:
    """One table of the design, its rows, the old one it continues, and the user's columns it takes over."""

    link: Link
    root: etree._Element
    body: Body | None
    old: OldTable | None
    added: list[etree._Element] = field(default_factory=list)


def plan(drawn: Drawn, old: OldSheet | None) -> list[PlannedTable]:
    links = drawn.relationships.of_kind("table")
    roots = [parse(drawn.read(link.part)) for link in links]
    matched = tables.match(roots, old.tables if old else [])
    return [
        PlannedTable(link, root, _body(root, drawn), before, _users_columns(before, old) if old else [])
        for link, root, before in zip(links, roots, matched, strict=True)
    ]


def _body(table: etree._Element, drawn: Drawn) -> Body | None:
    """The streamed rows of a table: the body right below its header."""
    area = Area.parse(table.get("ref", ""))
    return next((body for body in drawn.bodies if area and body.first_row == area.top + 1), None)


def _users_columns(table: OldTable | None, old: OldSheet) -> list[etree._Element]:
    """Columns at the table's right end whose headers we did not write: Excel takes in what is typed beside
    a table.
    """
    if table is None:
        return []
    area = table.area
    columns = list(elements(child_named(table.root, "tableColumns")))
    theirs: list[etree._Element] = []
    for place in reversed(range(len(columns))):
        column = area.left + place
        if old.ours.owns(Area(area.top, column, area.top, column)):
            break
        theirs.insert(0, columns[place])
    return theirs


def continued(planned: Sequence[PlannedTable]) -> list[Continued]:
    """The tables whose rows can be followed: those that continue an old one and whose rows are streamed."""
    return [Continued(table.root, table.old, table.body) for table in planned if table.old and table.body]


@dataclass(frozen=True)
class TableHome:
    """What tables need to know of the workbook they come to."""

    taken: TableNames
    differential: dict[int, int]
    ours: Territory


def release(place: Place, old: OldSheet | None, taken: TableNames) -> None:
    """Let go of our tables; :func:`put` gives continued ones their names and ids back."""
    for table in old.tables if old else []:
        place.relationships.drop(table.relationship)
        taken.release(table)


def put(
    graft: Graft, place: Place, root: etree._Element, planned: Sequence[PlannedTable], home: TableHome
) -> frozenset[int]:
    """Write the tables and list them on the sheet, with those a user made outside our cells.

    Returns the rows that the filters set on them hide.
    """
    hidden: set[int] = set()
    for table in planned:
        if table.old is not None:
            home.taken.keep(table.old)
    for table in planned:
        added = table.added if _fits(table, home.ours) else []
        part = tables.put(
            graft, table.link.part, tables.Heir(table.old, added), home.taken, home.differential
        )
        new_id = place.relationships.free_id()
        place.relationships.add(new_id, graft.type_of(table.link), part=part)
        if table.body is not None:
            hidden |= filters.hidden_rows(graft.package.parsed(part), table.body)
    _list(place, root)
    return frozenset(hidden)


def _fits(table: PlannedTable, ours: Territory) -> bool:
    """Whether the user's columns still stand right beside the table, clear of what else we draw."""
    area = Area.parse(table.root.get("ref", ""))
    if table.old is None or area is None:
        return False
    beside = Area(area.top, area.right + 1, area.bottom, area.right + len(table.added))
    same_place = table.old.area.right - len(table.added) == area.right
    return same_place and not ours.meets(beside)


def _list(place: Place, root: etree._Element) -> None:
    old_list = child_named(root, "tableParts")
    if old_list is not None:
        root.remove(old_list)
    ids = sorted((link.id for link in place.relationships.of_kind("table")), key=lambda i: (len(i), i))
    if ids:
        parts = ensure_child(root, place.dialect.q("tableParts"), WORKSHEET_ORDER)
        parts.set("count", str(len(ids)))
        for table_id in ids:
            etree.SubElement(parts, place.dialect.q("tablePart")).set(place.dialect.r("id"), table_id)
