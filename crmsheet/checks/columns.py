"""A raw column becomes typed columns: each distinct value is read once, then mapped to its rows."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from crmsheet.checks import contacts, names, quantities
from crmsheet.checks.cell import Cell, Context, Fault, Kind, is_blank, is_placeholder, tidy
from crmsheet.checks.issues import Findings
from crmsheet.clean.headers import header_unit
from crmsheet.fields import Field
from crmsheet.model import CellError
from crmsheet.rules import Rules

KINDS: Mapping[str, Kind] = {**names.KINDS, **contacts.KINDS, **quantities.KINDS}

_MISSING = Fault("missing_required")


def read_column(
    findings: Findings, field: Field, rules: Rules, bases: pd.Series | date
) -> dict[str, pd.Series]:
    """Typed columns of one field; its faults go to ``findings``.

    ``bases`` is the date an incomplete date is counted from: one for all rows, or one per row.
    """
    raw = findings.table.raw[field.code]
    kind = KINDS[field.kind]
    keys = _keys(raw, bases if kind.needs_base else None)
    unit = header_unit(findings.table.headers.get(field.code, ""))
    cells: dict[Hashable, Cell] = {}
    faulty: dict[Hashable, list[int]] = {}
    for row, key in zip(raw.index, keys, strict=True):
        cell = cells.get(key)
        if cell is None:
            base = key[2] if kind.needs_base else _ANY_DAY
            cell = cells[key] = _read(key[1], kind, Context(field, rules, base, unit))
        if cell.faults:
            faulty.setdefault(key, []).append(row)
    for key, rows in faulty.items():
        for fault in cells[key].faults:
            findings.add(rows, field.code, fault.code, suggestion=fault.suggestion, detail=fault.detail)
    return _columns(field, kind, [cells[key].values for key in keys], raw.index)


_ANY_DAY = date(2000, 1, 1)


def _keys(raw: pd.Series, bases: pd.Series | date | None) -> list[tuple[Any, ...]]:
    """Type and value, so that 1, 1.0 and TRUE stay three values; and the base date where it matters."""
    values = raw.tolist()
    if bases is None:
        return [(type(value), value) for value in values]
    days = bases.tolist() if isinstance(bases, pd.Series) else [bases] * len(values)
    return [(type(value), value, day) for value, day in zip(values, days, strict=True)]


def _read(value: Any, kind: Kind, context: Context) -> Cell:
    if isinstance(value, CellError):
        return Cell(kind.blanks, (Fault("error_cell"),))
    if is_blank(value):
        return Cell(kind.blanks, (_MISSING,) if context.field.required else ())
    if not isinstance(value, str):
        return kind.read(value, context)
    text, faults = tidy(value) if kind.tidy else (value, ())
    if is_placeholder(text, context.rules):
        return _placeholder(text, kind, context)
    cell = kind.read(text, context)
    return Cell(cell.values, _merged(faults, cell.faults))


def _placeholder(text: str, kind: Kind, context: Context) -> Cell:
    """A word instead of a value is missing (C-06); 无 is an answer where the form asks for it (R-030)."""
    if context.field.kind in {"date_or_none", "count", "amount"} and not context.field.required:
        return Cell(kind.blanks)
    return Cell(kind.blanks, (Fault("placeholder"), _MISSING) if context.field.required else (Fault("placeholder"),))


def _merged(tidied: tuple[Fault, ...], found: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """One repair per cell: what the reader proposes already contains the tidying."""
    return found if any(fault.suggestion for fault in found) else tidied + found


def _columns(
    field: Field, kind: Kind, values: list[tuple[Any, ...]], index: pd.Index
) -> dict[str, pd.Series]:
    names_ = kind.columns(field.code)
    dtypes = kind.dtypes if len(kind.dtypes) == len(names_) else ("object",) * len(names_)
    by_column = zip(*values, strict=True) if values else ((),) * len(names_)
    return {
        name: pd.Series(list(column), index=index, dtype=dtype)
        for name, column, dtype in zip(names_, by_column, dtypes, strict=True)
    }


def as_days(dates: pd.Series, otherwise: date) -> pd.Series:
    """The dates as Python days, ``otherwise`` where there is none."""
    days = [otherwise if pd.isna(day) else _day(day) for day in dates.tolist()]
    return pd.Series(days, index=dates.index, dtype=object)


def _day(value: Any) -> date:
    return value.date() if isinstance(value, datetime) else value
