"""Tables on own sheets: ids and names that clash with nothing, kept from one refresh to the next.

Users' formulas refer to our tables by name, so a table that was there before keeps its id, its name
(renamed or not), its part and the filters set on it.
"""

from __future__ import annotations

import copy
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.grafting import Graft
from crmsheet.book.ooxml import child_named, elements, integer, local, parse, serialise
from crmsheet.book.package import Package
from crmsheet.book.territory import Territory

TABLE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.table+xml"
STYLE_ATTRIBUTES = ("headerRowDxfId", "dataDxfId", "totalsRowDxfId")
BORDER_STYLE_ATTRIBUTES = ("headerRowBorderDxfId", "tableBorderDxfId", "totalsRowBorderDxfId")


@dataclass(frozen=True)
class OldTable:
    """One of our tables as it stood on the sheet before."""

    part: str
    relationship: str
    root: etree._Element

    @property
    def name(self) -> str:
        return self.root.get("displayName", "")

    @property
    def area(self) -> Area:
        return Area.parse(self.root.get("ref", "")) or Area(1, 1, 1, 1)

    @property
    def columns(self) -> tuple[str, ...]:
        return column_names(self.root)


def tables_within(package: Package, sheet_part: str, ours: Territory) -> list[OldTable]:
    """Tables of a sheet that touch ``ours``."""
    found = []
    for link in package.relationships(sheet_part).of_kind("table"):
        if link.part in package:
            root = package.xml(link.part)
            place = Area.parse(root.get("ref", ""))
            if place and ours.meets(place):
                found.append(OldTable(package.actual(link.part) or link.part, link.id, copy.deepcopy(root)))
    return found


def rename_columns(table: OldTable, renamed: Mapping[str, str]) -> None:
    """Call columns of the old table by what they are called from now on; its ``root`` is a copy."""
    for column in elements(child_named(table.root, "tableColumns")):
        column.set("name", renamed.get(column.get("name", ""), column.get("name", "")))


def header_mark(header: str) -> str:
    """Four letters that stand for a header."""
    return f"{zlib.crc32(header.encode('utf-8', 'replace')) & 0xFFFF:04x}"


def column_names(table: etree._Element) -> tuple[str, ...]:
    return tuple(column.get("name", "") for column in elements(child_named(table, "tableColumns")))


class TableNames:
    """Ids and names taken by tables and defined names of a workbook; Excel compares them without case."""

    def __init__(self, package: Package, names: DefinedNames) -> None:
        self._ids = {0}
        self._names = {name.name.lower() for name in names}
        for part in package:
            if package.types.of(part) == TABLE_TYPE:
                root = package.parsed(part)
                self._ids.add(integer(root, "id"))
                self._names.add(root.get("displayName", "").lower())

    def new_id(self) -> str:
        self._ids.add(max(self._ids) + 1)
        return str(max(self._ids))

    def new_name(self, wanted: str) -> str:
        """``wanted``, or with the first number that makes it free."""
        name, number = wanted, 2
        while name.lower() in self._names:
            name, number = f"{wanted}_{number}", number + 1
        self._names.add(name.lower())
        return name

    def release(self, table: OldTable) -> None:
        """A table that goes away gives its id and name back."""
        self._ids.discard(integer(table.root, "id"))
        self._names.discard(table.name.lower())

    def keep(self, table: OldTable) -> None:
        """A table that is continued takes its id and name again."""
        self._ids.add(integer(table.root, "id"))
        self._names.add(table.name.lower())


OPENING = 3


def match(design: list[etree._Element], old: list[OldTable]) -> list[OldTable | None]:
    """For each table of the design the one it continues: that of its name, else one with the same columns.

    Columns of weeks or tiers come and go; the first columns say what a table lists.
    """
    waiting = list(old)
    found: list[OldTable | None] = [None] * len(design)
    for same in (_same_name, _same_columns, _same_opening):
        for place, table in enumerate(design):
            candidate = next((o for o in waiting if found[place] is None and same(table, o)), None)
            if candidate:
                waiting.remove(candidate)
                found[place] = candidate
    return found


def _same_name(table: etree._Element, old: OldTable) -> bool:
    wanted = table.get("displayName", "")
    stem, _, number = old.name.rpartition("_")
    return wanted == old.name or (wanted == stem and number.isdigit())


