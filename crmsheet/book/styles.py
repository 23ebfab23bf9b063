"""Append-only merge of cell formats into a workbook's ``styles.xml``.

Existing records never move, because every sheet refers to them by index. Equal records are shared, so
writing the same design again adds nothing.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

from lxml import etree

from crmsheet.book.number_formats import FIRST_CUSTOM
from crmsheet.book.ooxml import (
    STYLES_TYPE,
    STYLESHEET_ORDER,
    child_named,
    elements,
    ensure_child,
    integer,
    local,
    new_root,
    parse,
)
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import WorkbookPart

MOST_FORMATS = 64_000  # Excel's own limit

BUILT_IN_FORMATS = {
    "General": 0, "0": 1, "0.00": 2, "#,##0": 3, "#,##0.00": 4, "0%": 9, "0.00%": 10, "mm-dd-yy": 14,
    "@": 49,
}  # fmt: skip

BARE = (
    b'<styleSheet xmlns="%s">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b'<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    b"</styleSheet>"
)
NEEDED_SECTIONS = ("fonts", "fills", "borders", "cellStyleXfs", "cellXfs")
FACE = ("name", "family", "charset", "scheme")

Canonical = tuple[str, tuple[tuple[str, str], ...], str, tuple["Canonical", ...]]


@dataclass(frozen=True, slots=True)
class StyleMap:
    """Where a design's formats went: index in the design → index in the workbook."""

    cells: dict[int, int]
    differential: dict[int, int]


class Styles:
    """The format tables of one workbook."""

    def __init__(self, package: Package, workbook: WorkbookPart) -> None:
        self._package = package
        self._main = workbook.dialect.main
        self._part = _styles_part(package, workbook)
        self._root = package.xml(self._part)
        if self._root.tag != f"{{{self._main}}}styleSheet":  # a damaged relationship may lead to any part
            package.fail(self._part, "namespace", local(self._root))
        self._indexes: dict[str, dict[Canonical, int]] = {}
        self._complete()

    def merge(self, design: etree._Element) -> StyleMap:
        """Bring every cell format and differential format of another stylesheet in.

        The design's default format becomes the workbook's own default, and fonts that follow the theme
        take the face of the workbook's Normal font.
        """
        fonts = [self._append("fonts", self._with_own_face(font)) for font in _records(design, "fonts")]
        fills = [self._append("fills", fill) for fill in _records(design, "fills")]
        borders = [self._append("borders", border) for border in _records(design, "borders")]
        fonts[:1] = [0]
        codes = {e.get("numFmtId", ""): e.get("formatCode", "") for e in _records(design, "numFmts")}
        cells = {0: 0}
        for index, record in list(enumerate(_records(design, "cellXfs")))[1:]:
            format_ = copy.copy(record)
            _renumber(format_, {"fontId": fonts, "fillId": fills, "borderId": borders})
            format_.set("numFmtId", self._number_format_id(format_.get("numFmtId", "0"), codes))
            format_.set("xfId", "0")
            cells[index] = self._append("cellXfs", format_)
        differential = [
            self._append("dxfs", self._with_own_numbers(e, codes)) for e in _records(design, "dxfs")
        ]
        return StyleMap(cells, dict(enumerate(differential)))

    def with_number_format(self, index: int, code: str) -> int:
        """Index of a format like ``index`` whose numbers are shown by ``code``."""
        formats = _records(self._root, "cellXfs")
        clone = copy.deepcopy(formats[index if index < len(formats) else 0])
        clone.set("numFmtId", str(self._number_format(code)))
        clone.set("applyNumberFormat", "1")
        return self._append("cellXfs", clone)

    def number_format(self, index: int) -> str:
        """Format code of cell format ``index``; ``#`` and a number for other built-in formats."""
        formats = _records(self._root, "cellXfs")
        number = formats[index].get("numFmtId", "0") if index < len(formats) else "0"
        for record in _records(self._root, "numFmts"):
            if record.get("numFmtId") == number:
                return record.get("formatCode", "")
        known = {str(built_in): code for code, built_in in BUILT_IN_FORMATS.items()}
        return known.get(number, f"#{number}")

    def count(self, section: str) -> int:
        return len(_records(self._root, section))

    # Appending

    def _append(self, section: str, record: etree._Element) -> int:
        """Index of ``record`` in ``section``; it is added when no equal one is there."""
        known = self._index(section)
        canonical = _canonical(record)
        if canonical not in known:
            self._add(section, self._adopt(record))
            known[canonical] = self.count(section) - 1
        return known[canonical]

    def _add(self, section: str, record: etree._Element) -> None:
        parent = self._section(section)
        parent.append(record)
        count = sum(1 for _ in elements(parent))
        if section == "cellXfs" and count > MOST_FORMATS:
            self._package.fail(self._part, "styles_full")
        parent.set("count", str(count))
        self._package.edited(self._part)

    def _index(self, section: str) -> dict[Canonical, int]:
        if section not in self._indexes:
            found: dict[Canonical, int] = {}
            for index, record in enumerate(_records(self._root, section)):
                found.setdefault(_canonical(record), index)
            self._indexes[section] = found
        return self._indexes[section]

    def _section(self, name: str) -> etree._Element:
        return ensure_child(self._root, f"{{{self._main}}}{name}", STYLESHEET_ORDER)

    def _complete(self) -> None:
        """Some producers leave whole sections out; indexes need a first record to stand on."""
        bare = parse(BARE % self._main.encode())
        for section in NEEDED_SECTIONS:
            if not _records(self._root, section):
                for record in _records(bare, section):
                    self._add(section, self._adopt(record))

    def _adopt(self, element: etree._Element) -> etree._Element:
        """A copy of ``element`` in this workbook's namespace."""
        return _renamespace(element, self._main)

    # Fonts and numbers

    def _with_own_face(self, font: etree._Element) -> etree._Element:
        adopted = self._adopt(font)
        normal = next(iter(_records(self._root, "fonts")), None)
        if normal is None or child_named(adopted, "scheme") is None:
            return adopted
        for element in list(elements(adopted)):
            if local(element) in FACE:
                adopted.remove(element)
        for element in elements(normal):
            if local(element) in FACE:
                adopted.append(copy.deepcopy(element))
        return adopted

    def _with_own_numbers(self, record: etree._Element, codes: dict[str, str]) -> etree._Element:
        adopted = self._adopt(record)
        number = child_named(adopted, "numFmt")
        if number is not None:
            number.set("numFmtId", self._number_format_id(number.get("numFmtId", "0"), codes))
        return adopted

    def _number_format_id(self, number: str, codes: dict[str, str]) -> str:
        return str(self._number_format(codes[number])) if number in codes else number

    def _number_format(self, code: str) -> int:
        if code in BUILT_IN_FORMATS:
            return BUILT_IN_FORMATS[code]
        taken = {FIRST_CUSTOM - 1}
        for record in _records(self._root, "numFmts"):
            if record.get("formatCode") == code:
                return integer(record, "numFmtId")
            taken.add(integer(record, "numFmtId"))
        attributes = {"numFmtId": str(max(taken) + 1), "formatCode": code}
        self._add("numFmts", self._root.makeelement(f"{{{self._main}}}numFmt", attributes))
        return max(taken) + 1


