"""The language a workbook speaks: that of its standard sheets' names."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from crmsheet.book import encryption, source
from crmsheet.book.package import Package
from crmsheet.book.workbook_part import WorkbookPart
from crmsheet.data import LANGUAGES, Language, read_toml
from crmsheet.errors import CrmsheetError


def workbook_language(path: Path, password: str = "") -> Language | None:
    """The language whose names most sheets of the workbook bear; None for a file without any such sheet.

    The sheets a program wrote are the record: nothing else has to be kept in the file. What cannot be opened
    has no language; whoever reads it next says why.
    """
    return language_of(_names(path, password))


def language_of(sheets: Iterable[str]) -> Language | None:
    """The language whose names most of these sheets bear; None when none does."""
    names = {name.casefold() for name in sheets}
    found = {
        language: len(
            names & {name.casefold() for name in read_toml(f"labels.{language}.toml")["sheets"].values()}
        )
        for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: found[language])
    return best if found[best] else None


def _names(path: Path, password: str) -> list[str]:
    try:
        package = Package(encryption.decrypted(path, source.read_file(path), password), path)
        with package.reading(path.name):
            return [sheet.name for sheet in WorkbookPart(package).sheets()]
    except CrmsheetError:
        return []
