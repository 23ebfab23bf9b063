"""``docProps/core.xml``: who saved a workbook last, and when."""

from __future__ import annotations

from pathlib import Path

from crmsheet.book.encryption import decrypted
from crmsheet.book.ooxml import XmlRejected, elements, parse
from crmsheet.book.package import Package
from crmsheet.book.source import read_file
from crmsheet.errors import ReadError


def last_saved(path: Path, password: str = "") -> tuple[str, str]:
    """Name and moment (``2026-03-05 14:07``) of the last save as the file tells them; ``""`` where it does not."""
    try:
        package = Package(decrypted(path, read_file(path), password), path)
    except ReadError:  # text files and older formats carry no properties
        return "", ""
    facts: dict[str, str] = {}
    for link in package.relationships("").of_kind("core-properties"):
        if link.part in package:
            try:
                root = parse(package.read(link.part))
            except XmlRejected:
                continue
            facts |= {
                str(child.tag).rpartition("}")[2]: (child.text or "").strip() for child in elements(root)
            }
    return facts.get("lastModifiedBy", ""), facts.get("modified", "")[:16].replace("T", " ")
