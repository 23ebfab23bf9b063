"""Relationships of one part: which other parts and addresses it points to (ECMA-376 part 2, §6.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crmsheet.book import partnames
from crmsheet.book.ooxml import RELATIONSHIPS, elements, parse, serialise

EMPTY = f'<Relationships xmlns="{RELATIONSHIPS}"/>'.encode()


@dataclass(frozen=True, slots=True)
class Link:
    """One relationship. ``kind`` is the end of its type (``worksheet``); ``part`` is empty for an outside
    address.
    """

    id: str
    kind: str
    type: str
    part: str
    address: str = ""


class Relationships:
    """The relationships of ``source``, kept as XML so that what is not understood is written back as it
    was.
    """

    def __init__(self, source: str, data: bytes | None) -> None:
        self.source = source
        self.changed = False
        self._root = parse(EMPTY if data is None else data)

    def __iter__(self) -> Iterator[Link]:
        return map(self._link, elements(self._root))

    def _link(self, element: etree._Element) -> Link:
        target, kind = element.get("Target", ""), element.get("Type", "")
        outside = element.get("TargetMode") == "External" or not target
        return Link(
            id=element.get("Id", ""),
            kind=kind.rpartition("/")[2],
            type=kind,
            part="" if outside else partnames.resolve(self.source, target),
            address=target if outside else "",
        )

    def __len__(self) -> int:
        return sum(1 for _ in elements(self._root))

    def get(self, relationship_id: str | None) -> Link | None:
        named = (element for element in elements(self._root) if element.get("Id", "") == relationship_id)
        return next(map(self._link, named), None)

    def by_id(self) -> dict[str, Link]:
        """Every relationship by its id; of two with one id the first counts, as for :meth:`get`."""
        links: dict[str, Link] = {}
        for link in self:
            links.setdefault(link.id, link)
        links.pop("", None)
        return links

    def of_kind(self, kind: str) -> list[Link]:
        return [link for link in self if link.kind == kind]

    def free_id(self, mentioned: frozenset[str] = frozenset()) -> str:
        """Lowest free ``rIdN``. Ids that the part mentions without a relationship must not come alive."""
        used = {link.id for link in self} | mentioned
        number = 1
        while f"rId{number}" in used:
            number += 1
        return f"rId{number}"

    def add(self, relationship_id: str, kind: str, *, part: str = "", address: str = "") -> None:
        """Point to ``part``, or to an outside ``address``; ``kind`` is the full relationship type."""
        target = partnames.relative(self.source, part) if part else address
        element = etree.SubElement(
            self._root, f"{{{RELATIONSHIPS}}}Relationship", Id=relationship_id, Type=kind, Target=target
        )
        if not part:
            element.set("TargetMode", "External")
        self.changed = True

    def drop(self, relationship_id: str) -> None:
        for element in list(elements(self._root)):
            if element.get("Id") == relationship_id:
                self._root.remove(element)
                self.changed = True

    def sort(self) -> None:
        """Order by number, so that taking one out and putting it back leaves the same bytes."""
        ordered = sorted(elements(self._root), key=lambda element: _natural(element.get("Id", "")))
        if ordered != list(elements(self._root)):
            for element in ordered:
                self._root.append(element)
            self.changed = True

    def to_bytes(self) -> bytes:
        return serialise(self._root)


def _natural(name: str) -> tuple[str, int, str]:
    match = re.fullmatch(r"(\D*)(\d{1,9})(.*)", name)
    return (match[1], int(match[2]), match[3]) if match else (name, -1, "")
