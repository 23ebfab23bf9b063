"""Vocabulary of Office Open XML: namespaces, element orders, content types, and guarded parsing.

Orders are those of ECMA-376 part 1 (``CT_Worksheet``, ``CT_Workbook``, ``CT_Stylesheet``): Excel repairs a
file whose elements stand in any other order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
TAB_SELECTED = "tabSelected"

SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The namespaces one file uses: Transitional (what Excel writes) or Strict."""

    main: str
    office: str
    drawing: str

    def q(self, name: str) -> str:
        """Qualified name of a spreadsheet element."""
        return f"{{{self.main}}}{name}"

    def r(self, name: str) -> str:
        """Qualified name of a relationship attribute."""
        return f"{{{self.office}}}{name}"

    def relationship(self, kind: str) -> str:
        """Relationship type ending in ``kind``, such as ``worksheet``."""
        return f"{self.office}/{kind}"


TRANSITIONAL = Dialect(
    main="http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    office="http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    drawing="http://schemas.openxmlformats.org/drawingml/2006/",
)
STRICT = Dialect(
    main="http://purl.oclc.org/ooxml/spreadsheetml/main",
    office="http://purl.oclc.org/ooxml/officeDocument/relationships",
    drawing="http://purl.oclc.org/ooxml/drawingml/",
)
DIALECTS = (TRANSITIONAL, STRICT)

WORKSHEET_ORDER = [
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations",
    "hyperlinks", "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks",
    "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags", "drawing",
    "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls",
    "webPublishItems", "tableParts", "extLst",
]  # fmt: skip
WORKBOOK_ORDER = [
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath",
    "workbookProtection", "bookViews", "sheets", "functionGroups", "externalReferences",
    "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr",
    "smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
]  # fmt: skip
STYLESHEET_ORDER = [
    "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs",
    "tableStyles", "colors", "extLst",
]  # fmt: skip


class XmlRejected(ValueError):
    """A part that is not well-formed, or that uses what a workbook never needs. ``code`` is worded by its
    catcher.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def parse(data: bytes) -> etree._Element:
    """Root element of ``data``. No entity is expanded, nothing is fetched, a DOCTYPE is refused."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise XmlRejected("malformed_xml", str(error.msg)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlRejected("doctype")
    return root


def serialise(root: etree._Element) -> bytes:
    """Bytes of the whole document ``root`` stands in, as Excel declares it."""
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def new_root(tag: str, main: str, prefixes: Mapping[str, str]) -> etree._Element:
    """An empty element whose default namespace is ``main``."""
    nsmap: Any = {None: main, **prefixes}  # the stubs do not know that None stands for the default
    return etree.Element(tag, nsmap=nsmap)


def elements(parent: etree._Element | None) -> Iterator[etree._Element]:
    """Children that are elements, without comments and processing instructions."""
    return iter(()) if parent is None else parent.iterchildren("*")


def local(element: etree._Element) -> str:
    """Name of ``element`` without its namespace."""
    return element.tag.rpartition("}")[2]


def place_for(parent: etree._Element, name: str, order: Sequence[str]) -> int:
    """Index at which a child called ``name`` belongs: before the first one that ``order`` puts after it."""
    later = set(order[order.index(name) + 1 :])
    places = (
        index for index, child in enumerate(parent) if isinstance(child.tag, str) and local(child) in later
    )
    return next(places, len(parent))


def ensure_child(parent: etree._Element, tag: str, order: Sequence[str]) -> etree._Element:
    """The child ``tag`` of ``parent``, made in its place when missing."""
    child = parent.find(tag)
    if child is None:
        child = parent.makeelement(tag, {})
        parent.insert(place_for(parent, local(child), order), child)
    return child


def child_named(parent: etree._Element | None, name: str) -> etree._Element | None:
    """First child of that local name, in whatever namespace."""
    return None if parent is None else next(parent.iterchildren(f"{{*}}{name}"), None)


def references(root: etree._Element, dialect: Dialect) -> list[tuple[etree._Element, str, str]]:
    """Every relationship id in ``root``: the element, the attribute and the id."""
    prefix = dialect.r("")
    return [
        (element, str(name), str(value))
        for element in root.iter("*")
        for name, value in element.attrib.items()
        if str(name).startswith(prefix) and value
    ]


def integer(element: etree._Element, name: str, default: int = 0) -> int:
    """Value of a number attribute, ``default`` when absent; what is no number is rejected."""
    text = element.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"\s*[+-]?\d{1,18}\s*", text):
        raise XmlRejected("bad_number", f"{local(element)}/{name}={text[:40]!r}")
    return int(text)


def attribute_is_true(element: etree._Element | None, name: str) -> bool:
    """Value of a boolean attribute; absent is false."""
    return element is not None and element.get(name) in ("1", "true", "on")


def translate(data: bytes, dialect: Dialect) -> bytes:
    """A part written in Transitional namespaces, in those of ``dialect``."""
    for old, new in (
        (TRANSITIONAL.main, dialect.main),
        (TRANSITIONAL.office, dialect.office),
        (TRANSITIONAL.drawing, dialect.drawing),
    ):
        data = data.replace(b'"' + old.encode(), b'"' + new.encode()) if old != new else data
    return data
