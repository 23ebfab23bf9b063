"""A table as it was typed, on a sheet of its own: for a workbook that has none of that kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from crmsheet.clean.text import as_text
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.view import Column, Format, TableBlock, View

_DATES = {"date", "date_or_none", "moment"}
_NUMBERS = {"", "amount", "count", "number", "rating", "score"}  # "" is a user's own column


def table_view(entity: str, rows: Sequence[Mapping[str, Any]], labels: Labels) -> View:
    """The fields of the standard sheet in their order, then the users' own columns."""
    fields = {field.code: field for field in SHEETS[entity].fields}
    own = dict.fromkeys(column for row in rows for column in row if column not in fields)
    frame = pd.DataFrame(list(rows), columns=[*fields, *own], dtype=object)
    kinds = {code: fields[code].kind if code in fields else "" for code in (*fields, *own)}
    formats = {code: _format(frame[code], kind) for code, kind in kinds.items()}
    texts = {
        code: frame[code].map(as_text, na_action="ignore") for code, form in formats.items() if form == "text"
    }
    columns = tuple(Column(code, labels.field(code, entity), form, 16) for code, form in formats.items())
    name = labels.sheet(entity)
    block = TableBlock(entity, frame.assign(**texts), columns)
    return View(entity, name, name, labels.phrase("sheet_from_merge"), (block,), tab="plain")


def _format(cells: pd.Series, kind: str) -> Format:
    """By the field, or by what an own column holds; a column of mixed values is shown as text."""
    filled = cells.dropna()
    if filled.map(lambda value: isinstance(value, date)).all():
        return "date" if len(filled) or kind in _DATES else "text"
    numbers = filled.map(lambda value: isinstance(value, int | float) and not isinstance(value, bool))
    return "decimal" if numbers.all() and kind in _NUMBERS else "text"
