"""What the rules look at: a package, and one of its worksheets, with what they need found once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from crmsheet.book.areas import Area
from crmsheet.book.ooxml import child_named, elements, parse
from crmsheet.book.package import Package
from crmsheet.book.partnames import key
from crmsheet.book.relationships import Link
from crmsheet.book.sheet_xml import SheetXml, cut, split
from crmsheet.book.workbook_part import SheetEntry, WorkbookPart
from crmsheet.book.zipstream import SAMPLE_BYTES

_ROW_ENDS, _END = b"</row>", b"</sheetData>"
_CELL = re.compile(rb"<c [^>]*?(?:/>|>.*?</c>)", re.S)
_ROW_OR_END = re.compile(rb"<row[\s>]|</sheetData>")
TABLE_TYPE = "spreadsheetml.table+xml"


@dataclass(frozen=True)
class TableOnSheet:
    """A table part and the sheet that shows it."""

    part: str
    sheet: str
    root: etree._Element

    @property
    def area(self) -> Area | None:
        return Area.parse(self.root.get("ref", ""))


class Subject:
    """A package under examination. Trees handed out are for looking only."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self.workbook = WorkbookPart(package)

    def root(self, part: str) -> etree._Element:
        """Root of a part as it would be saved."""
        return parse(self.package.read(part))

    def written(self) -> set[str]:
        """Keys of the parts that this run compressed anew."""
        return {key(entry.name) for entry in self.package.entries() if entry.written}

    @cached_property
    def sheets(self) -> list[SheetEntry]:
        return self.workbook.sheets()

    @cached_property
    def tables(self) -> list[TableOnSheet]:
        """Tables of all sheets; a table part that no sheet shows is nobody's."""
        found = []
        for sheet in self.sheets:
            for link in self.package.relationships(sheet.part).of_kind("table"):
                if link.part in self.package:
                    found.append(TableOnSheet(link.part, sheet.part, self.root(link.part)))
        return found

    @cached_property
    def style_counts(self) -> dict[str, int]:
        """Number of records in each section of the stylesheet."""
        links = self.package.relationships(self.workbook.name).of_kind("styles")
        if not links or links[0].part not in self.package:
            return {}
        root = self.root(links[0].part)
        return {
            section.tag.rpartition("}")[2]: sum(1 for _ in elements(section)) for section in elements(root)
        }

    @cached_property
    def string_count(self) -> int:
        """Number of shared strings."""
        links = self.package.relationships(self.workbook.name).of_kind("sharedStrings")
        if not links or links[0].part not in self.package:
            return 0
        seen = re.compile(rb"<(?:\w+:)?si[\s/>]")
        return len(seen.findall(self.package.read(links[0].part)))


class SheetSubject:
    """One worksheet under examination. Unless ``thorough``, a long one is seen only at its beginning and
    end.
    """

    def __init__(self, subject: Subject, part: str, *, thorough: bool) -> None:
        self.subject = subject
        self.part = part
        long = subject.package.size(part) > 4 * SAMPLE_BYTES
        sample = _sample(subject.package, part) if long and not thorough else b""
        self._sampled = bool(sample)
        data = sample or subject.package.read(part)
        self._xml: SheetXml = cut(data) or split(data)
        self.root = self._xml.skeleton()

    def child(self, name: str) -> etree._Element | None:
        return child_named(self.root, name)

    def link(self, relationship_id: str | None) -> Link | None:
        return self.subject.package.relationships(self.part).get(relationship_id)

    def tables(self) -> list[TableOnSheet]:
        return [table for table in self.subject.tables if table.sheet == self.part]

    def rows(self) -> Iterable[etree._Element]:
        return self._held if len(self._xml.rows) <= 4 * SAMPLE_BYTES else self._parsed(self._xml.rows)

    @cached_property
    def _held(self) -> list[etree._Element]:
        return list(self._parsed(self._xml.rows))

    @cached_property
    def longest_cell(self) -> int:
        """Bytes of the longest cell, or of all rows of a long sheet; no text has more UTF-16 units than that."""
        rows = self._xml.rows
        return max(map(len, rows.split(b"</c>"))) if len(rows) <= 4 * SAMPLE_BYTES else len(rows)

    def cell(self, address: str) -> etree._Element | None:
        """One cell, wherever in the sheet it stands."""
        start = b'<c r="%s"' % address.encode()
        found = _cell_at(start, self._xml.rows) or (self._search(start) if self._sampled else b"")
        if not found:
            return None
        row = next(self._parsed(b"<row>" + found + b"</row>"))
        return next(elements(row), None)

    def _search(self, start: bytes) -> bytes:
        """The cell that begins so in the whole part, which is read piece by piece."""
        seam = b""
        for piece in self.subject.package.pieces(self.part):
            found = _cell_at(start, seam + piece)
            if found:
                return found
            seam = piece[-SAMPLE_BYTES:]
        return b""

    def _parsed(self, rows: bytes) -> Iterator[etree._Element]:
        root = parse(self._xml.head + b"<sheetData>" + rows + b"</sheetData>" + self._xml.tail)
        return elements(child_named(root, "sheetData"))


def _sample(package: Package, part: str) -> bytes:
    """The sheet without the rows in its middle; blank when the ends hold no such middle, since columns, one row
    or what stands below the rows are longer than they are.
    """
    first, last = package.ends(part)
    head, rest = first.rfind(_ROW_ENDS), _ROW_OR_END.search(last)
    if head < 0 or rest is None or last.find(_END, rest.start()) < 0:
        return b""
    return first[: head + len(_ROW_ENDS)] + last[rest.start() :]


def _cell_at(start: bytes, rows: bytes) -> bytes:
    """The whole cell that begins with ``start``, empty where none does."""
    at = rows.find(start)
    match = _CELL.match(rows, at) if at >= 0 else None
    return match[0] if match else b""