def _same_columns(table: etree._Element, old: OldTable) -> bool:
    return column_names(table) == old.columns


def _same_opening(table: etree._Element, old: OldTable) -> bool:
    return tuple(column_names(table))[:OPENING] == tuple(old.columns)[:OPENING]


@dataclass(frozen=True)
class Heir:
    """What a table takes over: the identity of ``old``, and columns that the user ``added`` at its right
    end.
    """

    old: OldTable | None
    added: list[etree._Element]


def put(graft: Graft, source: str, heir: Heir, names: TableNames, dxfs: dict[int, int]) -> str:
    """Name of the part that now holds the design's table ``source``."""
    old = heir.old
    table = parse(graft.drawn.read(source))
    name = names.new_name(table.get("displayName", "")) if old is None else old.name
    table.set("id", names.new_id() if old is None else old.root.get("id", "0"))
    table.set("name", name)
    table.set("displayName", name)
    _map_styles(table, dxfs)
    if old is not None:
        _widen(table, heir.added)
        keep_filters(table, old.root)
        keep_sort(table, old.root)
    part = graft.name_for(source) if old is None else old.part
    graft.take(part)
    graft.place(source, part, serialise(table))
    return part


def _widen(table: etree._Element, added: list[etree._Element]) -> None:
    """Take the user's columns in at the right end."""
    area, columns = Area.parse(table.get("ref", "")), child_named(table, "tableColumns")
    if not added or area is None or columns is None:
        return
    for column in added:
        clone = copy.deepcopy(column)
        clone.set("id", str(max(integer(e, "id") for e in elements(columns)) + 1))
        columns.append(clone)
    columns.set("count", str(len(columns)))
    for element in (table, child_named(table, "autoFilter")):
        old = None if element is None else Area.parse(element.get("ref", ""))
        if element is not None and old is not None:
            element.set("ref", str(Area(old.top, old.left, old.bottom, old.right + len(added))))


def _map_styles(table: etree._Element, dxfs: dict[int, int]) -> None:
    for element in table.iter("*"):
        for attribute in (*STYLE_ATTRIBUTES, *BORDER_STYLE_ATTRIBUTES):
            if element.get(attribute) is not None:
                element.set(attribute, str(dxfs[integer(element, attribute)]))


def keep_filters(table: etree._Element, old: etree._Element) -> None:
    """Carry the filters a user set, column by column name."""
    ours, theirs = child_named(table, "autoFilter"), child_named(old, "autoFilter")
    if ours is None or theirs is None:
        return
    places = {name: place for place, name in enumerate(column_names(table))}
    old_names = column_names(old)
    for criterion in elements(theirs):
        place = integer(criterion, "colId")
        if local(criterion) == "filterColumn" and place < len(old_names) and old_names[place] in places:
            clone = copy.deepcopy(criterion)
            clone.set("colId", str(places[old_names[place]]))
            ours.append(clone)


def keep_sort(table: etree._Element, old: etree._Element) -> None:
    """Carry the order a user sorted by, column by column name."""
    area, ours = Area.parse(table.get("ref", "")), child_named(table, "autoFilter")
    sort = next((one for one in old.iter("*") if local(one) == "sortState"), None)
    if area is None or ours is None or sort is None:
        return
    last = area.bottom - integer(table, "totalsRowCount")
    clone = copy.deepcopy(sort)
    clone.set("ref", str(Area(area.top + 1, area.left, last, area.right)))
    for condition in list(elements(clone)):
        name = sorted_column(condition, old)
        if name not in column_names(table):
            clone.remove(condition)
            continue
        column = area.left + column_names(table).index(name)
        condition.set("ref", str(Area(area.top + 1, column, last, column)))
    if len(clone):
        ours.addnext(clone)


def sorted_column(condition: etree._Element, table: etree._Element) -> str:
    """Name of the column that a condition of ``table`` sorts by; blank where there is none."""
    place, area = Area.parse(condition.get("ref", "")), Area.parse(table.get("ref", ""))
    names = column_names(table)
    number = -1 if place is None or area is None else place.left - area.left
    return names[number] if 0 <= number < len(names) else ""
