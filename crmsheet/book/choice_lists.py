"""The lists that feed dropdowns: they stand on the settings sheet, and each has a name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from crmsheet.data import read_toml
from crmsheet.fields import Field
from crmsheet.labels import Labels
from crmsheet.settings import SettingLine

TIER_LABEL = "label"


@dataclass(frozen=True)
class ChoiceList:
    """One list: its words in order; an open one has ``room`` for words that people add below."""

    code: str
    header: str
    words: tuple[str, ...]
    room: int = 0

    @property
    def name(self) -> str:
        """Name of its range in the workbook."""
        return f"crm_list_{self.code}"

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
    return tuple(
        ChoiceList(code, _header(code, labels, words), _words(code, labels, words, lines), room)
        for code in layout["lists"]["order"]
        for room in [int(layout["open_lists"].get(code, 0))]
    )


def list_of(field: Field) -> str:
    """Code of the list that feeds ``field``, or nothing."""
    layout = read_toml("template.toml")
    lists = layout["lists"]
    by_vocabulary = {vocabulary: code for code, vocabulary in lists["vocabularies"].items()}
    wanted = by_vocabulary.get(field.vocabulary, field.vocabulary) or layout["kind_lists"].get(field.kind, "")
    return str(wanted) if wanted in lists["order"] else ""


def tier_labels(lines: Sequence[SettingLine]) -> dict[str, str]:
    """Label of each tier, by code, as the settings have it."""
    keys = ((line.key.split("."), line.value) for line in lines)
    return {key[1]: str(value) for key, value in keys if key[0] == "tiers" and key[-1] == TIER_LABEL}


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
