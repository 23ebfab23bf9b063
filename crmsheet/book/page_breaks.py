"""Ends of pages on a redrawn sheet: ours follow the rows, those below our cells are the user's."""

from __future__ import annotations

import copy

from lxml import etree

from crmsheet.book.ooxml import WORKSHEET_ORDER, child_named, elements, ensure_child, integer
from crmsheet.book.territory import Territory

ROW_BREAKS = "rowBreaks"
PAPER = ("orientation", "paperSize", "scale", "fitToWidth", "fitToHeight")


def renew_breaks(root: etree._Element, new: etree._Element, old: etree._Element, ours: Territory) -> None:
    """Give ``root`` the design's page ends, if it prints on the design's paper, and the user's below ``ours``."""
    below = max((area.bottom for area in ours.areas), default=0)
    kept = [one for one in _breaks(old) if integer(one, "id") > below]
    drawn = _breaks(new) if _paper(root) == _paper(new) else []
    present = child_named(root, ROW_BREAKS)
    if present is not None:
        root.remove(present)
    if not (drawn or kept):
        return
    parent = ensure_child(root, _tag(root), WORKSHEET_ORDER)
    parent.extend(copy.deepcopy(one) for one in (*drawn, *kept))
    for name in ("count", "manualBreakCount"):
        parent.set(name, str(len(parent)))


def _breaks(sheet: etree._Element) -> list[etree._Element]:
    return list(elements(child_named(sheet, ROW_BREAKS)))


def _paper(sheet: etree._Element) -> list[str | None]:
    setup = child_named(sheet, "pageSetup")
    return [None if setup is None else setup.get(name) for name in PAPER]


def _tag(root: etree._Element) -> str:
    return f"{{{etree.QName(root).namespace}}}{ROW_BREAKS}"
