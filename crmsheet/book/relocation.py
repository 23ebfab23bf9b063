"""Moves what a user put on our sheet to where it belongs on the redrawn one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lxml import etree

from crmsheet.book import notes, row_keys
from crmsheet.book.areas import Area, parse_areas
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.design import Body
from crmsheet.book.moves import ColumnMoves, Moves, can_part, make_room, moved
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.ooxml import integer, local
from crmsheet.book.package import Package
from crmsheet.book.row_keys import NewRows, OldRows
from crmsheet.book.tables import OldTable, column_names
from crmsheet.book.territory import Territory
from crmsheet.book.workbook_part import relationship_id

RANGED = {
    "conditionalFormatting": "sqref",
    "dataValidation": "sqref",
    "ignoredError": "sqref",
    "mergeCell": "ref",
    "hyperlink": "ref",
}
SPACE_BELOW = 2  # rows between us and what belonged to rows that are gone


@dataclass(frozen=True)
class Continued:
    """A table of the design, the table on the sheet that it continues, and the columns the user added to
    that.
    """

    new: etree._Element
    old: OldTable
    body: Body
    added: tuple[int, ...] = ()
    frozen: int = 0

    @property
    def header(self) -> tuple[int, int]:
        """Header row before and after."""
        return self.old.area.top, _area(self.new).top

    @property
    def data_rows(self) -> range:
        """The old table's rows below its header, without totals."""
        area = self.old.area
        return range(area.top + 1, area.bottom - integer(self.old.root, "totalsRowCount") + 1)

    def takes_in(self, ours: Territory) -> bool:
        """Whether there is room for the user's columns at the new table's right end."""
        area = _area(self.new)
        beside = Area(area.top, area.right + 1, area.bottom, area.right + len(self.added))
        return bool(self.added) and not ours.meets(beside)

    def column_moves(self, ours: Territory) -> ColumnMoves:
        """Our columns go where they are now, the user's to the right end of the table, or of all we draw."""
        old, new = self.old.area, _area(self.new)
        places = {name: new.left + place for place, name in enumerate(column_names(self.new))}
        columns = {
            old.left + place: places[name]
            for place, name in enumerate(self.old.columns)
            if name in places and old.left + place not in self.added
        }
        end = new.right if self.takes_in(ours) else max(area.right for area in ours.areas)
        columns.update({column: end + place for place, column in enumerate(self.added, start=1)})
        return ColumnMoves(old.top, old.bottom, columns)

    def columns(self) -> dict[str, Sequence[object]]:
        """Streamed columns whose names the old table has too, the likeliest to name a row first.

        Who designs a list freezes the columns that say what a row is about; the last of them is the name.
        """
        named = list(zip(column_names(self.new), self.body.columns, strict=False))
        likely = [*reversed(named[: self.frozen]), *named[self.frozen :]]
        return {name: column for name, column in likely if name in self.old.columns}


def _area(table: etree._Element) -> Area:
    return Area.parse(table.get("ref", "")) or Area(1, 1, 1, 1)


@dataclass(frozen=True)
class Ground:
    """Where the move takes place: the package, the sheet's part, its new territory, and the workbook's
    strings.
    """

    package: Package
    part: str
    new: Territory
    strings: Sequence[str]
    writer: CellWriter


def relocate(old: OldSheet, continued: Sequence[Continued], ground: Ground) -> int:
    """Move the user's cells, notes, links and rules on ``old``.

    Returns how many rows of cells found no place beside us any more; they are kept below everything else.
    """
    room = make_room(old.added, old.ours, ground.new)
    rows, gone = _followed(old, continued, ground) if can_part(old.added) else ({}, [])
    columns = tuple(table.column_moves(ground.new) for table in continued)
    last = max([row + room.down for row in old.added if row > room.bottom] + [_bottom(ground.new)])
    kept = {row: last + SPACE_BELOW + place for place, row in enumerate(sorted(gone))}
    blocks = tuple(_area(ground.package.xml(part)) for _, part in _users_tables(ground, old.tables))
    moves = replace(room, rows={**rows, **kept}, tables=columns, blocks=blocks)
    old.added, displaced = moved(old.added, moves, ground.new, last + SPACE_BELOW + len(gone))
    _move_ranges(old, moves)
    _give_way(old, ground)
    _move_users_tables(ground, old.tables, moves)
    notes.move_notes(ground.package, ground.part, moves.place)
    return len(gone) + displaced


