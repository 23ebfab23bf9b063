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
    lines = [
        (
            moment, edit.sheet, edit.cell, _record_after(edit), edit.field, as_text(edit.before), as_text(edit.after),
            labels.choice("value_kind", _kind(edit.before)), edit.reason, edit.code, None,
        )
        for edit in edits
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=LOG_COLUMNS, dtype=object)


def _record_after(edit: Edit) -> str:
    """A row whose own id was repaired goes by the new one from now on."""
    named = edit.record and same_record(edit.record, edit.before)
    return as_text(edit.after) if named else edit.record


def _kind(value: Any) -> str:
    if is_blank(value):
        return "blank"
    if isinstance(value, bool):
        return "text"
    if isinstance(value, (int, float)):
        return "number"
    return "date" if isinstance(value, date) else "text"
