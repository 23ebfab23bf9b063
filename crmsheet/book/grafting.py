"""Copies parts of a design (charts, tables, pictures …) into a workbook, under names that are free there.

When a sheet is redrawn, its parts of last time give their names to the new ones in the same order: the
same design written twice gives the same bytes, and nothing is left over.
"""

from __future__ import annotations

import re

from crmsheet.book import partnames
from crmsheet.book.drawn import Drawn, rename_references
from crmsheet.book.ooxml import TRANSITIONAL, Dialect, parse, serialise
from crmsheet.book.package import Package
from crmsheet.book.relationships import Link


class Graft:
    """One transplant from ``drawn`` into ``package``; ``freed`` are part names that may be used again."""

    def __init__(self, package: Package, drawn: Drawn, sheet_name: str, freed: set[str]) -> None:
        self.package = package
        self.drawn = drawn
        self._sheet_name = sheet_name
        self._freed = sorted(freed, key=_natural)
        self._copied: dict[str, str] = {}

    @property
    def dialect(self) -> Dialect:
        return self.drawn.dialect

    def copy(self, source: str) -> str:
        """Name under which the part ``source`` of the design, with all it points to, now stands in the
        workbook.
        """
        if source not in self._copied:
            name = self._copied[source] = self.name_for(source)
            self.place(source, name, self._content(source))
            for link in self.drawn.package.relationships(source):
                self.relate(name, link.id, link)
        return self._copied[source]

    def place(self, source: str, name: str, content: bytes) -> None:
        """Write ``content`` as part ``name``, declared as the design's ``source`` is, pointing to nothing
        yet.
        """
        types = self.drawn.package.types
        extension = partnames.extension(name)
        if types.default(extension) == types.of(source):
            self.package.types.declare_default(extension, types.of(source))
        self.package.put(name, content)
        self.package.types.declare(name, types.of(source))
        relationships = self.package.relationships(name)
        for old in list(relationships):
            relationships.drop(old.id)

    def relate(self, part: str, relationship_id: str, link: Link) -> None:
        """Point from ``part`` to the copy of what ``link`` points to in the design."""
        target = self.copy(link.part) if link.part else ""
        self.package.relationships(part).add(
            relationship_id, self.type_of(link), part=target, address=link.address
        )

    def type_of(self, link: Link) -> str:
        """Relationship type in the workbook's dialect."""
        return link.type.replace(TRANSITIONAL.office, self.dialect.office)

    def name_for(self, source: str) -> str:
        """Name for a part like ``source``: the first one freed, or a new one."""
        pattern = re.sub(r"\d*(\.\w+)$", r"%d\1", source)
        before, after = map(partnames.key, pattern.split("%d"))
        for name in self._freed:
            if re.fullmatch(rf"{re.escape(before)}\d+{re.escape(after)}", name):
                self._freed.remove(name)
                return self.package.actual(name) or name
        return self.package.unique_name(pattern)

    def take(self, name: str) -> None:
        """Keep the freed ``name`` out of :meth:`name_for`, because it is already given to a part."""
        if partnames.key(name) in self._freed:
            self._freed.remove(partnames.key(name))

    def _content(self, source: str) -> bytes:
        data = self.drawn.read(source)
        if partnames.extension(source) != "xml" or self.drawn.name == self._sheet_name:
            return data
        root = parse(data)
        rename_references(root, self.drawn.name, self._sheet_name)
        return serialise(root)


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in re.split(r"(\d+)", name)]
