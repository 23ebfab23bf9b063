"""Finds our charts among the user's where a program saved them without the names we gave them.

What is not surely ours stays: a copy, a chart of another kind over our cells, one that was moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from crmsheet.book import drawings
from crmsheet.book.areas import Area
from crmsheet.book.chart_marks import ChartMark
from crmsheet.book.defined_names import split_reference
from crmsheet.book.ooxml import elements, local
from crmsheet.book.package import Package
from crmsheet.book.plan_charts import ChartPlan, SeriesPlan, chart_plan, chart_reference
from crmsheet.book.row_keys import cell_text
from crmsheet.book.shared_strings import SharedStrings
from crmsheet.book.sheet_xml import split
from crmsheet.book.user_cells import cells_of_rows
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart, relationship_id


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A chart without our name over a block whose corner is in column A of ``row``; ``seen`` is its mark."""

    anchor: etree._Element
    row: int
    seen: ChartMark


def claim(package: Package, workbook: WorkbookPart, sheet: SheetEntry) -> int:
    """Give our charts on ``sheet`` their names back; returns how many could be ours but are not surely so."""
    link = next(iter(package.relationships(sheet.part).of_kind("drawing")), None)
    if link is None or link.part not in package:
        return 0
    drawing = package.xml(link.part)
    named = set(drawings.own_anchors(drawing))
    unnamed = list(_unnamed(package, link.part, sheet.name))
    if not unnamed:
        return 0
    marks, hidden = _hidden_marks(package, workbook, sheet.part, {one.row for one in unnamed})
    ours = [one for one in unnamed if one.row in marks and marks[one.row].fits(one.seen)]
    first = {one.row: one for one in reversed(ours)}  # of several that are the same in everything
    for one in first.values():
        named.add(drawings.name_again(one.anchor, named))
        package.edited(link.part)
    names_were_lost = len(named) == len(first)
    others = [one for one in unnamed if one.row in hidden and first.get(one.row) is not one]
    return len(others) if names_were_lost else 0


def _unnamed(package: Package, part: str, sheet: str) -> Iterator[_Unnamed]:
    links = package.relationships(part)
    drawing = package.xml(part)
    ours = set(drawings.own_anchors(drawing).values())
    for anchor in elements(drawing):
        reference = chart_reference(anchor)
        if anchor in ours or reference is None or local(anchor) != "twoCellAnchor":
            continue
        link = links.get(relationship_id(reference))
        plan = chart_plan(package.parsed(link.part), anchor) if link and link.part in package else None
        found = None if plan is None else block_mark(plan, sheet)
        if found is not None:
            yield _Unnamed(anchor, *found)


def block_mark(plan: ChartPlan, sheet: str) -> tuple[int, ChartMark] | None:
    """Corner's row and mark of a chart that shows one whole block of ``sheet``; None for any other chart."""
    areas = [found for one in plan.series if (found := _areas(one, sheet))]
    if not areas or len(areas) < len(plan.series):
        return None
    row, rows = areas[0][0].top, areas[0][1].bottom - areas[0][0].top
    places = range(2, len(areas) + 2)
    block = [
        (Area(row, one, row, one), Area(row + 1, 1, row + rows, 1), Area(row + 1, one, row + rows, one))
        for one in places
    ]
    if rows < 1 or sorted(areas, key=lambda one: one[0].left) != block:
        return None
    top, low = plan.top_left, plan.bottom_right
    place = (top.column, row - 1 - top.row, low.column, row - 1 - low.row)
    return row, ChartMark(plan.kind, len(areas), rows, *place)


def _areas(series: SeriesPlan, sheet: str) -> tuple[Area, Area, Area] | None:
    """Cells of the name, the categories and the values, when all are on ``sheet``."""
    found = []
    for reference in (series.name, series.categories, series.values):
        named, place = split_reference(reference)
        area = Area.parse(place)
        if area is None or named.lower() != sheet.lower():
            return None
        found.append(area)
    return found[0], found[1], found[2]


def _hidden_marks(
    package: Package, workbook: WorkbookPart, part: str, wanted: set[int]
) -> tuple[Mapping[int, ChartMark], set[int]]:
    """Marks in column A of the rows ``wanted``, and which of these rows are hidden, as all that we put aside are."""
    strings = SharedStrings(package, workbook)
    with package.reading(part):
        rows = split(package.read(part)).rows
    cells = cells_of_rows(rows, [range(row, row + 1) for row in wanted])
    marks = {row: ChartMark.parse(cell_text(cells[row][1], strings)) for row in cells if 1 in cells[row]}
    return {row: mark for row, mark in marks.items() if mark}, set(
        filter(lambda row: _is_hidden(rows, row), wanted)
    )


def _is_hidden(rows: bytes, row: int) -> bool:
    found = re.search(rb'<row\b[^>]*?\sr="%d"[^>]*>' % row, rows)
    return found is not None and re.search(rb'\shidden="(1|true)"', found[0]) is not None
