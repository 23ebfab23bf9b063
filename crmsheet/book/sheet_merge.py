"""What a redrawn sheet takes from the new design, and what it keeps of the sheet as the user left it.

Ours: cells, tables, merged cells, conditional formats, validations and links inside the area we wrote. The
user's: everything about the look of the sheet (widths, panes, zoom, tab colour, print set-up, protection),
notes, controls, pictures, and whatever stands outside our area.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from lxml import etree

from crmsheet.book import sheet_extensions
from crmsheet.book.ooxml import (
    WORKSHEET_ORDER,
    Dialect,
    child_named,
    elements,
    integer,
    local,
    new_root,
    place_for,
)
from crmsheet.book.territory import Territory

FROM_DESIGN = frozenset(
    (
        *("dimension", "sheetData", "autoFilter", "sortState", "mergeCells", "conditionalFormatting"),
        *("dataValidations", "hyperlinks", "ignoredErrors", "drawing", "tableParts", "extLst"),
    )
)
TAKEN_WHEN_ABSENT = frozenset(("legacyDrawing", "cols", "sheetFormatPr", "sheetViews"))
OF_THE_LIST = frozenset(("cols", "sheetViews", "pageSetup"))
DIGITS = re.compile(r"\d+")
IGNORABLE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Ignorable"


def merge(
    new: etree._Element,
    old: etree._Element | None,
    ours: Territory,
    dialect: Dialect,
    *,
    outgrown: bool = False,
) -> etree._Element:
    """Root of the redrawn sheet: ``new`` in full when there is no ``old`` one. ``ours`` is what we wrote
    last time.

    ``outgrown``: the columns are not those of last time, so their widths, panes and pages are set anew.
    """
    root = _empty_root(new, old, dialect)
    for name in WORKSHEET_ORDER:
        for element in _chosen(name, new, None if outgrown and name in OF_THE_LIST else old):
            root.append(copy.deepcopy(element))
    if old is not None:
        rules = _rules(root)
        _keep_outside(root, old, ours)
        _rank_after(rules, _rules(root))
        _keep_unknown(root, old)
        _widen_columns(root, new)
    return root


def _empty_root(new: etree._Element, old: etree._Element | None, dialect: Dialect) -> etree._Element:
    """Spreadsheet elements have no prefix, because rows are streamed without one."""
    sources = [new] if old is None else [old, new]
    prefixes = {
        prefix: uri
        for source in sources
        for prefix, uri in source.nsmap.items()
        if prefix and uri != dialect.main
    }
    root = new_root(new.tag, dialect.main, prefixes)
    for source in reversed(sources):
        root.attrib.update(source.attrib)
    ignorable = {prefix: None for source in sources for prefix in source.get(IGNORABLE, "").split()}
    if ignorable:
        root.set(IGNORABLE, " ".join(ignorable))
    return root


def _chosen(name: str, new: etree._Element, old: etree._Element | None) -> list[etree._Element]:
    ours = [element for element in elements(new) if local(element) == name]
    if old is None or name in FROM_DESIGN:
        return ours
    theirs = [element for element in elements(old) if local(element) == name]
    if name == "headerFooter" and _spelled(theirs) == _spelled(ours):
        return ours
    return theirs or (ours if name in TAKEN_WHEN_ABSENT else [])


def _spelled(found: list[etree._Element]) -> list[str]:
    """Headers and footers without numbers: the day in ours is another one at every refresh."""
    return [DIGITS.sub("", "".join(str(piece) for piece in element.itertext())) for element in found]


def _keep_outside(root: etree._Element, old: etree._Element, ours: Territory) -> None:
    """Add what the user put outside ``ours`` to the lists that come from the design."""
    for element in elements(old):
        name = local(element)
        if name == "conditionalFormatting":
            _keep_ranged(root, element, ours)
        elif name in ("dataValidations", "ignoredErrors"):
            _keep_list(root, element, "sqref", ours.rules_outside)
        elif name in ("mergeCells", "hyperlinks"):
            _keep_list(root, element, "ref", ours.outside)
        elif name == "extLst":
            sheet_extensions.keep(_ensure(root, element), element, ours)
        elif name == "drawing" and child_named(root, name) is None:
            _insert(root, copy.deepcopy(element))
    extensions = child_named(root, "extLst")
    if extensions is not None and not len(extensions):
        root.remove(extensions)


def _keep_ranged(root: etree._Element, element: etree._Element, ours: Territory) -> None:
    kept = ours.rules_outside(element.get("sqref", ""))
    if kept:
        clone = copy.deepcopy(element)
        clone.set("sqref", kept)
        _insert(root, clone)


def _keep_list(
    root: etree._Element, old_list: etree._Element, attribute: str, outside: Callable[[str], str]
) -> None:
    for entry in elements(old_list):
        kept = outside(entry.get(attribute, ""))
        if kept:
            clone = copy.deepcopy(entry)
            clone.set(attribute, kept)
            target = _ensure(root, old_list)
            target.append(clone)
            if target.get("count") is not None:
                target.set("count", str(len(target)))


def _rules(root: etree._Element) -> list[etree._Element]:
    return [rule for rule in root.iter("*") if local(rule) == "cfRule" and rule.get("priority")]


def _rank_after(ours: list[etree._Element], every: list[etree._Element]) -> None:
    """No two rules of a sheet share a priority; the user's come after ours, in their own order."""
    highest = max((_priority(rule) for rule in ours), default=0)
    theirs = sorted((rule for rule in every if rule not in ours), key=_priority)
    for number, rule in enumerate(theirs, start=highest + 1):
        rule.set("priority", str(number))


def _priority(rule: etree._Element) -> int:
    return integer(rule, "priority")


def _keep_unknown(root: etree._Element, old: etree._Element) -> None:
    """``mc:AlternateContent`` around controls, and elements of later versions, keep their place in the
    order.
    """
    before, found = WORKSHEET_ORDER[0], []
    for element in elements(old):
        if local(element) in WORKSHEET_ORDER:
            before = local(element)
        else:
            found.append((before, element))
    for before, element in found:
        root.insert(place_for(root, before, WORKSHEET_ORDER), copy.deepcopy(element))


def _widen_columns(root: etree._Element, new: etree._Element) -> None:
    """Columns that the user's sheet says nothing about take the design's width."""
    theirs, ours = child_named(root, "cols"), child_named(new, "cols")
    if theirs is None or ours is None:
        return
    last = max((integer(column, "max") for column in elements(theirs)), default=0)
    for column in elements(ours):
        if integer(column, "min") > last:
            theirs.append(copy.deepcopy(column))


def _insert(root: etree._Element, element: etree._Element) -> None:
    root.insert(place_for(root, local(element), WORKSHEET_ORDER), element)


def _ensure(root: etree._Element, like: etree._Element) -> etree._Element:
    """The child of ``root`` named like ``like``, made empty with its attributes when missing."""
    found = child_named(root, local(like))
    if found is None:
        found = root.makeelement(like.tag, {str(k): str(v) for k, v in like.attrib.items()})
        _insert(root, found)
    return found
