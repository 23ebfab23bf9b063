"""Formulas, links and sources that follow a tab or a table's column which is called something else from now on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from html import escape, unescape

from crmsheet.book.calculation import FORMULA_FOLDERS, spellings
from crmsheet.book.defined_names import rename_sheet
from crmsheet.book.package import Package
from crmsheet.book.partnames import key

_FORMULA = re.compile(
    rb"(<(?:\w+:)?(?:f|formula\d?|calculatedColumnFormula|totalsRowFormula)\b[^>]*(?<!/)>)([^<]+)(?=</)"
)
_PLACE = re.compile(rb'(\s(?:location|Target)=")([^"]*)(?=")')
_SOURCE = re.compile(rb'(\ssheet=")([^"]*)(?=")')
_NESTED = re.compile(r"\[([^\[\]]*)\]")

Change = Callable[[str], str]


def follow_sheets(package: Package, renamed: Mapping[str, str]) -> None:
    """Turn what speaks of the tabs ``renamed`` (old name → new name) to their new names, in every part but the
    workbook's own.
    """

    def formula(text: str) -> str:
        for old, new in renamed.items():
            text = rename_sheet(text, old, new)
        return text

    mentioned = [f"{name}{end}" for name in renamed for end in ("!", "'!", '"')]
    changes = {_FORMULA: formula, _PLACE: formula, _SOURCE: lambda text: renamed.get(text, text)}
    _rewrite(package, mentioned, changes)


def follow_columns(package: Package, renamed: Mapping[str, Mapping[str, str]]) -> None:
    """Turn formulas that name columns of tables to the columns' new names: by table, old header → new header."""

    def formula(text: str) -> str:
        for table, columns in renamed.items():
            text = rename_columns(text, table, columns)
        return text

    _rewrite(package, [f"{table}[" for table in renamed], {_FORMULA: formula})


def rename_columns(formula: str, table: str, columns: Mapping[str, str]) -> str:
    """``formula`` with the columns of ``table`` called by their new names.

    >>> rename_columns("SUM(t[a],t[[#This Row],[b]],u[a])", "t", {"a": "A", "b": "B"})
    'SUM(t[A],t[[#This Row],[B]],u[a])'
    """
    reference = re.compile(rf"(?<![\w.]){re.escape(table)}\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", re.IGNORECASE)

    def renamed(match: re.Match[str]) -> str:
        inside = match[1]
        if "[" not in inside:
            inside = columns.get(inside, inside)
        else:
            inside = _NESTED.sub(lambda part: f"[{columns.get(part[1], part[1])}]", inside)
        return f"{match[0][: len(table)]}[{inside}]"

    return reference.sub(renamed, formula)


def _rewrite(package: Package, mentioned: Iterable[str], changes: Mapping[re.Pattern[bytes], Change]) -> None:
    wanted = [spelling for text in mentioned for spelling in spellings(text)]
    for part in list(package):
        if not any(f"/{folder}/" in "/" + key(part) for folder in FORMULA_FOLDERS):
            continue
        content = package.read(part)
        if not any(text in content for text in wanted):
            continue
        new = content
        for pattern, change in changes.items():
            new = pattern.sub(lambda match, change=change: match[1] + _changed(match[2], change), new)  # type: ignore[misc]
        if new != content:
            package.put(part, new)


def _changed(raw: bytes, change: Change) -> bytes:
    text = unescape(raw.decode())
    new = change(text)
    return raw if new == text else escape(new, quote=True).replace("&#x27;", "'").encode()
