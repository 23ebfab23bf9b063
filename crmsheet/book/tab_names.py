"""The language a workbook speaks: that of its standard sheets' names."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

from crmsheet.data import LANGUAGES, Language, read_toml

_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*?\bname=\"([^\"]*)\"")


def workbook_language(path: Path) -> Language | None:
    """The language whose names most sheets of the workbook bear; None for a file without any such sheet.

    The sheets a program wrote are the record: nothing else has to be kept in the file.
    """
    names = {name.casefold() for name in _names(path)}
    found = {
        language: len(
            names & {name.casefold() for name in read_toml(f"labels.{language}.toml")["sheets"].values()}
        )
        for language in LANGUAGES
    }
    best = max(LANGUAGES, key=lambda language: found[language])
    return best if found[best] else None


def _names(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as package:
            text = package.read("xl/workbook.xml").decode("utf-8", "replace")
    except (
        OSError,
        ValueError,
        KeyError,
        zipfile.BadZipFile,
        RuntimeError,
        NotImplementedError,
        zipfile.LargeZipFile,
    ):
        return []
    return [html.unescape(name) for name in _SHEET.findall(text)]
