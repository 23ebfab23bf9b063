"""The standard workbook as data: sheet codes → sheets → fields, read once from ``data/fields.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crmsheet.data import read_toml
from crmsheet.errors import UsageError, did_you_mean
from crmsheet.model import Field, Sheet


def _field(entry: Mapping[str, Any]) -> Field:
    return Field(
        code=entry["code"],
        kind=entry["kind"],
        required=entry.get("required", False),
        vocabulary=entry.get("vocabulary", ""),
        extra=entry.get("extra", False),
        past=not entry.get("future", False),
    )


def _load() -> dict[str, Sheet]:
    sheets = read_toml("fields.toml")
    return {code: Sheet(code, tuple(map(_field, part["fields"]))) for code, part in sheets.items()}


SHEETS: Mapping[str, Sheet] = MappingProxyType(_load())


def sheet(code: str) -> Sheet:
    """The standard sheet ``code``.

    >>> [field.code for field in sheet("holidays").fields]
    ['holiday_date', 'day_kind', 'description']
    >>> sheet("records").field("next_plan").prefer
    'future'
    """
    if code not in SHEETS:
        near = did_you_mean(code, SHEETS) or ", ".join(SHEETS)
        raise UsageError(problem=f"no standard sheet {code!r}; did you mean {near}?")
    return SHEETS[code]
