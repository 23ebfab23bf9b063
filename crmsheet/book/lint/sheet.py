"""Rules of a worksheet apart from its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from crmsheet.book.areas import MOST_COLUMNS, Area, parse_areas
from crmsheet.book.cell_values import utf16_length
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import SheetSubject
from crmsheet.book.ooxml import WORKSHEET_ORDER, child_named, elements, integer, local, references

REPEATED = ("conditionalFormatting",)
LINKED_KINDS = {"drawing": "drawing", "legacyDrawing": "vmlDrawing", "tablePart": "table", "picture": "image"}
WIDEST = 255
LONGEST_HEADER = 255
ZOOM = range(10, 401)
LONGEST_ADDRESS = 2079


def order(sheet: SheetSubject) -> Iterator[Finding]:
    """Elements stand in the order of the schema, each once."""
    names = [local(element) for element in elements(sheet.root) if local(element) in WORKSHEET_ORDER]
    if names != sorted(names, key=WORKSHEET_ORDER.index):
        yield Finding(sheet.part, "", "element_order", " ".join(names))
    for name, count in Counter(names).items():
        if count > 1 and name not in REPEATED:
            yield Finding(sheet.part, "", "element_twice", name)


def dimension(sheet: SheetSubject) -> Iterator[Finding]:
    element = sheet.child("dimension")
    if element is not None:
        yield from _areas_in_sheet(sheet, element.get("ref", ""), "dimension")


def columns(sheet: SheetSubject) -> Iterator[Finding]:
    """Column ranges ascend without overlap, with widths and formats that exist."""
    before = 0
    formats = sheet.subject.style_counts.get("cellXfs", 0)
    for column in elements(sheet.child("cols")):
        first, last = integer(column, "min"), integer(column, "max")
        if not before < first <= last <= MOST_COLUMNS:
            yield Finding(sheet.part, "", "column_range", f"{first}-{last}")
        if not 0 <= float(column.get("width", "1")) <= WIDEST:
            yield Finding(sheet.part, "", "column_width", column.get("width", ""))
        if integer(column, "style") >= max(formats, 1):
            yield Finding(sheet.part, "", "style_index", column.get("style", ""))
        before = max(last, before)


def merged_cells(sheet: SheetSubject) -> Iterator[Finding]:
    """Merged areas have two cells at least, and meet neither each other nor a table."""
    merged = []
    for element in elements(sheet.child("mergeCells")):
        area = Area.parse(element.get("ref", ""))
        if area is None or not area.in_sheet or (area.top, area.left) == (area.bottom, area.right):
            yield Finding(sheet.part, element.get("ref", ""), "merge_area")
        else:
            merged.append(area)
    taken = [table.area for table in sheet.tables() if table.area]
    for one, other in combinations(merged, 2):
        if one.meets(other):
            yield Finding(sheet.part, str(one), "merge_overlap", str(other))
    for one in merged:
        for table in taken:
            if one.meets(table):
                yield Finding(sheet.part, str(one), "merge_in_table", str(table))


def counts(sheet: SheetSubject) -> Iterator[Finding]:
    """Lists that say how many entries they have tell the truth."""
    for element in elements(sheet.root):
        if element.get("count") is not None and integer(element, "count") != len(list(elements(element))):
            yield Finding(sheet.part, "", "count", f"{local(element)} {element.get('count')}")


def views(sheet: SheetSubject) -> Iterator[Finding]:
    for view in elements(sheet.child("sheetViews")):
        if integer(view, "zoomScale", 100) not in ZOOM:
            yield Finding(sheet.part, "", "zoom", view.get("zoomScale", ""))
        pane = child_named(view, "pane")
        if pane is not None and Area.parse(pane.get("topLeftCell", "A1")) is None:
            yield Finding(sheet.part, "", "pane", pane.get("topLeftCell", ""))
        for selection in elements(view):
            if local(selection) == "selection":
                yield from _areas_in_sheet(sheet, selection.get("sqref", "A1"), "selection")


def hyperlinks(sheet: SheetSubject) -> Iterator[Finding]:
    seen: list[Area] = []
    for link in elements(sheet.child("hyperlinks")):
        reference = link.get("ref", "")
        area = Area.parse(reference)
        if area is None or not area.in_sheet or any(area.meets(other) for other in seen):
            yield Finding(sheet.part, reference, "hyperlink_area")
        elif len(seen) < 2000:  # noqa: PLR2004 - beyond that the comparison of pairs takes too long
            seen.append(area)
        if len(link.get("location", "")) > LONGEST_ADDRESS:
            yield Finding(sheet.part, reference, "hyperlink_address")


def relationships(sheet: SheetSubject) -> Iterator[Finding]:
    """Every relationship id leads to a part of the right kind."""
    for element, _, relationship_id in references(sheet.root, sheet.subject.workbook.dialect):
        link = sheet.link(relationship_id)
        wanted = LINKED_KINDS.get(local(element))
        if link is None:
            yield Finding(sheet.part, "", "relationship_missing", f"{local(element)} {relationship_id}")
        elif wanted and link.kind != wanted:
            yield Finding(sheet.part, "", "relationship_kind", f"{local(element)} to {link.kind}")
    listed = len(list(elements(sheet.child("tableParts"))))
    if listed != len(sheet.tables()):
        yield Finding(sheet.part, "", "table_parts", f"{listed} listed, {len(sheet.tables())} related")


def page_setup(sheet: SheetSubject) -> Iterator[Finding]:
    setup = sheet.child("pageSetup")
    if setup is not None and integer(setup, "scale", 100) not in ZOOM:
        yield Finding(sheet.part, "", "print_scale", setup.get("scale", ""))
    for text in elements(sheet.child("headerFooter")):
        if utf16_length(text.text or "") > LONGEST_HEADER:
            yield Finding(sheet.part, "", "header_length", local(text))


def auto_filter(sheet: SheetSubject) -> Iterator[Finding]:
    """The sheet's own filter meets no table, and its criteria name columns it has."""
    element = sheet.child("autoFilter")
    if element is None:
        return
    area = Area.parse(element.get("ref", ""))
    if area is None or not area.in_sheet:
        yield Finding(sheet.part, element.get("ref", ""), "filter_area")
        return
    if any(table.area and table.area.meets(area) for table in sheet.tables()):
        yield Finding(sheet.part, str(area), "filter_in_table")
    for criterion in elements(element):
        if local(criterion) == "filterColumn" and integer(criterion, "colId") > area.right - area.left:
            yield Finding(sheet.part, str(area), "filter_column", criterion.get("colId", ""))


def _areas_in_sheet(sheet: SheetSubject, sqref: str, rule: str) -> Iterator[Finding]:
    areas = parse_areas(sqref)
    if len(areas) != len(sqref.split()) or not areas or not all(area.in_sheet for area in areas):
        yield Finding(sheet.part, sqref[:80], rule)


RULES = (
    order,
    dimension,
    columns,
    merged_cells,
    counts,
    views,
    hyperlinks,
    relationships,
    page_setup,
    auto_filter,
)
