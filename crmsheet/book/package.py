"""An OPC package opened for patching: parts are read, replaced, added or removed; all others stay as they
are.

Part names compare without case (:func:`partnames.key`). Names of parts removed during one save are not
given to other parts, and neither are names that dangling relationships point to: nothing forgotten comes
alive again.
"""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

from lxml import etree

from crmsheet.book import limits as guards
from crmsheet.book import partnames, source
from crmsheet.book.content_types import ContentTypes
from crmsheet.book.limits import Limits
from crmsheet.book.ooxml import XmlRejected, parse, serialise
from crmsheet.book.partnames import key
from crmsheet.book.relationships import Relationships
from crmsheet.book.zipstream import (
    FIXED_STAMP,
    BadEntry,
    Entry,
    deflate,
    inflate,
    inflate_pieces,
    read_directory,
)

TYPES_PART = "[Content_Types].xml"


class Package:
    """Parts of one workbook file. ``path`` only names it in errors; the bytes are those given."""

    def __init__(self, data: bytes, path: Path, limits: Limits | None = None) -> None:
        self.path = path
        self._entries = self._open(data, limits or Limits.from_environment())
        self._gone: set[str] = set()
        self._trees: dict[str, etree._Element] = {}
        self._edited: set[str] = set()
        self._relationships: dict[str, Relationships] = {}
        with self.reading(TYPES_PART):
            self.types = ContentTypes(self.read(TYPES_PART))

    def _open(self, data: bytes, limits: Limits) -> dict[str, Entry]:
        source.refuse_other_formats(self.path, data)
        try:
            entries = read_directory(data)
            guards.check(entries, len(data), limits)
        except BadEntry as error:
            raise source.damaged(self.path, error.name, error.code) from None
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError):
            raise source.damaged(self.path, self.path.name, "not_zip") from None
        found = {key(entry.name): entry for entry in entries}
        source.refuse_other_packages(self.path, data, frozenset(found))
        return found

    # Names

    def __contains__(self, name: str) -> bool:
        return key(name) in self._entries

    def __iter__(self) -> Iterator[str]:
        """Names of all parts as the archive spells them."""
        return (entry.name for entry in self._entries.values() if not entry.is_folder)

    def actual(self, name: str) -> str | None:
        """``name`` as the archive spells it, None when there is no such part."""
        entry = self._entries.get(key(name))
        return entry.name if entry else None

    def unique_name(self, pattern: str) -> str:
        """Name of the form ``pattern`` (one ``%d``) with the number after the highest in use."""
        before, after = map(key, pattern.split("%d"))
        shape = re.compile(rf"{re.escape(before)}(\d{{1,9}}){re.escape(after)}")
        taken = self._entries.keys() | self._gone | self._dangling()
        numbers = [int(match[1]) for name in taken if (match := shape.fullmatch(name))]
        return pattern % (max(numbers, default=0) + 1)

    def _dangling(self) -> set[str]:
        return {
            key(link.part)
            for relationships in self._relationships.values()
            for link in relationships
            if link.part and link.part not in self
        }

    # Content

    def read(self, name: str) -> bytes:
        """Uncompressed content of a part as it would be saved now."""
        self._flush(key(name))
        with self.reading(name):
            return inflate(self._entry(name))

    def pieces(self, name: str) -> Iterator[bytes]:
        """Uncompressed content of a part, piece by piece."""
        self._flush(key(name))
        with self.reading(name):
            yield from inflate_pieces(self._entry(name))

    def ends(self, name: str) -> tuple[bytes, bytes]:
        """The beginning and the end of a part that was put, at most :data:`SAMPLE_BYTES` each; blank for others."""
        return self._entry(name).ends

    def size(self, name: str) -> int:
        return self._entry(name).size

    def stands_as_written(self, name: str) -> bool:
        """Whether the part is as one of our runs stored it: nobody else stamps entries with that moment."""
        return self._entry(name).stamp == FIXED_STAMP

    def put(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """Replace or add a part. A replaced part keeps its place in the archive and its spelling."""
        part = key(name)
        pieces = [content] if isinstance(content, bytes) else content
        self._trees.pop(part, None)
        self._edited.discard(part)
        self._gone.discard(part)
        self._entries[part] = deflate(self.actual(name) or name, pieces)

    def remove(self, name: str) -> None:
        """Take a part and its own relationships out."""
        for part in (key(name), key(partnames.relationships_of(name))):
            self._entries.pop(part, None)
            self._trees.pop(part, None)
            self._edited.discard(part)
            self._gone.add(part)
            self.types.forget(part)
        self._relationships.pop(key(name), None)

    def xml(self, name: str) -> etree._Element:
        """Root element of a part, parsed once. Call :meth:`edited` after a change."""
        part = key(name)
        if part not in self._trees:
            self._trees[part] = self.parsed(name)
        return self._trees[part]

    def parsed(self, name: str) -> etree._Element:
        """Root element of a part, parsed anew, for looking only."""
        with self.reading(name):
            return parse(self.read(name))

    def edited(self, name: str) -> None:
        """The tree that :meth:`xml` gave out for ``name`` has changed and is to be saved."""
        self._edited.add(key(name))

    # Relationships

    def relationships(self, part: str) -> Relationships:
        """Relationships of ``part`` (``""``: of the package), read once; changes are saved."""
        if key(part) not in self._relationships:
            name = self.actual(partnames.relationships_of(part))
            data = self.read(name) if name else None
            with self.reading(name or part):
                self._relationships[key(part)] = Relationships(part, data)
        return self._relationships[key(part)]

    def reachable(self, start: str = "") -> set[str]:
        """Keys of all parts that relationships lead to from ``start``, by default from the package's root."""
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            for link in self.relationships(waiting.pop()):
                if link.part and key(link.part) not in seen and link.part in self:
                    seen.add(key(link.part))
                    waiting.append(self.actual(link.part) or link.part)
        return seen

    # Saving

    def entries(self) -> list[Entry]:
        """The archive as it would be saved now: untouched entries are the very ones that were read."""
        for part in list(self._edited):
            self._flush(part)
        for relationships in self._relationships.values():
            self._flush_relationships(relationships)
        if self.types.changed:
            self.put(TYPES_PART, self.types.to_bytes())
            self.types.changed = False
        return list(self._entries.values())

    def _flush(self, part: str) -> None:
        if part in self._edited:
            tree = self._trees[part]
            self.put(part, serialise(tree))
            self._trees[part] = tree

    def _flush_relationships(self, relationships: Relationships) -> None:
        name = partnames.relationships_of(relationships.source)
        if relationships.changed and len(relationships):
            self.put(name, relationships.to_bytes())
        elif relationships.changed and name in self:
            self._entries.pop(key(name))
        relationships.changed = False

    # Errors

    def _entry(self, name: str) -> Entry:
        entry = self._entries.get(key(name))
        return entry if entry else self.fail(name, "missing")

    def fail(self, part: str, code: str, detail: str = "") -> NoReturn:
        """Raise the error for a broken ``part`` of this file."""
        raise source.damaged(self.path, part, code, detail) from None

    @contextlib.contextmanager
    def reading(self, part: str) -> Iterator[None]:
        """Turn what goes wrong inside while ``part`` is read into the error for this file."""
        try:
            yield
        except BadEntry as error:
            self.fail(part, error.code)
        except XmlRejected as error:
            self.fail(part, error.code, error.detail)
