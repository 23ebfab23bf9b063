"""What a workbook contains, feature by feature, so that a copy can be held against its original.

A feature is a set of parts (by name) or of elements (by name and the kind of part they stand in). Two of them
are the same when their content is: prefixes, relationship ids and the order of attributes do not count.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lxml import etree

Fate = Literal["kept", "changed", "lost"]
Content = dict[str, Counter[str]]

# Feature → pattern of part names. Such a part is kept when its bytes are.
PARTS = {
    "charts": r"xl/charts/chart\w*\.xml",
    "chart styles and colours": r"xl/charts/(style|colors)\d*\.xml",
    "drawings": r"xl/drawings/drawing\d*\.xml",
    "images": r"xl/media/.*",
    "SmartArt": r"xl/diagrams/.*",
    "comments": r"xl/comments\d*\.xml|xl/comments/.*",
    "threaded comments": r"xl/threadedcomments/.*|xl/persons/.*",
    "VML (notes, buttons)": r"xl/drawings/.*\.vml",
    "form controls": r"xl/ctrlprops/.*",
    "ActiveX controls": r"xl/activex/.*",
    "embedded objects": r"xl/embeddings/.*",
    "VBA project": r".*vbaproject\w*\.bin",
    "macro and dialog sheets": r"xl/(macrosheets|dialogsheets|intlmacrosheets)/.*",
    "chart sheets": r"xl/chartsheets/.*",
    "tables": r"xl/tables/table\d*\.xml",
    "query tables, connections": r"xl/(querytables/.*|connections\.xml)",
    "pivot tables": r"xl/pivottables/.*",
    "pivot caches": r"xl/pivotcache/.*",
    "slicers, timelines": r"xl/(slicers|slicercaches|timelines|timelinecaches)/.*",
    "external links": r"xl/externallinks/.*",
    "custom XML, Power Query": r"customxml/.*",
    "XML maps": r"xl/xmlmaps\.xml",
    "metadata, rich values": r"xl/(metadata\.xml|richdata/.*)",
    "volatile dependencies": r"xl/volatiledependencies\.xml",
    "web extensions": r".*webextension.*",
    "revisions (shared workbook)": r"xl/revisions/.*",
    "printer settings": r"xl/printersettings/.*",
    "theme": r"xl/theme/.*",
    "thumbnail": r"docprops/thumbnail.*",
    "custom properties": r"docprops/custom\.xml",
    "sensitivity labels": r"docmetadata/.*",
}
# Feature → names of elements in worksheets. Names after a slash are attributes that must be there.
IN_SHEETS = {
    "formulas": "f",
    "shared formulas": "f/si",
    "array formulas": "f/ref",
    "merged cells": "mergeCell",
    "conditional formats": "cfRule",
    "validations": "dataValidation",
    "sparklines": "sparkline",
    "sheet extensions": "ext",
    "hyperlinks": "hyperlink",
    "auto filters": "autoFilter",
    "sort states": "sortState",
    "column widths": "col",
    "frozen panes": "pane",
    "tab colours": "tabColor",
    "sheet protection": "sheetProtection",
    "protected ranges": "protectedRange",
    "custom views": "customSheetView",
    "page set-up": "pageSetup",
    "headers and footers": "headerFooter",
    "page breaks": "brk",
    "ignored errors": "ignoredError",
    "phonetic settings": "phoneticPr",
    "background pictures": "picture",
    "alternate content": "AlternateContent",
    "inline strings": "is",
}
IN_WORKBOOK = {
    "defined names": "definedName",
    "workbook protection": "workbookProtection",
    "workbook extensions": "ext",
    "function groups": "functionGroup",
    "file sharing": "fileSharing",
}
IN_STYLES = {
    "cell formats": "xf",
    "fonts": "font",
    "differential formats": "dxf",
    "named styles": "cellStyle",
    "table styles": "tableStyle",
    "gradient fills": "gradientFill",
    "indexed colours": "indexedColors",
    "style extensions": "ext",
}
IN_STRINGS = {"rich text": "r", "phonetic text": "rPh"}
PLACES = {
    r"xl/worksheets/[^/]+\.xml": IN_SHEETS,
    r"xl/workbook\w*\.xml": IN_WORKBOOK,
    r"xl/styles\w*\.xml": IN_STYLES,
    r"xl/sharedstrings\w*\.xml": IN_STRINGS,
}
CACHED = "cached values of formulas"
FEATURES = (*PARTS, *IN_SHEETS, CACHED, *IN_WORKBOOK, *IN_STYLES, *IN_STRINGS)


def content(path: Path) -> Content:
    """Fingerprints of everything each feature consists of."""
    found: Content = {feature: Counter() for feature in FEATURES}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            key = name.replace("\\", "/").lstrip("/").lower()
            data = archive.read(name)
            for feature, pattern in PARTS.items():
                if re.fullmatch(pattern, key) and not key.endswith(".rels"):
                    found[feature][hashlib.sha256(data).hexdigest()] += 1
            for pattern, features in PLACES.items():
                root = _root(data) if re.fullmatch(pattern, key) else None
                if root is not None:
                    _count(found, features, root)
    return found


def _root(data: bytes) -> etree._Element | None:
    """Root element as far as it can be made out: real files hold parts that are empty or not well-formed."""
    return etree.fromstring(data, etree.XMLParser(recover=True, huge_tree=True)) if data else None


def _count(found: Content, features: dict[str, str], root: etree._Element) -> None:
    wanted: dict[str, list[tuple[str, str]]] = {}
    for feature, name in features.items():
        element, _, attribute = name.partition("/")
        wanted.setdefault(element, []).append((feature, attribute))
    for element in root.iter("*"):
        name = etree.QName(element).localname
        for feature, attribute in wanted.get(name, ()):
            if not attribute or element.get(attribute) is not None:
                found[feature][_fingerprint(element)] += 1
        if name == "c" and features is IN_SHEETS:
            children = {etree.QName(child).localname: child.text for child in element.iterchildren("*")}
            if "f" in children and children.get("v"):
                found[CACHED][f"{element.get('r')}={children['v']}"] += 1


def _fingerprint(element: etree._Element) -> str:
    return hashlib.sha256(repr(_plain(element)).encode("utf-8", "replace")).hexdigest()


def _plain(element: etree._Element) -> tuple[object, ...]:
    attributes = {name: value for name, value in element.attrib.items() if "/relationships}" not in str(name)}
    children = tuple(_plain(child) for child in element.iterchildren("*"))
    return element.tag, tuple(sorted(attributes.items())), (element.text or "").strip(), children


@dataclass(frozen=True)
class Comparison:
    """What became of each feature that the original has."""

    fates: dict[str, Fate]

    @classmethod
    def between(cls, before: Content, after: Content) -> Comparison:
        fates: dict[str, Fate] = {}
        for feature, things in before.items():
            if not things:
                continue
            if not things - after[feature]:
                fates[feature] = "kept"
            else:
                fewer = sum(after[feature].values()) < sum(things.values())
                fates[feature] = "lost" if fewer else "changed"
        return cls(fates)
