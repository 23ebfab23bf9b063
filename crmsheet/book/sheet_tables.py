"""The tables of one own sheet: which continue which, and which columns a user added to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book import filters, sort_order, tables
from crmsheet.book.areas import Area
from crmsheet.book.column_widths import width_record
from crmsheet.book.design import Body
from crmsheet.book.drawn import Drawn
from crmsheet.book.grafting import Graft
from crmsheet.book.header_words import renamed_headers
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.ooxml import WORKSHEET_ORDER, child_named, elements, ensure_child, parse
from crmsheet.book.place import Place
from crmsheet.book.relationships import Link
from crmsheet.book.relocation import Continued
from crmsheet.book.tables import OldTable, TableNames, header_mark
from crmsheet.book.territory import Territory

LONGEST_COMMENT = 255


@dataclass(frozen=True)
class PlannedTable:
    """One table of the design, its rows, the old one it continues, and the user's columns it takes over.

    ``renamed`` are columns of the old one that are called something else now.
    """

    link: Link
    root: etree._Element
    body: Body | None
    old: OldTable | None
    added: tuple[int, ...] = ()
    frozen: int = 0
    renamed: Mapping[str, str] = field(default_factory=dict)

    def continued(self) -> Continued | None:
        """What can be followed: a table that continues an old one and whose rows are streamed."""
        if self.old is None or self.body is None:
            return None
        return Continued(self.root, self.old, self.body, self.added, self.frozen)


def plan(drawn: Drawn, old: OldSheet | None) -> list[PlannedTable]:
    """The design's tables, each with what it continues, their rows in the order the user sorted those by."""
    links = drawn.relationships.of_kind("table")
    roots = [parse(drawn.read(link.part)) for link in links]
    matched = tables.match(roots, old.tables if old else [])
    renamed = [_call_by_new_names(root, before, old) for root, before in zip(roots, matched, strict=True)]
    for root, before in zip(roots, matched, strict=True):
        body = _body(root, drawn)
        if body is not None and before is not None:
            resorted = sort_order.resorted(body, tables.column_names(root), before)
            drawn.bodies = tuple(resorted if one is body else one for one in drawn.bodies)
    return [
        PlannedTable(
            link=link,
            root=root,
            body=_body(root, drawn),
            old=before,
            added=_users_columns(before, old) if old else (),
            frozen=drawn.frozen_columns,
            renamed=new_names,
        )
        for link, root, before, new_names in zip(links, roots, matched, renamed, strict=True)
    ]


def _call_by_new_names(
    root: etree._Element, before: OldTable | None, old: OldSheet | None
) -> Mapping[str, str]:
    """Old name → new name of our columns whose language changed; the old table is told by the new ones."""
    if before is None or old is None:
        return {}
    users = {before.columns[place - before.area.left] for place in _users_columns(before, old)}
    ours = [name for name in before.columns if name not in users]
    renamed = renamed_headers(ours, tables.column_names(root))
    if renamed:
        tables.rename_columns(before, renamed)
    return renamed


def _body(table: etree._Element, drawn: Drawn) -> Body | None:
    """The streamed rows of a table: the body right below its header."""
    area = Area.parse(table.get("ref", ""))
    return next((body for body in drawn.bodies if area and body.first_row == area.top + 1), None)


def _users_columns(table: OldTable | None, old: OldSheet) -> tuple[int, ...]:
    """Numbers of the columns whose headers we did not write: Excel takes in what is typed beside a table."""
    if table is None:
        return ()
    area = table.area
    columns = range(area.left, area.left + len(table.columns))
    return tuple(column for column in columns if not old.ours.owns(Area(area.top, column, area.top, column)))


@dataclass(frozen=True)
class TableHome:
    """What tables need to know of the workbook they come to."""

    taken: TableNames
    differential: dict[int, int]
    ours: Territory


def column_record(planned: Sequence[PlannedTable], widths: Sequence[float], page: str) -> str:
    """A record of the headers, widths and ``page`` we write, short enough for a defined name's comment: without the
    widths where there are too many, empty when there are still too many.
    """
    headers = [name for table in planned for name in tables.column_names(table.root)]
    marks = " ".join(header_mark(name) for name in headers)
    records = (f"{marks} {width_record(widths)} {page}".strip(), f"{marks} {page}".strip())
    return next((record for record in records if len(record) <= LONGEST_COMMENT), "")


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
        heir = tables.Heir(table.old, _taken_in(table, home.ours))
        part = tables.put(graft, table.link.part, heir, home.taken, home.differential)
        _speak_of(root, table.root.get("name", ""), graft.package.parsed(part).get("displayName", ""))
        new_id = place.relationships.free_id()
        place.relationships.add(new_id, graft.type_of(table.link), part=part)
        if table.body is not None:
            hidden |= filters.hidden_rows(graft.package.parsed(part), table.body)
    _list(place, root)
    return frozenset(hidden)


def _speak_of(sheet: etree._Element, drawn: str, name: str) -> None:
    """Let the formulas that name the drawn table name it as it is called in this workbook."""
    if drawn == name:
        return
    for formula in sheet.iter("{*}f"):
        if formula.text and f"{drawn}[" in formula.text:
            formula.text = formula.text.replace(f"{drawn}[", f"{name}[")


def _taken_in(table: PlannedTable, ours: Territory) -> list[etree._Element]:
    """The user's columns, where they have room at the table's right end."""
    continued = table.continued()
    if table.old is None or continued is None or not continued.takes_in(ours):
        return []
    columns = list(elements(child_named(table.old.root, "tableColumns")))
    return [columns[number - table.old.area.left] for number in table.added]


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
