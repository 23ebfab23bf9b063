"""Puts one analysis sheet into a workbook, or redraws it in place."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace

from lxml import etree

from crmsheet.book import connections, relocation, sheet_tables
from crmsheet.book.areas import Area, bounding
from crmsheet.book.cell_values import CellWriter
from crmsheet.book.cells import SheetRows, fixed_rows, sheet_data
from crmsheet.book.column_widths import renew_widths, width_record, widths_of, written_as
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.drawn import Drawn
from crmsheet.book.grafting import Graft
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.ooxml import SHEET_TYPE, WORKSHEET_ORDER, ensure_child, serialise
from crmsheet.book.page_breaks import renew_breaks
from crmsheet.book.page_record import renew_page
from crmsheet.book.place import Place
from crmsheet.book.relocation import Ground
from crmsheet.book.shared_strings import SharedStrings
from crmsheet.book.sheet_merge import merge
from crmsheet.book.sheet_tables import TableHome
from crmsheet.book.sheet_xml import split
from crmsheet.book.styles import StyleMap
from crmsheet.book.tables import TableNames
from crmsheet.book.territory import Territory
from crmsheet.book.user_cells import Cells


@dataclass(frozen=True)
class Outcome:
    """``shortened``: texts cut to Excel's limit. ``homeless``: the user's rows that lost their place
    beside us.

    ``headers`` is the record by which the next run tells our columns and widths from the user's, ``renamed``
    says by table which columns are called something else than before.
    """

    shortened: int
    homeless: int
    headers: str
    renamed: Mapping[str, Mapping[str, str]]


def draw(place: Place, drawn: Drawn, styles: StyleMap, names: DefinedNames, old: OldSheet | None) -> Outcome:
    """Write the sheet, redrawing ``old`` in place."""
    package = place.package
    before = package.reachable()
    planned = sheet_tables.plan(drawn, old)
    writer = CellWriter(date1904=place.workbook.date1904)
    ours = drawn.territory
    homeless = 0
    if old is not None:
        ground = Ground(package, place.part, ours, SharedStrings(package, place.workbook), writer)
        followed = [table for one in planned if (table := one.continued())]
        homeless = relocation.relocate(old, followed, ground)
    home = TableHome(TableNames(package, names), styles.differential, ours)
    sheet_tables.release(place, old, home.taken)
    connections.release(place, old)
    graft = Graft(package, drawn, place.name, before - package.reachable())
    root = _merged(place, drawn, styles, old)
    connections.connect(graft, place, root, old)
    hidden = sheet_tables.put(graft, place, root, planned, home)
    place.relationships.sort()
    added = old.added if old else {}
    _set_dimension(place, root, ours, added)
    _write(place, root, SheetRows({}, drawn.bodies, added, hidden), writer)
    for part in before - package.reachable():
        package.remove(part)
    record = sheet_tables.column_record(planned, widths_of(drawn.root), str(drawn.page))
    renamed = {one.old.name: one.renamed for one in planned if one.old and one.renamed}
    return Outcome(writer.shortened, homeless, record, renamed)


def _merged(place: Place, drawn: Drawn, styles: StyleMap, old: OldSheet | None) -> etree._Element:
    calendar = place.workbook.date1904
    new = drawn.localised(styles, place.name, date1904=calendar, selected=place.selected)
    connections.mark_pending(new, place)
    if old is None:
        return merge(new, None, Territory(), place.dialect)
    has_list = next(new.iter(place.dialect.q("tablePart")), None) is not None
    outgrown = not old.tables and (has_list or _is_another_grid(new, old))
    root = merge(new, old.root, old.ours, place.dialect, outgrown=outgrown)
    renew_widths(root, new, old.widths)
    renew_page(root, new, old.page)
    renew_breaks(root, new, old.root, old.ours)
    return root


def _is_another_grid(new: etree._Element, old: OldSheet) -> bool:
    """Whether a page without a list, whose cards and charts share its columns, has other columns than before."""
    return bool(old.widths) and written_as(new) != width_record(old.widths)


def _write(place: Place, root: etree._Element, rows: SheetRows, writer: CellWriter) -> None:
    """Stream the sheet: what ``root`` holds around its rows, its fixed rows, and ``rows``."""
    pieces = split(serialise(root))
    rows = replace(rows, fixed=fixed_rows(pieces.rows))
    place.package.put(place.part, itertools.chain([pieces.head], sheet_data(rows, writer), [pieces.tail]))
    place.package.types.declare(place.part, SHEET_TYPE)


def _set_dimension(place: Place, root: etree._Element, ours: Territory, added: Cells) -> None:
    cells = [Area(row, column, row, column) for row, columns in added.items() for column in columns]
    dimension = ensure_child(root, place.dialect.q("dimension"), WORKSHEET_ORDER)
    dimension.set("ref", str(bounding([*ours.areas, *cells])))
