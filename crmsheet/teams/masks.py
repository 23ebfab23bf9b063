"""What a masked copy shows of a cell (R-060): enough to work with, never enough to take a customer along."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from crmsheet.clean.contacts import classify_person
from crmsheet.clean.privacy import mask
from crmsheet.clean.text import as_text
from crmsheet.data import read_toml
from crmsheet.fields import SHEETS

HIDDEN: Final = "***"
# Digits of a telephone number that stay readable at either end, and how many make a number.
KEPT_HEAD, KEPT_TAIL, LEAST_DIGITS = 3, 2, 7


def masked_cell(entity: str, column: str, value: Any) -> Any:
    """The cell as a masked copy shows it; what holds nothing personal stays as typed. Masking again changes nothing.

    >>> masked_cell("records", "contact", "张三"), masked_cell("records", "phone", "021-58881234")
    ('张*', '021-******34')
    >>> masked_cell("records", "remark", "微信 13800138000"), masked_cell("orders", "amount", 13800138000.0)
    ('微信 138****8000', 13800138000.0)
    """
    kind = _kinds().get(column) or _field_kinds(entity).get(column, "text")
    if value is None or kind not in _READERS:
        return value
    text = as_text(value)
    masked = _READERS[kind](text)
    return masked if masked != text else value


@cache
def _kinds() -> dict[str, str]:
    return {column: kind for kind, columns in read_toml("teams.toml")["masks"].items() for column in columns}


@cache
def _field_kinds(entity: str) -> dict[str, str]:
    return {field.code: field.kind for field in SHEETS[entity].fields}


def _person(text: str) -> str:
    """Full names are masked, and whatever number stands beside them."""
    reading = classify_person(text)
    hidden = reading.masked if reading.kind == "full_name" else None
    if hidden is None:
        return mask(text)
    return f"{hidden} {mask(reading.rest)}".strip()


def _phone(text: str) -> str:
    digits = [place for place, sign in enumerate(text) if sign.isdigit()]
    if len(digits) < LEAST_DIGITS:
        return mask(text)
    hidden = set(digits[KEPT_HEAD:-KEPT_TAIL])
    return mask("".join("*" if place in hidden else sign for place, sign in enumerate(text)))


def _email(text: str) -> str:
    name, at, domain = text.partition("@")
    return f"{name[:1]}{HIDDEN}{at}{domain}" if at and HIDDEN not in name else mask(text)


_READERS: Final = {
    "person": _person,
    "phone": _phone,
    "email": _email,
    "text": mask,
    "plan": mask,
}
