"""The standard workbook as data: sheet codes → sheets → fields, read once from ``data/fields.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from crmsheet.data import read_toml
from crmsheet.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a standard sheet. ``kind`` names the reader of its cells (see ``clean.columns``).

    ``own``: no column of the template; it is read where a team has one.
    """

    code: str
    kind: str
    required: bool = False
    vocabulary: str = ""
    extra: bool = False
    own: bool = False
    past: bool = True

    @property
    def prefer(self) -> Literal["past", "future"]:
        """Which year an incomplete date means: things that happened look back, plans look ahead."""
        return "past" if self.past else "future"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A standard sheet: ``code``, and its fields in the order the template prints them."""

    code: str
    fields: tuple[Field, ...]

    @property
    def printed(self) -> tuple[Field, ...]:
        """The columns of the template."""
        return tuple(field for field in self.fields if not field.own)

    def field(self, code: str) -> Field:
        return next(f for f in self.fields if f.code == code)


def _field(entry: Mapping[str, Any]) -> Field:
    return Field(
        code=entry["code"],
        kind=entry["kind"],
        required=entry.get("required", False),
        vocabulary=entry.get("vocabulary", ""),
        extra=entry.get("extra", False),
        own=entry.get("own", False),
        past=not entry.get("future", False),
    )


def _load() -> dict[str, Sheet]:
    sheets = read_toml("fields.toml")
    return {code: Sheet(code, tuple(map(_field, part["fields"]))) for code, part in sheets.items()}


SHEETS: Mapping[str, Sheet] = MappingProxyType(_load())


CUSTOMER_SHEETS = ("records", "profiles")


def readable_fields(code: str) -> Mapping[str, Field]:
    """Fields that a table read as the sheet ``code`` may have: its own, on a customer table also the other one's.

    >>> readable_fields("records")["budget"].kind, "budget" in readable_fields("orders")
    ('money', False)
    """
    homes = CUSTOMER_SHEETS if code in CUSTOMER_SHEETS else ()
    return {field.code: field for home in (*reversed(homes), code) for field in SHEETS[home].fields}


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
