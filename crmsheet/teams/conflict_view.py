"""The sheet of conflicts: both values, who and when, and a choice that the next merge honours."""

from __future__ import annotations

import pandas as pd

from crmsheet.labels import Labels
from crmsheet.teams.conflicts import decided
from crmsheet.view import Column, TableBlock, Text, View

_WIDTHS = {"conflict_sheet": 14, "conflict_cell": 8, "row_key": 20, "customer_name": 26, "field": 14}
_VALUES = ("base_value", "first_value", "second_value")


def conflicts_view(conflicts: pd.DataFrame, labels: Labels) -> View:
    """One line per pair of values, the open ones first."""
    columns = tuple(_column(str(code), labels) for code in conflicts.columns)
    open_lines = int((~decided(conflicts["conflict_choice"], labels)).sum())
    block = TableBlock("conflicts", conflicts, columns, empty=labels.phrase("empty.conflicts"), frozen=4)
    blocks = (Text((labels.phrase("conflicts_how"),)), block) if len(conflicts) else (block,)
    subtitle = labels.phrase("view.conflicts", n=len(conflicts), open=open_lines)
    return View(
        "conflicts", labels.sheet("conflicts"), labels.sheet("conflicts"), subtitle, blocks, tab="bad"
    )


def _column(code: str, labels: Labels) -> Column:
    header = labels.column(code)
    if code == "conflict_choice":
        return Column(code, header, "choice", 10, choices=labels.choices("conflict_choice"))
    if code in _VALUES:
        return Column(code, header, "wrap", 28)
    return Column(code, header, "text", _WIDTHS.get(code, 18))
