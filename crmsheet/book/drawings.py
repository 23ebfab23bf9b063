"""Charts and pictures on own sheets, beside those a user put there.

Our anchors carry a name that starts with :data:`OWN`; each is replaced where it stands, so that what lies
above and below stays so. Excel gives a copy of a chart another name, so copies are the user's. Charts drawn in an
open Excel have names of their own (:data:`OPEN_OWN`); ``chart_claims`` names those again that were saved nameless.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Collection

from lxml import etree

from crmsheet.book.grafting import Graft
from crmsheet.book.ooxml import Dialect, elements, integer, local, parse, references, serialise
from crmsheet.book.package import Package

OWN = "crm:"
OPEN_OWN = "crm_chart_"


def own_anchors(drawing: etree._Element) -> dict[str, etree._Element]:
    """Our anchors by name; of several with one name only the first is ours."""
    found: dict[str, etree._Element] = {}
    for anchor in elements(drawing):
        properties = _properties(anchor)
        name = "" if properties is None else properties.get("name", "")
        if is_own(name):
            found.setdefault(name, anchor)
    return found


def is_own(name: str) -> bool:
    """Whether ``name`` is one that we give."""
    return name.startswith((OWN, OPEN_OWN))


def name_again(anchor: etree._Element, taken: Collection[str]) -> str:
    """Give a chart of ours, saved without its name, the first name that is not ``taken``."""
    name = next(one for number in itertools.count(1) if (one := f"{OWN}Chart {number}") not in taken)
    properties = _properties(anchor)
    if properties is not None:
        properties.set("name", name)
    return name


def release(package: Package, part: str, dialect: Dialect) -> None:
    """Let go of the charts and pictures behind our anchors; the anchors themselves stay until :func:`put`."""
    relationships = package.relationships(part)
    drawing = package.xml(part)
    kept = _mentioned_by_user(drawing, dialect)
    for anchor in own_anchors(drawing).values():
        for _, _, relationship_id in references(anchor, dialect):
            if relationship_id not in kept:
                relationships.drop(relationship_id)


def put(graft: Graft, source: str, part: str | None) -> str:
    """Name of the drawing that now holds the anchors of the design's drawing ``source``; ``part`` is the
    old one.
    """
    design = parse(graft.drawn.read(source))
    name = part or graft.name_for(source)
    if part is None:
        graft.place(source, name, _empty_copy(design))
    drawing = graft.package.xml(name)
    mentioned = _mentioned_by_user(drawing, graft.dialect)
    new = _named(design)
    for anchor in new.values():
        _relink(graft, anchor, (source, name), mentioned)
    _replace(drawing, new)
    graft.package.edited(name)
    graft.package.relationships(name).sort()
    return name


def clear(package: Package, part: str) -> bool:
    """Take our anchors out of a drawing for which the new design has none; whether any of the user's
    remain.
    """
    drawing = package.xml(part)
    for anchor in own_anchors(drawing).values():
        drawing.remove(anchor)
    package.edited(part)
    return any(True for _ in elements(drawing))


def _empty_copy(drawing: etree._Element) -> bytes:
    clone = copy.deepcopy(drawing)
    for anchor in list(elements(clone)):
        clone.remove(anchor)
    return serialise(clone)


def _named(design: etree._Element) -> dict[str, etree._Element]:
    """Copies of the design's anchors, marked as ours, by name."""
    anchors: dict[str, etree._Element] = {}
    for number, anchor in enumerate(elements(design), start=1):
        clone = copy.deepcopy(anchor)
        properties = _properties(clone)
        if properties is not None:
            name = OWN + properties.get("name", str(number))
            name = f"{name} {number}" if name in anchors else name
            properties.set("name", name)
            anchors[name] = clone
    return anchors


def _relink(graft: Graft, anchor: etree._Element, parts: tuple[str, str], mentioned: frozenset[str]) -> None:
    """Bring what ``anchor`` points to into the workbook; ``parts`` are the design's drawing and ours."""
    source, name = parts
    links = {link.id: link for link in graft.drawn.package.relationships(source)}
    renumbered: dict[str, str] = {}
    for element, attribute, old in references(anchor, graft.dialect):
        if old not in renumbered:
            renumbered[old] = graft.package.relationships(name).free_id(mentioned)
            graft.relate(name, renumbered[old], links[old])
        element.set(attribute, renumbered[old])


def _replace(drawing: etree._Element, new: dict[str, etree._Element]) -> None:
    old = own_anchors(drawing)
    highest = max([1, *(integer(e, "id") for e in drawing.iter("{*}cNvPr"))])
    for name, anchor in new.items():
        if name in old:
            _set_number(anchor, _number(old[name]))
            drawing.replace(old[name], anchor)
        else:
            highest += 1
            _set_number(anchor, str(highest))
            drawing.append(anchor)
    for name in old.keys() - new.keys():
        drawing.remove(old[name])


def _mentioned_by_user(drawing: etree._Element, dialect: Dialect) -> frozenset[str]:
    ours = list(own_anchors(drawing).values())
    theirs = (anchor for anchor in elements(drawing) if anchor not in ours)
    return frozenset(value for anchor in theirs for _, _, value in references(anchor, dialect))


def _properties(anchor: etree._Element) -> etree._Element | None:
    """The ``cNvPr`` that names what ``anchor`` holds."""
    return next((element for element in anchor.iter("*") if local(element) == "cNvPr"), None)


def _number(anchor: etree._Element) -> str:
    properties = _properties(anchor)
    return "0" if properties is None else properties.get("id", "0")


def _set_number(anchor: etree._Element, number: str) -> None:
    properties = _properties(anchor)
    if properties is not None:
        properties.set("id", number)
