"""The guide's index of analysis sheets: a line of a sheet that a refresh made leads to it, under the name of its tab.

Only lines whose name and remark are still ours are renewed; what somebody wrote in their place stays.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from crmsheet.book.design import Formula
from crmsheet.book.links import sheet_link
from crmsheet.book.patch import Position
from crmsheet.data import LANGUAGES, Language, read_toml
from crmsheet.labels import Labels

MOST_ROWS = 200  # the index stands near the top
CELLS_OF_LINE = 3  # name, contents, remark; the legend follows to the right
_LINK = re.compile(r'=HYPERLINK\("#\'(?P<place>.+)\'!A1","(?P<text>.+)"\)')


@dataclass(frozen=True)
class IndexChanges:
    """What to write into cells, and for each the cell of the sheet that shows how it is to look."""

    cells: dict[Position, object] = field(default_factory=dict)
    looks: dict[Position, Position] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the index: where its name and its remark stand, its sheet's code, and whether it leads there.

    ``wanted`` says what both cells are to hold; nothing for entry sheets.
    """

    name: Position
    remark: Position
    is_link: bool
    wanted: tuple[object, str] | None = None
    has_changed: bool = False


def guide_titles() -> frozenset[str]:
    """What the guide is called, in any language."""
    return frozenset(Labels.load(one).sheet("guide") for one in LANGUAGES)


def index_changes(cells: Mapping[Position, str], tabs: Mapping[str, str]) -> IndexChanges:
    """What to change on a guide that holds ``cells`` (texts, and formulas with ``=``); ``tabs``: own sheets by key.

    >>> words = read_toml("template.en.toml")
    >>> line = {(9, 1): "Overview", (9, 2): words["contents"]["overview"], (9, 3): words["guide"]["own"]}
    >>> list(index_changes(line, {"overview": "My view"}).cells.values())
    [Formula(text='HYPERLINK("#\\'My view\\'!A1","My view")', value='My view'), 'by refresh']
    """
    rows: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for (row, column), text in sorted(cells.items()):
        rows[row].append((column, text))
    lines = [line for row, found in rows.items() if (line := _line(row, found[:CELLS_OF_LINE], tabs))]
    models = {line.is_link: line for line in lines if line.wanted is None or not line.has_changed}
    changes = IndexChanges()
    for line in lines:
        if line.wanted is None or not line.has_changed:
            continue
        changes.cells.update(zip((line.name, line.remark), line.wanted, strict=True))
        model = models.get(isinstance(line.wanted[0], Formula))
        if model is not None and model.is_link is not line.is_link:
            changes.looks.update({line.name: model.name, line.remark: model.remark})
    return changes


def _line(row: int, found: Sequence[tuple[int, str]], tabs: Mapping[str, str]) -> _Line | None:
    if len(found) < CELLS_OF_LINE:
        return None
    (name_at, name), (_, contents), (remark_at, remark) = found
    link = _LINK.fullmatch(name)
    shown, place = _shown(link) if link else (name, "")
    places = (row, name_at), (row, remark_at)
    for language, words in _words():
        guide = words["guide"]
        if remark in (guide["optional"], guide["look_up"]) and link:
            return _Line(*places, is_link=True)
        if remark not in (guide["own"], guide["renewed"]):
            continue
        code = _code(contents, shown, words)
        if code and shown in {*_names(code), place}:
            wanted = _wanted(code, tabs, language, guide)
            has_changed = (name, remark) != (_spelled(wanted[0]), wanted[1])
            return _Line(*places, is_link=link is not None, wanted=wanted, has_changed=has_changed)
    return None


def _shown(link: re.Match[str]) -> tuple[str, str]:
    """What a link shows, and the tab it leads to: a tab that was renamed by us still shows its earlier name."""
    return link["text"].replace('""', '"'), link["place"].replace('""', '"').replace("''", "'")


def _wanted(
    code: str, tabs: Mapping[str, str], language: Language, guide: Mapping[str, Any]
) -> tuple[object, str]:
    """Name and remark of a line: a link where the sheet is there."""
    if code in tabs:
        return sheet_link(tabs[code], tabs[code]), guide["renewed"]
    return Labels.load(language).sheet(code), guide["own"]


def _spelled(value: object) -> str:
    return f"={value.text}" if isinstance(value, Formula) else str(value)


def _code(contents: str, shown: str, words: Mapping[str, Any]) -> str:
    """The analysis sheet of a line, by what it says of the contents or, in older guides, by its name."""
    codes: list[str] = words["guide"]["analysis_sheets"]
    said = (code for code in codes if words["contents"][code] == contents)
    return next(said, next((code for code in codes if shown in _names(code)), ""))


@cache
def _names(code: str) -> frozenset[str]:
    return frozenset(Labels.load(one).sheet(code) for one in LANGUAGES)


def _words() -> Iterator[tuple[Language, Mapping[str, Any]]]:
    return ((one, read_toml(f"template.{one}.toml")) for one in LANGUAGES)
