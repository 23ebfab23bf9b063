"""Extensions of a worksheet (``extLst``): what a user added with Excel 2010 and later stays when we redraw
it.

Conditional formats and validations are kept by their range, like their older relatives; any other extension
(slicers, sparklines, timelines …) is kept whole unless the design brings its own of that kind.
"""

from __future__ import annotations

import copy

from lxml import etree

from crmsheet.book.ooxml import child_named, elements
from crmsheet.book.territory import Territory

CONDITIONAL_FORMATS = "{78C0D931-6437-407D-A8EE-F0AAD7539E65}"
VALIDATIONS = "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"


def keep(target: etree._Element, old: etree._Element, ours: Territory) -> None:
    """Add to the extension list ``target`` what the list ``old`` holds outside ``ours``."""
    for extension in elements(old):
        clone = copy.deepcopy(extension)
        present = _same_kind(target, clone)
        if _kind(clone) in (CONDITIONAL_FORMATS, VALIDATIONS):
            _drop_inside(clone, ours)
            _add_entries(target, present, clone)
        elif present is None:
            target.append(clone)


def _kind(extension: etree._Element) -> str:
    return extension.get("uri", "").upper()


def _same_kind(target: etree._Element, extension: etree._Element) -> etree._Element | None:
    return next((e for e in elements(target) if _kind(e) == _kind(extension)), None)


def _drop_inside(extension: etree._Element, ours: Territory) -> None:
    """Each entry holds its range as text in ``xm:sqref``."""
    for entries in elements(extension):
        for entry in list(elements(entries)):
            place = child_named(entry, "sqref")
            kept = "" if place is None else ours.rules_outside(place.text or "")
            if place is not None and kept:
                place.text = kept
            else:
                entries.remove(entry)


def _add_entries(target: etree._Element, present: etree._Element | None, extension: etree._Element) -> None:
    theirs = next(elements(extension), None)
    if theirs is None or not len(theirs):
        return
    ours = None if present is None else next(elements(present), None)
    if ours is None:
        target.append(extension)
        return
    ours.extend(list(elements(theirs)))
    if ours.get("count") is not None:
        ours.set("count", str(len(ours)))
