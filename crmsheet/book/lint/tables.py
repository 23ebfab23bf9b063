"""Rules of tables: the commonest reason why Excel repairs a file that a program wrote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import combinations

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.defined_names import DefinedNames
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.names import is_allowed
from crmsheet.book.lint.subject import SheetSubject, Subject, TableOnSheet
from crmsheet.book.ooxml import child_named, elements, integer, local
from crmsheet.book.tables import BORDER_STYLE_ATTRIBUTES, STYLE_ATTRIBUTES, column_names
from crmsheet.model import column_letters

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def names_and_ids(subject: Subject) -> Iterator[Finding]:
    """Ids and names are unique in the workbook, names also against defined names, without regard to case."""
    ids = Counter(table.root.get("id", "") for table in subject.tables)
    names = Counter(table.root.get("displayName", "").lower() for table in subject.tables)
    names.update({name.name.lower() for name in DefinedNames(subject.workbook) if name.position is None})
    for table in subject.tables:
        identity, name = table.root.get("id", ""), table.root.get("displayName", "")
        if ids[identity] > 1 or not identity.isdigit() or identity == "0":
            yield Finding(table.part, "", "table_id", identity)
        if names[name.lower()] > 1:
            yield Finding(table.part, "", "table_name_taken", name)
        if not is_allowed(name):
            yield Finding(table.part, "", "table_name", name)


def areas(sheet: SheetSubject) -> Iterator[Finding]:
    """A table has a row below its header, lies in the sheet, and meets no other."""
    known = []
    for table in sheet.tables():
        least = 1 + integer(table.root, "headerRowCount", 1) + integer(table.root, "totalsRowCount")
        area = table.area
        if area is None or not area.in_sheet or area.bottom - area.top + 1 < least:
            yield Finding(table.part, table.root.get("ref", ""), "table_area")
        else:
            known.append((table, area))
    for (one, area), (_, other) in combinations(known, 2):
        if area.meets(other):
            yield Finding(one.part, str(area), "table_overlap", str(other))


def columns(sheet: SheetSubject) -> Iterator[Finding]:
    """As many columns as the area is wide, with ids and names of their own."""
    for table in sheet.tables():
        every = list(elements(child_named(table.root, "tableColumns")))
        names = [name.lower() for name in column_names(table.root)]
        ids = [column.get("id", "") for column in every]
        width = table.area.right - table.area.left + 1 if table.area else 0
        if len(every) != width:
            yield Finding(table.part, "", "table_width", f"{len(every)} columns in {table.root.get('ref')}")
        if len(set(names)) != len(names) or "" in names:
            yield Finding(table.part, "", "table_column_name", " ".join(names)[:80])
        if len(set(ids)) != len(ids) or not all(text.isdigit() and text != "0" for text in ids):
            yield Finding(table.part, "", "table_column_id", " ".join(ids)[:80])


def headers(sheet: SheetSubject) -> Iterator[Finding]:
    """The cell above each column holds its name as text."""
    for table in sheet.tables():
        area = table.area
        if area is None or table.root.get("headerRowCount", "1") == "0":
            continue
        for place, name in enumerate(column_names(table.root)):
            address = f"{column_letters(area.left + place)}{area.top}"
            shown = _text(sheet, sheet.cell(address))
            if shown is not None and _plain(shown) != _plain(name):
                yield Finding(sheet.part, address, "table_header", f"{shown!r}, table says {name!r}")


def _text(sheet: SheetSubject, cell: etree._Element | None) -> str | None:
    """Text of a header cell; None for a shared string, which only Excel and its like write."""
    if cell is None:
        return ""
    if cell.get("t") == "s":
        return None
    inline = child_named(cell, "is")
    value = child_named(cell, "v")
    if inline is not None:
        return "".join(map(str, inline.itertext()))
    return "" if value is None else value.text or ""


def _plain(text: str) -> str:
    """Escapes resolved and line ends made one: a header over two lines is ``_x000a_`` in the table."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def filters(sheet: SheetSubject) -> Iterator[Finding]:
    """A table's filter starts at its header and names columns it has."""
    for table in sheet.tables():
        element = child_named(table.root, "autoFilter")
        area = None if element is None else Area.parse(element.get("ref", ""))
        if element is None or table.area is None:
            continue
        if area is None or not table.area.contains(area) or area.top != table.area.top:
            yield Finding(table.part, element.get("ref", ""), "table_filter")
            continue
        for criterion in elements(element):
            if local(criterion) == "filterColumn" and integer(criterion, "colId") > area.right - area.left:
                yield Finding(table.part, str(area), "filter_column", criterion.get("colId", ""))


def formats(sheet: SheetSubject) -> Iterator[Finding]:
    """Formats of tables exist."""
    count = sheet.subject.style_counts.get("dxfs", 0)
    for table in sheet.tables():
        for element in table.root.iter("*"):
            for attribute in (*STYLE_ATTRIBUTES, *BORDER_STYLE_ATTRIBUTES):
                if element.get(attribute) is not None and integer(element, attribute) >= count:
                    yield Finding(table.part, "", "dxf_index", f"{attribute} {element.get(attribute)}")


def totals(sheet: SheetSubject) -> Iterator[Finding]:
    """A total's label stands in the cell below its column."""
    for table in sheet.tables():
        if table.root.get("totalsRowCount", "0") == "0" or table.area is None:
            continue
        yield from _labels(sheet, table, table.area)


def _labels(sheet: SheetSubject, table: TableOnSheet, area: Area) -> Iterator[Finding]:
    for place, column in enumerate(elements(child_named(table.root, "tableColumns"))):
        label = column.get("totalsRowLabel")
        address = f"{column_letters(area.left + place)}{area.bottom}"
        shown = _text(sheet, sheet.cell(address)) if label else None
        if label and shown is not None and _plain(shown) != _plain(label):
            yield Finding(sheet.part, address, "table_total", f"{shown!r}, table says {label!r}")


WORKBOOK_RULES = (names_and_ids,)
SHEET_RULES = (areas, columns, headers, filters, formats, totals)