def _bottom(territory: Territory) -> int:
    return max((area.bottom for area in territory.areas), default=1)


def _followed(
    old: OldSheet, continued: Sequence[Continued], ground: Ground
) -> tuple[dict[int, int], list[int]]:
    """Rows that have moved, old → new, and rows that are gone, as far as the user has anything in them."""
    rows: dict[int, int] = {}
    gone: list[int] = []
    taken: set[int] = set()
    for table in continued:
        rows.update(_edges(table))
        present = [row for row in sorted(old.known) if row in table.data_rows]
        wanted = [row for row in present if row in old.added or row in old.noted]
        reader = _Reader(table, old, ground.strings)
        after = NewRows(table.body.first_row, table.columns(), ground.writer)
        found = row_keys.new_rows(wanted, OldRows(present, reader.text), after)
        for row, new in found.items():
            if new is None or new in taken:
                gone.append(row)
            else:
                rows[row] = new
                taken.add(new)
    return {row: new for row, new in rows.items() if row != new}, gone


def _edges(table: Continued) -> dict[int, int]:
    """Header and total rows."""
    before, after = table.header
    edges = {before: after}
    if integer(table.old.root, "totalsRowCount") and integer(table.new, "totalsRowCount"):
        edges[table.data_rows.stop] = _area(table.new).bottom
    return edges


class _Reader:
    """Reads the cells of the old table."""

    def __init__(self, table: Continued, old: OldSheet, strings: Sequence[str]) -> None:
        self._columns = {name: table.old.area.left + place for place, name in enumerate(table.old.columns)}
        self._known = old.known
        self._strings = strings

    def text(self, row: int, column: str) -> str:
        cell = self._known.get(row, {}).get(self._columns[column], b"")
        return row_keys.cell_text(cell, self._strings) if cell else ""


def _move_ranges(old: OldSheet, moves: Moves) -> None:
    """Move the ranges of the user's rules, links and merged cells."""
    for element in old.root.iter("*"):
        name = local(element)
        if name == "sqref" and element.text:
            element.text = _moved_list(element.text, old.ours, moves)
        elif name in RANGED:
            element.set(RANGED[name], _moved_list(element.get(RANGED[name], ""), old.ours, moves))


def _moved_list(sqref: str, ours: Territory, moves: Moves) -> str:
    areas = parse_areas(sqref)
    return " ".join(str(area if ours.owns_rule(area) else moves.area(area)) for area in areas)


def _give_way(old: OldSheet, ground: Ground) -> None:
    """Merged cells and links of the user's that lie where we draw now have to go; the cells themselves are
    kept.
    """
    links = ground.package.relationships(ground.part)
    for element in list(old.root.iter("*")):
        parent = element.getparent()
        area = Area.parse(element.get("ref", "")) if local(element) in ("mergeCell", "hyperlink") else None
        if area is None or parent is None or old.ours.owns(area) or not ground.new.meets(area):
            continue
        parent.remove(element)
        linked = relationship_id(element)
        if linked:
            links.drop(linked)


def _users_tables(ground: Ground, ours: list[OldTable]) -> list[tuple[str, str]]:
    """Relationship id and part of the tables that the user made on our sheet."""
    known = {table.relationship for table in ours}
    links = ground.package.relationships(ground.part).of_kind("table")
    return [(link.id, link.part) for link in links if link.id not in known and link.part in ground.package]


def _move_users_tables(ground: Ground, ours: list[OldTable], moves: Moves) -> None:
    """Move the user's tables as they make room; one that lies where we draw now becomes plain cells."""
    for link_id, part in _users_tables(ground, ours):
        root = ground.package.xml(part)
        for element in root.iter("*"):
            area = Area.parse(element.get("ref", ""))
            if area is not None and moves.area(area) != area:
                element.set("ref", str(moves.area(area)))
                ground.package.edited(part)
        if ground.new.meets(_area(root)):
            ground.package.relationships(ground.part).drop(link_id)
