"""Names of standard sheets: the language a workbook speaks by them, and what they are called in another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from crmsheet.book import encryption, source
from crmsheet.book.package import Package
from crmsheet.book.sheet_names import free_name
from crmsheet.book.workbook_part import WorkbookPart
from crmsheet.data import LANGUAGES, Language, read_toml
from crmsheet.errors import CrmsheetError
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels


def workbook_language(path: Path, password: str = "") -> Language | None:
    """The language whose names most sheets of the workbook bear; None for a file without any such sheet.

    The sheets a program wrote are the record: nothing else has to be kept in the file. What cannot be opened
    has no language; whoever reads it next says why.
    """
    return language_of(_names(path, password))


def language_of(sheets: Iterable[str]) -> Language | None:
    """The language whose names most of these sheets bear; None when none does.

    Analysis sheets decide where there are some, since a refresh wrote them in the language asked for last; entry
    sheets keep the names they were made with.
    """
    names = {name.casefold() for name in sheets}
    bare = [{one: len(names & _standard_names(one, also=also)) for one in LANGUAGES} for also in ((), _ENTRY)]
    found = next((counts for counts in bare if max(counts.values()) >= FEWEST_TABS), bare[-1])
    best = max(LANGUAGES, key=lambda language: found[language])
    return best if found[best] else None


FEWEST_TABS = 3  # fewer analysis sheets may be a person's own, called so by chance
_ENTRY = (*SHEETS, "settings", "guide")


def _standard_names(language: Language, *, also: Collection[str]) -> set[str]:
    """Names of the analysis sheets, and of those ``also`` named by their codes."""
    sheets = read_toml(f"labels.{language}.toml")["sheets"]
    return {str(name).casefold() for code, name in sheets.items() if code not in _ENTRY or code in also}


def renamed_tabs(own: Mapping[str, str], taken: Collection[str], labels: Labels) -> dict[str, str]:
    """Old name → new name of our sheets (by key) that still bear our name in another language.

    What somebody called otherwise stays, and so does what would take a name that is ``taken``.
    """
    used = {name.lower() for name in taken}
    standard = {key: {Labels.load(one).sheet(key) for one in LANGUAGES} for key in own}
    return {
        name: labels.sheet(key)
        for key, name in own.items()
        if name in standard[key] and name != labels.sheet(key) and labels.sheet(key).lower() not in used
    }


def tabs_by_name(own: Mapping[str, str], taken: Collection[str], labels: Labels) -> dict[str, str]:
    """Standard name of each analysis sheet → the name its tab has, or will get beside the ``taken`` ones."""
    return {
        labels.sheet(key): own[key] if key in own else free_name(labels.sheet(key), taken)
        for key in labels.words["sheets"]
        if key not in _ENTRY
    }


def _names(path: Path, password: str) -> list[str]:
    try:
        package = Package(encryption.decrypted(path, source.read_file(path), password), path)
        with package.reading(path.name):
            return [sheet.name for sheet in WorkbookPart(package).sheets()]
    except CrmsheetError:
        return []
