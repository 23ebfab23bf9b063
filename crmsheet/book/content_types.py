"""``[Content_Types].xml``: what kind of content each part holds (ECMA-376 part 2, §6.2.3)."""

from __future__ import annotations

from lxml import etree

from crmsheet.book import partnames
from crmsheet.book.ooxml import CONTENT_TYPES, elements, parse, serialise

PART_NAME, CONTENT_TYPE, EXTENSION = "PartName", "ContentType", "Extension"


class ContentTypes:
    """Overrides by part name, defaults by extension."""

    def __init__(self, data: bytes) -> None:
        self._root = parse(data)
        self.changed = False

    def of(self, part: str) -> str:
        """Content type of ``part``; empty when none is declared."""
        override = self._override(part)
        if override is not None:
            return override.get(CONTENT_TYPE, "")
        return self.default(partnames.extension(part))

    def default(self, extension: str) -> str:
        for element in elements(self._root):
            if element.get(EXTENSION, "").lower() == extension:
                return element.get(CONTENT_TYPE, "")
        return ""

    def declare(self, part: str, content_type: str) -> None:
        """Make ``content_type`` that of ``part``, by an override where its extension does not already say
        so.
        """
        if self.of(part) == content_type:
            return
        override = self._override(part)
        if override is None:
            tag = f"{{{CONTENT_TYPES}}}Override"
            override = etree.SubElement(self._root, tag, {PART_NAME: "/" + part.lstrip("/")})
        override.set(CONTENT_TYPE, content_type)
        self.changed = True

    def declare_default(self, extension: str, content_type: str) -> None:
        """Declare an extension not yet known; images and VML are declared this way."""
        if not self.default(extension):
            tag = f"{{{CONTENT_TYPES}}}Default"
            attributes = {EXTENSION: extension, CONTENT_TYPE: content_type}
            self._root.insert(0, self._root.makeelement(tag, attributes))
            self.changed = True

    def overrides(self) -> list[str]:
        """Part names that have a content type of their own."""
        return [element.get(PART_NAME, "") for element in elements(self._root) if element.get(PART_NAME)]

    def forget(self, part: str) -> None:
        override = self._override(part)
        if override is not None:
            self._root.remove(override)
            self.changed = True

    def to_bytes(self) -> bytes:
        return serialise(self._root)

    def _override(self, part: str) -> etree._Element | None:
        wanted = partnames.key(part)
        for element in elements(self._root):
            if partnames.key(element.get(PART_NAME, "")) == wanted:
                return element
        return None
