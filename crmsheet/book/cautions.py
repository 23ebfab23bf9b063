"""What a user should know before a workbook is changed at all."""

from __future__ import annotations

from collections.abc import Iterator

from crmsheet.book.package import Package
from crmsheet.book.partnames import key
from crmsheet.model import Note

SIGNATURES = "_xmlsignatures/"
REVISIONS = "xl/revisions/"


def cautions(package: Package) -> Iterator[Note]:
    """A digital signature ends with any change; a legacy shared workbook logs changes, but not ours."""
    parts = [key(part) for part in package]
    if any(part.startswith(SIGNATURES) for part in parts):
        yield Note("signature_invalid", {"path": package.path})
    if any(part.startswith(REVISIONS) for part in parts):
        yield Note("shared_workbook", {"path": package.path})
