"""The log of applied edits: one line per cell (R-055, R-058)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.labels import Labels
from crmsheet.repairs.edits import Edit
from crmsheet.repairs.records import same_record

LOG_COLUMNS = [
    "applied_on", "sheet", "cell", "record", "field", "before", "after", "before_kind", "reason", "code", "undone_on",
]  # fmt: skip


def log_edits(edits: Sequence[Edit], moment: str, labels: Labels) -> pd.DataFrame:
    """One line per edit: when, where, for whom, before, after, of which kind it was, why, by which rule."""
    # A row whose own id was repaired goes by the new one from now on.
    renamed = {
        (edit.sheet, edit.row): as_text(edit.after)
        for edit in edits
        if edit.record and same_record(edit.record, edit.before)
    }
    lines = [
        (
            moment, edit.sheet, edit.cell, renamed.get((edit.sheet, edit.row), edit.record), edit.field,
            as_text(edit.before), as_text(edit.after), labels.choice("value_kind", _kind(edit.before)), edit.reason,
            edit.code, None,
        )
        for edit in edits
        if edit.code
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=LOG_COLUMNS, dtype=object)


def _kind(value: Any) -> str:
    if is_blank(value):
        return "blank"
    if isinstance(value, bool):
        return "text"
    if isinstance(value, (int, float)):
        return "number"
    return "date" if isinstance(value, date) else "text"
