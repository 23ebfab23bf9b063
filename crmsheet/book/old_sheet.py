"""An own sheet as it stands in the file, taken apart into what is ours and what is the user's."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.column_widths import recorded_widths
from crmsheet.book.notes import noted_cells
from crmsheet.book.ooxml import child_named
from crmsheet.book.package import Package
from crmsheet.book.page_record import PageRecord
from crmsheet.book.relationships import Link
from crmsheet.book.sheet_xml import split
from crmsheet.book.tables import OldTable, header_mark, tables_within
from crmsheet.book.territory import Territory
from crmsheet.book.user_cells import Cells, cells_of_rows, user_cells
from crmsheet.book.workbook_part import relationship_id


def _told_about(tables: list[OldTable], rows: set[int]) -> list[range]:
    """Rows of the tables that any of ``rows`` belongs to."""
    spans = [range(table.area.top, table.area.bottom + 1) for table in tables]
    return [span for span in spans if any(row in span for row in rows)]


def inserted_columns(tables: list[OldTable], headers: str) -> list[Area]:
    """Columns of ``tables`` whose headers are not on the record."""
    known = set(headers.split())
    return [
        Area(table.area.top, table.area.left + place, table.area.bottom, table.area.left + place)
        for table in tables
        for place, name in enumerate(table.columns)
        if header_mark(name) not in known
    ]


@dataclass
class OldSheet:
    """All of the sheet but its rows, of which only a few are held.

    ``added`` are the user's cells, ``noted`` the rows with notes, ``known`` every cell of the tables in which
    there are any of these. ``widths`` are those we gave the columns, ``page`` how we had it print.
    """

    root: etree._Element
    ours: Territory
    added: Cells = field(default_factory=dict)
    noted: set[int] = field(default_factory=set)
    known: Cells = field(default_factory=dict)
    tables: list[OldTable] = field(default_factory=list)
    drawing: Link | None = None
    widths: tuple[float, ...] = ()
    page: PageRecord = PageRecord()


def read_old(package: Package, part: str, claimed: Territory, headers: str) -> OldSheet:
    """The own sheet ``part``, on which we wrote the cells ``claimed`` and the table headers on record.

    A column that a user inserted into one of our tables lies among the cells claimed, but under a header
    that is not in ``headers``.
    """
    tables = tables_within(package, part, claimed)
    ours = claimed.without(inserted_columns(tables, headers)) if headers else claimed
    with package.reading(part):
        pieces = split(package.read(part))
        root = pieces.skeleton()
    added = user_cells(pieces.rows, ours)
    noted = {row for row, _ in noted_cells(package, part)}
    drawing = child_named(root, "drawing")
    link = None if drawing is None else package.relationships(part).get(relationship_id(drawing))
    return OldSheet(
        root=root,
        ours=ours,
        added=added,
        noted=noted,
        known=cells_of_rows(pieces.rows, _told_about(tables, {*added, *noted})),
        tables=tables,
        drawing=link if link and link.part in package else None,
        widths=recorded_widths(headers),
        page=PageRecord.parse(headers),
    )
