"""Rules of the package: content types and relationships are closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from crmsheet.book import partnames
from crmsheet.book.lint.finding import Finding
from crmsheet.book.lint.subject import Subject
from crmsheet.book.package import TYPES_PART
from crmsheet.book.partnames import key


def types_of_parts(subject: Subject) -> Iterator[Finding]:
    """Every part has a content type."""
    for part in subject.package:
        if key(part) != key(TYPES_PART) and not subject.package.types.of(part):
            yield Finding(part, "", "content_type_missing")


def overrides_have_parts(subject: Subject) -> Iterator[Finding]:
    """No content type is declared for a part that is not there, or twice."""
    declared = Counter(map(key, subject.package.types.overrides()))
    for part, count in declared.items():
        if part not in subject.package:
            yield Finding(TYPES_PART, "", "content_type_without_part", part)
        if count > 1:
            yield Finding(TYPES_PART, "", "content_type_twice", part)


def relationships_lead_somewhere(subject: Subject) -> Iterator[Finding]:
    """Relationships have ids of their own and lead to parts that exist."""
    sources = ["", *(part for part in subject.package if not part.endswith(".rels"))]
    for source in sources:
        relationships = subject.package.relationships(source)
        name = partnames.relationships_of(source)
        ids = Counter(link.id for link in relationships)
        for link in relationships:
            if link.part and link.part not in subject.package:
                yield Finding(name, "", "relationship_target", f"{link.id} to {link.part}")
        for relationship_id, count in ids.items():
            if count > 1 or not relationship_id:
                yield Finding(name, "", "relationship_id", relationship_id)


def main_parts_once(subject: Subject) -> Iterator[Finding]:
    """One stylesheet, one string table, one theme, one calculation chain."""
    relationships = subject.package.relationships(subject.workbook.name)
    for kind in ("styles", "sharedStrings", "theme", "calcChain"):
        links = relationships.of_kind(kind)
        if len(links) > 1:
            yield Finding(subject.workbook.name, "", "part_twice", kind)


RULES = (types_of_parts, overrides_have_parts, relationships_lead_somewhere, main_parts_once)
