"""The lists that feed dropdowns: they stand on the settings sheet, and each has a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from crmsheet.book.design import Formula
from crmsheet.data import read_toml
from crmsheet.fields import Field
from crmsheet.labels import Labels
from crmsheet.live_rows import named_settings
from crmsheet.row_days import TIER_RANGES
from crmsheet.settings import SettingLine

TIER_LABEL = "label"
SETTING_COLUMN = 2  # where the settings sheet holds its values


@dataclass(frozen=True)
class ChoiceList:
    """One list: its words in order; an open one has ``room`` for words that people add below.

    ``linked`` are the settings whose cells it repeats, so that it follows them.
    """

    code: str
    header: str
    words: tuple[str | float, ...]
    room: int = 0
    linked: tuple[str, ...] = ()
    given_name: str = ""

    @property
    def name(self) -> str:
        """Name of its range in the workbook."""
        return self.given_name or f"crm_list_{self.code}"

    def cells(self, rows: Mapping[str, int]) -> list[object]:
        """The words, or formulas that repeat the settings they come from; ``rows`` of the settings count from 0."""
        if not self.linked:
            return list(self.words)
        places = [
            xl_rowcol_to_cell(rows[key], SETTING_COLUMN, row_abs=True, col_abs=True) for key in self.linked
        ]
        return [Formula(place, word) for place, word in zip(places, self.words, strict=True)]

    def range(self, sheet: str, row: int, column: int) -> str:
        """Formula of the range that starts at this cell; an open list ends at its last filled cell.

        >>> ChoiceList("a", "", ("高", "低")).range("配置", 4, 8)
        "='配置'!$I$5:$I$6"
        """
        first = _cell(sheet, row, column)
        if not self.room:
            return f"={first}:{_cell('', row + len(self.words) - 1, column)}"
        all_cells = f"{first}:{_cell('', row + self.room - 1, column)}"
        return f"={first}:INDEX({all_cells},MAX(1,COUNTA({all_cells})))"


def choice_lists(labels: Labels, lines: Sequence[SettingLine]) -> tuple[ChoiceList, ...]:
    """All lists, from left to right."""
    layout = read_toml("template.toml")
    words = read_toml(f"template.{labels.language}.toml")
    lists = [
        ChoiceList(code, _header(code, labels, words), _words(code, labels, words, lines), room)
        for code in layout["lists"]["order"]
        for room in [int(layout["open_lists"].get(code, 0))]
    ]
    return (
        *(one if one.code != "tier" else _tier_list(one, lines) for one in lists),
        *_cadences(words, lines),
    )


def _tier_list(one: ChoiceList, lines: Sequence[SettingLine]) -> ChoiceList:
    return replace(one, linked=tuple(line.key for line in _tier_lines(lines, TIER_LABEL)))


def _cadences(words: Mapping[str, Any], lines: Sequence[SettingLine]) -> tuple[ChoiceList, ...]:
    """Months and days between contacts, beside the tiers they belong to: what live formulas read."""
    names = named_settings()
    found = ((field, _tier_lines(lines, field)) for field in TIER_RANGES)
    return tuple(
        ChoiceList(
            field,
            words["list_labels"][field],
            tuple(float(line.value or 0) for line in tier_lines),
            linked=tuple(line.key for line in tier_lines),
            given_name=names[TIER_RANGES[field]],
        )
        for field, tier_lines in found
        if tier_lines
    )


def _tier_lines(lines: Sequence[SettingLine], field: str) -> list[SettingLine]:
    return [line for line in lines if line.key.startswith("tiers.") and line.key.endswith(f".{field}")]


def list_of(field: Field) -> str:
    """Code of the list that feeds ``field``, or nothing."""
    layout = read_toml("template.toml")
    lists = layout["lists"]
    by_vocabulary = {vocabulary: code for code, vocabulary in lists["vocabularies"].items()}
    wanted = by_vocabulary.get(field.vocabulary, field.vocabulary) or layout["kind_lists"].get(field.kind, "")
    return str(wanted) if wanted in lists["order"] else ""


def tier_labels(lines: Sequence[SettingLine]) -> dict[str, str]:
    """Label of each tier, by code, as the settings have it."""
    return {line.key.split(".")[1]: str(line.value) for line in _tier_lines(lines, TIER_LABEL)}


def _words(
    code: str, labels: Labels, words: Mapping[str, Any], lines: Sequence[SettingLine]
) -> tuple[str, ...]:
    if code == "tier":
        return tuple(tier_labels(lines).values())
    if code in words["lists"]:
        return tuple(words["lists"][code])
    vocabulary = read_toml("template.toml")["lists"]["vocabularies"].get(code, code)
    return labels.choices(vocabulary) if vocabulary in labels.words["choices"] else ()


def _header(code: str, labels: Labels, words: Mapping[str, Any]) -> str:
    return str(words["list_labels"].get(code) or labels.field(code))


def _cell(sheet: str, row: int, column: int) -> str:
    place: str = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{place}" if sheet else place