def _styles_part(package: Package, workbook: WorkbookPart) -> str:
    """Name of the stylesheet; a bare one is made when the workbook has none."""
    for link in package.relationships(workbook.name).of_kind("styles"):
        if link.part in package:
            return package.actual(link.part) or link.part
    free = "xl/styles.xml" not in package
    name = "xl/styles.xml" if free else package.unique_name("xl/styles%d.xml")
    package.put(name, BARE % workbook.dialect.main.encode())
    package.types.declare(name, STYLES_TYPE)
    workbook.relate("styles", name)
    return name


def _records(root: etree._Element, section: str) -> list[etree._Element]:
    """Records of one section, found by local name because a design and a workbook may differ in namespace."""
    return list(elements(child_named(root, section)))


def _renumber(record: etree._Element, indexes: dict[str, list[int]]) -> None:
    for attribute, new in indexes.items():
        old = integer(record, attribute)
        record.set(attribute, str(new[old] if old < len(new) else 0))


def _canonical(element: etree._Element) -> Canonical:
    """Equal for records that mean the same: namespace, order of attributes and blanks between elements
    apart.
    """
    return (
        local(element),
        tuple(sorted((str(name), str(value)) for name, value in element.attrib.items())),
        (element.text or "").strip(),
        tuple(_canonical(child) for child in elements(element)),
    )


def _renamespace(element: etree._Element, main: str) -> etree._Element:
    foreign = element.tag.startswith("{") and "spreadsheetml" not in element.tag
    tag = element.tag if foreign else f"{{{main}}}{local(element)}"
    new = new_root(tag, main, {})
    new.attrib.update(element.attrib)
    new.text = element.text
    for child in elements(element):
        new.append(_renamespace(child, main))
    return new
