"""Links of an own sheet to other parts and addresses: drawings, notes, pictures, hyperlinks."""

from __future__ import annotations

from lxml import etree

from crmsheet.book import drawings
from crmsheet.book.areas import Area
from crmsheet.book.grafting import Graft
from crmsheet.book.old_sheet import OldSheet
from crmsheet.book.ooxml import child_named, elements, local, references
from crmsheet.book.place import Place
from crmsheet.book.relationships import Link
from crmsheet.book.workbook_part import relationship_id

PENDING = "new:"  # relationship ids of the design, until they are given ids that are free in the workbook


def release(place: Place, old: OldSheet | None) -> None:
    """Let go of what we linked last time: hyperlinks among our cells, charts and pictures. Tables go
    elsewhere.
    """
    if old is None:
        for stray in list(place.relationships):  # left behind by a sheet that is gone
            place.relationships.drop(stray.id)
        return
    for hyperlink in elements(child_named(old.root, "hyperlinks")):
        area, linked = Area.parse(hyperlink.get("ref", "")), relationship_id(hyperlink)
        if linked and area and old.ours.owns(area):
            place.relationships.drop(linked)
    if old.drawing:
        drawings.release(place.package, old.drawing.part, place.dialect)


def mark_pending(root: etree._Element, place: Place) -> None:
    """Tell the design's relationship ids from those of the old sheet, before the two are merged."""
    for element, attribute, value in references(root, place.dialect):
        element.set(attribute, PENDING + value)


def connect(graft: Graft, place: Place, root: etree._Element, old: OldSheet | None) -> None:
    """Bring in what the merged sheet takes from the design, and give it ids that are free."""
    found = references(root, place.dialect)
    pending = {
        value.removeprefix(PENDING): (e, name) for e, name, value in found if value.startswith(PENDING)
    }
    theirs = frozenset(value for _, _, value in found if not value.startswith(PENDING))
    old_drawing = old.drawing if old else None
    for link in _wanted(graft, pending):
        if link.kind == "drawing":
            new_id = _put_drawing(graft, place, link, old_drawing)
        else:
            new_id = place.relationships.free_id(theirs)
            graft.relate(place.part, new_id, link)
        if link.id in pending:
            element, attribute = pending[link.id]
            element.set(attribute, new_id)
    if old_drawing and not graft.drawn.relationships.of_kind("drawing"):
        _clear_drawing(place, root, old_drawing)


def _wanted(graft: Graft, pending: dict[str, tuple[etree._Element, str]]) -> list[Link]:
    """The design's links that the merged sheet mentions; texts of notes come with their boxes."""
    with_notes = any(local(element) == "legacyDrawing" for element, _ in pending.values())
    links = (link for link in graft.drawn.relationships if link.kind != "table")
    return [link for link in links if link.id in pending or (with_notes and link.kind == "comments")]


def _put_drawing(graft: Graft, place: Place, link: Link, old: Link | None) -> str:
    part = drawings.put(graft, link.part, old.part if old else None)
    if old:
        return old.id
    new_id = place.relationships.free_id()
    place.relationships.add(new_id, graft.type_of(link), part=part)
    return new_id


def _clear_drawing(place: Place, root: etree._Element, old: Link) -> None:
    """The new design draws nothing: the user's pictures stay, an empty drawing goes."""
    if drawings.clear(place.package, old.part):
        return
    drawing = child_named(root, "drawing")
    if drawing is not None:
        root.remove(drawing)
    place.relationships.drop(old.id)
