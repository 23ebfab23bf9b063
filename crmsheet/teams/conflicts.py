"""Conflicts: cells that two people filled differently, and what was chosen on the sheet of conflicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from crmsheet.clean.text import match_key
from crmsheet.labels import Labels
from crmsheet.teams.rows import comparable

Choice = Literal["first", "second", "base", ""]
Identity = tuple[str, ...]
Place = tuple[str, str]  # sheet and cell
COLUMNS = (
    "conflict_sheet", "conflict_cell", "row_key", "customer_name", "field", "base_value", "first_value", "first_by",
    "first_at", "second_value", "second_by", "second_at", "conflict_choice",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """One of the values of a cell: ``by`` names the file and who saved it last, ``at`` when."""

    value: Any
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two values for one cell; ``first`` stands in the merged workbook unless another one is chosen.

    ``base`` is the value both started from, None without a common base. ``column`` is a field code or a user's own
    header. On ``customer_id`` it says that two customers carry one id: both rows are kept, no choice settles it.
    """

    entity: str
    key: str
    customer_name: str
    column: str
    base: Any
    first: Side
    second: Side
    choice: Choice = ""

    def identity(self, labels: Labels) -> Identity:
        """By what the same conflict is known again on the next merge: row, column and values, either way round.

        The sheet is none of it: people give their sheets names of their own.
        """
        values = sorted((value_text(self.first.value), value_text(self.second.value)))
        return (match_key(self.key), labels.field(self.column, self.entity), *values)

    def chosen(self, text: str) -> Choice:
        """The choice that puts the value printed as ``text`` in place; none when it is not among the values."""
        values: dict[Choice, Any] = {
            "first": self.first.value,
            "second": self.second.value,
            "base": self.base,
        }
        return next((choice for choice, value in values.items() if value_text(value) == text), "")

    @property
    def put_aside(self) -> tuple[Any, ...]:
        """The values that somebody chose another one over."""
        first, second = self.first.value, self.second.value
        return {"": (), "first": (second,), "second": (first,), "base": (first, second)}[self.choice]


def value_text(value: Any) -> str:
    """A cell's value as the sheet of conflicts prints it.

    >>> from datetime import datetime
    >>> value_text(50000.0), value_text(None), value_text(datetime(2026, 3, 5)), value_text(True)
    ('50000', '', '2026-03-05', 'True')
    """
    plain = comparable(value)
    if plain is None:
        return ""
    if isinstance(plain, tuple):  # a truth value, see comparable
        return str(plain[1])
    return str(int(plain)) if isinstance(plain, float) and plain.is_integer() else str(plain)


def conflict_frame(
    conflicts: Sequence[Conflict], places: Sequence[Place], odd: Mapping[Identity, str], labels: Labels
) -> pd.DataFrame:
    """One line per conflict with the sheet and cell where it stands, open ones first.

    ``odd`` are words typed as a choice that are none: they stay where they were typed.
    """
    rows = [
        (
            *place,
            one.key,
            one.customer_name,
            labels.field(one.column, one.entity),
            value_text(one.base),
            value_text(one.first.value),
            one.first.by,
            one.first.at,
            value_text(one.second.value),
            one.second.by,
            one.second.at,
            labels.choice("conflict_choice", one.choice) or odd.get(one.identity(labels), ""),
        )
        for one, place in zip(conflicts, places, strict=True)
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    return frame.sort_values("conflict_choice", key=lambda texts: decided(texts, labels), kind="stable")


def decided(choices: pd.Series, labels: Labels) -> pd.Series:
    """Whether each cell of the column of choices holds one."""
    return choices.isin(labels.choices("conflict_choice"))


def read_choices(earlier: pd.DataFrame, labels: Labels) -> Mapping[Identity, str]:
    """Identity of each conflict that a person decided → the text of the value that was chosen.

    A word that is none of the list leaves the conflict open.
    """
    lines = ((identity, text, _code(text, labels)) for identity, text in _marked(earlier))
    return {identity: text[f"{code}_value"] for identity, text, code in lines if code}


def odd_choices(earlier: pd.DataFrame, labels: Labels) -> Mapping[Identity, tuple[str, str]]:
    """Identity of each conflict whose choice is none of the words of the list → that word, and its cell."""
    lines = (pair for pair in _marked(earlier) if _code(pair[1], labels) is None)
    return {identity: (text["conflict_choice"], text.get("marked_at", "")) for identity, text in lines}


def _marked(earlier: pd.DataFrame) -> Iterator[tuple[Identity, dict[str, str]]]:
    """Identity and cells, as texts, of each line whose choice is not blank."""
    if not set(COLUMNS) <= set(earlier):
        return
    for line in earlier.to_dict("records"):
        text = {str(name): value_text(cell) for name, cell in line.items()}
        if text["conflict_choice"].strip():
            values = sorted((text["first_value"], text["second_value"]))
            yield (match_key(text["row_key"]), text["field"], *values), text


def _code(text: Mapping[str, str], labels: Labels) -> str | None:
    return labels.choice_code("conflict_choice", text["conflict_choice"])
