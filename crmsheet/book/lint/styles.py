"""Rules of the stylesheet: every index leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import Subject
from crmsheet.book.number_formats import FIRST_CUSTOM, LONGEST_CODE
from crmsheet.book.ooxml import STYLESHEET_ORDER, child_named, elements, integer, local
from crmsheet.book.styles import MOST_FORMATS

INDEXES = {"fontId": "fonts", "fillId": "fills", "borderId": "borders"}
DXF_ORDER = ["font", "numFmt", "fill", "alignment", "border", "protection", "extLst"]


def check(subject: Subject, part: str) -> Iterator[Finding]:
    root = subject.root(part)
    for rule in RULES:
        yield from rule(part, root)


def sections(part: str, root: etree._Element) -> Iterator[Finding]:
    """Sections stand in order and say how many records they hold."""
    names = [local(section) for section in elements(root) if local(section) in STYLESHEET_ORDER]
    if names != sorted(names, key=STYLESHEET_ORDER.index):
        yield Finding(part, "", "element_order", " ".join(names))
    for section in elements(root):
        if section.get("count") is not None and integer(section, "count") != len(list(elements(section))):
            yield Finding(part, "", "count", f"{local(section)} {section.get('count')}")


def cell_formats(part: str, root: etree._Element) -> Iterator[Finding]:
    """Cell formats lead to fonts, fills, borders, named styles and number formats that exist."""
    counts = {local(section): len(list(elements(section))) for section in elements(root)}
    codes = {record.get("numFmtId") for record in elements(child_named(root, "numFmts"))}
    formats = list(elements(child_named(root, "cellXfs")))
    if len(formats) > MOST_FORMATS:
        yield Finding(part, "", "format_count", str(len(formats)))
    for index, record in enumerate(formats):
        for attribute, section in INDEXES.items():
            if integer(record, attribute) >= counts.get(section, 0):
                yield Finding(part, "", "format_index", f"xf {index} {attribute}")
        if integer(record, "xfId") >= max(counts.get("cellStyleXfs", 0), 1):
            yield Finding(part, "", "format_index", f"xf {index} xfId")
        number = integer(record, "numFmtId")
        if number >= FIRST_CUSTOM and str(number) not in codes:
            yield Finding(part, "", "number_format_missing", f"xf {index} {number}")


def number_formats(part: str, root: etree._Element) -> Iterator[Finding]:
    """Codes have ids of their own, a sensible length and closed quotes."""
    seen = set()
    for record in elements(child_named(root, "numFmts")):
        code, number = record.get("formatCode", ""), record.get("numFmtId", "")
        if number in seen or not number.isdigit():
            yield Finding(part, "", "number_format_id", number)
        seen.add(number)
        bare = code.replace("\\\\", "").replace('\\"', "")
        if not code or len(code) > LONGEST_CODE or bare.count('"') % 2:
            yield Finding(part, "", "number_format_code", code[:80])


def differential_formats(part: str, root: etree._Element) -> Iterator[Finding]:
    for index, record in enumerate(elements(child_named(root, "dxfs"))):
        names = [local(element) for element in elements(record) if local(element) in DXF_ORDER]
        if names != sorted(names, key=DXF_ORDER.index):
            yield Finding(part, "", "element_order", f"dxf {index}: {' '.join(names)}")


def first_fills(part: str, root: etree._Element) -> Iterator[Finding]:
    """Excel takes the first two fills for none and gray125, whatever they say."""
    fills = list(elements(child_named(root, "fills")))[:2]
    patterns = [pattern.get("patternType", "none") for fill in fills for pattern in elements(fill)]
    if fills and patterns[:1] != ["none"]:
        yield Finding(part, "", "first_fill", " ".join(patterns))


RULES = (sections, cell_formats, number_formats, differential_formats, first_fills)
