"""What one cell of a row says, for numpy and for a formula alike: points, a word, yes, nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crmsheet.day_numbers import Values
from crmsheet.expressions import Call, Rows, Spelling, literal

LOWEST, HIGHEST = 1, 10


@dataclass(frozen=True)
class Points:
    """A score from 1 to 10, or one of the words 高, 中, 低; anything else is missing."""

    code: str

    def values(self, rows: Rows) -> Values:
        points = rows.column(self.code)
        return np.where((points >= LOWEST) & (points <= HIGHEST), points, np.nan)

    def formula(self, spelling: Spelling) -> str:
        cell, labels = spelling.cell(self.code), spelling.rules.labels
        text = "NA()"
        for level in ("low", "medium", "high"):
            word = literal(labels.choice("level", level))
            text = f"IF({cell}={word},{spelling.setting(f'ice.{level}_word')},{text})"
        number = f"IF(OR({cell}<{LOWEST},{cell}>{HIGHEST}),NA(),{cell})"
        # LibreOffice counts TRUE as a number, Excel does not.
        return f"IF(ISLOGICAL({cell}),NA(),IF(ISNUMBER({cell}),{number},{text}))"


@dataclass(frozen=True)
class Chosen:
    """Whether a cell holds one word of a vocabulary; tiers go by their labels."""

    code: str
    vocabulary: str
    choice: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(rows.column(self.code) == self.choice, dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        rules = spelling.rules
        is_tier = self.vocabulary == "tier"
        label = (
            rules.tiers[self.choice].label if is_tier else rules.labels.choice(self.vocabulary, self.choice)
        )
        return f"({spelling.cell(self.code)}={literal(label)})"


@dataclass(frozen=True)
class Yes:
    """Whether a cell says yes."""

    code: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(rows.column(self.code), dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        cell = spelling.cell(self.code)
        word = literal(spelling.rules.labels.choice("yes_no", "yes"))
        return f"IF(ISLOGICAL({cell}),{cell},{cell}={word})"


@dataclass(frozen=True)
class Empty:
    """Whether a cell holds nothing: no number, no word."""

    code: str

    def values(self, rows: Rows) -> Values:
        column = rows.column(self.code)
        if column.dtype == object:
            return np.asarray([value is None or value == "" for value in column], dtype=bool)
        return np.asarray(np.isnan(column))

    def formula(self, spelling: Spelling) -> str:
        return f'({spelling.cell(self.code)}="")'


@dataclass(frozen=True)
class NoDay:
    """Whether a computed day is missing."""

    code: str

    def values(self, rows: Rows) -> Values:
        return np.asarray(np.nan_to_num(rows.column(self.code)) == 0)

    def formula(self, spelling: Spelling) -> str:
        return f'({spelling.cell(self.code)}="")'


@dataclass(frozen=True)
class UrgentTier:
    """Whether the row's tier is one of those whose urgent needs come first."""

    def values(self, rows: Rows) -> Values:
        urgent = rows.rules.priority.urgent_tiers
        return np.array([tier in urgent for tier in rows.column("tier")], dtype=bool)

    def formula(self, spelling: Spelling) -> str:
        tiers = [Chosen("tier", "tier", code) for code in spelling.rules.priority.urgent_tiers]
        return Call("OR", tuple(tiers)).formula(spelling) if tiers else "FALSE"
