"""Cell values by calamine, from a package that holds nothing but what it needs.

Parts get the names calamine expects, so odd names, orphaned or empty parts and the like in real files cannot
stop it. Compressed parts are passed on as they are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree
from python_calamine import CalamineWorkbook

from crmsheet.book.ooxml import TRANSITIONAL, serialise
from crmsheet.book.package import Package
from crmsheet.book.partnames import key
from crmsheet.book.raw import CellValue
from crmsheet.book.workbook_part import WorkbookPart
from crmsheet.book.zipstream import Entry, deflate, stored, write_archive

# calamine stops at any other error text. Newer Excels and other programs have more of them.
READABLE_ERRORS = frozenset(
    {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA"}
)
EXACT_INTEGERS = 2**53
MOST_KNOWN = 50_000  # texts remembered at a time; words that repeat come again soon
STRINGS_COUNT = "uniqueCount"
SMALLEST_STRING = len("<si/>")
SMALL_PART = 4 << 20  # bytes of a part that are handed on as they are, which saves opening them twice
BEGINNING = 4096  # of a part; holds the root element in every file that a program wrote

_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_LINKS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
)
_LINK = '<Relationship Id="{id}" Type="{office}/{kind}" Target="{target}"/>'


def open_values(
    package: Package, workbook: WorkbookPart, parts: Sequence[str], opened: Mapping[str, bytes]
) -> CalamineWorkbook:
    """A reader whose n-th sheet is the worksheet ``parts[n]``; ``opened`` holds the content of some."""
    entries = {key(entry.name): entry for entry in package.entries()}
    sheets = [f"worksheets/sheet{number}.xml" for number in range(1, len(parts) + 1)]
    copies = [
        _packed(f"xl/{name}", opened[part])
        if part in opened
        else replace(entries[key(part)], name=f"xl/{name}")
        for name, part in zip(sheets, parts, strict=True)
    ]
    shared = {kind: _shared(package, workbook, entries, kind) for kind in ("sharedStrings", "styles")}
    targets = [
        *(("worksheet", name) for name in sheets),
        *((kind, f"{kind}.xml") for kind in shared if shared[kind]),
    ]
    made = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _links([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(len(parts), date1904=workbook.date1904),
        "xl/_rels/workbook.xml.rels": _links(targets),
    }
    buffer = io.BytesIO()
    written = [stored(name, content) for name, content in made.items()]
    write_archive([*written, *copies, *filter(None, shared.values())], buffer.write)
    buffer.seek(0)
    return CalamineWorkbook.from_filelike(buffer)


def _packed(name: str, part: bytes) -> Entry:
    """A large part compressed, because it stands in memory three times else."""
    return stored(name, part) if len(part) <= SMALL_PART else deflate(name, [part])


def _shared(
    package: Package, workbook: WorkbookPart, entries: Mapping[str, Entry], kind: str
) -> Entry | None:
    """The part of that kind, unless it is missing or empty."""
    for link in package.relationships(workbook.name).of_kind(kind):
        entry = entries.get(key(link.part))
        if entry and entry.size:
            honest = kind != "sharedStrings" or _count_is_honest(package, link.part)
            return replace(entry if honest else _uncounted(package, link.part), name=f"xl/{kind}.xml")
    return None


def _count_is_honest(package: Package, part: str) -> bool:
    """Whether the string table has room for as many strings as it says: memory for them is taken at once."""
    parser = etree.XMLPullParser(events=("start",), resolve_entities=False, no_network=True)
    try:
        parser.feed(next(package.pieces(part))[:BEGINNING])
    except (etree.XMLSyntaxError, StopIteration):
        return True  # calamine will say what is wrong
    counts = [root.get(STRINGS_COUNT, "0") for _, root in parser.read_events() if etree.iselement(root)]
    return bool(counts) and counts[0].isdecimal() and int(counts[0]) <= package.size(part) // SMALLEST_STRING


def _uncounted(package: Package, part: str) -> Entry:
    root = package.xml(part)
    root.attrib.pop(STRINGS_COUNT, "")
    return deflate(part, [serialise(root)])


def _links(targets: Iterable[tuple[str, str]]) -> bytes:
    links = (
        _LINK.format(id=f"rId{number}", office=TRANSITIONAL.office, kind=kind, target=target)
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return _LINKS % "".join(links).encode()


def _workbook(count: int, *, date1904: bool) -> bytes:
    sheets = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, count + 1))
    return (
        f'<workbook xmlns="{TRANSITIONAL.main}" xmlns:r="{TRANSITIONAL.office}">'
        f'<workbookPr date1904="{int(date1904)}"/><sheets>{sheets}</sheets></workbook>'
    ).encode()


def read_rows(reader: CalamineWorkbook, index: int) -> list[list[CellValue]]:
    """All rows of one sheet from A1 on: blanks None, whole numbers int, equal texts one object.

    Rows are taken over one by one, so that the copies of a repeated text are gone before the next row comes.
    """
    sheet = reader.get_sheet_by_index(index)
    left: list[CellValue] = [None] * (sheet.start[1] if sheet.start else 0)
    known: dict[str, str] = {}
    rows = []
    for row in sheet.iter_rows():
        if len(known) > MOST_KNOWN:
            known.clear()
        rows.append(left + _tidy(row, known.setdefault))
    return rows


def _tidy(row: list[Any], known: Callable[[str, str], str]) -> list[CellValue]:
    # One expression with few calls: it runs for every cell of a workbook.
    return [
        (known(value, value) or None)
        if (kind := value.__class__) is str
        else int(value)
        if kind is float and value.is_integer() and -EXACT_INTEGERS < value < EXACT_INTEGERS
        else value
        for value in row
    ]
