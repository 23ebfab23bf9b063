"""What a masked copy shows of a cell (R-060): enough to work with, never enough to take a customer along."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from crmsheet.clean.contacts import classify_person
from crmsheet.clean.masking import mask_finding
from crmsheet.clean.privacy import find_sensitive, mask
from crmsheet.clean.text import as_text
from crmsheet.data import read_toml
from crmsheet.fields import SHEETS

MASK: Final = "*"
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


def restored(entity: str, column: str, value: Any, originals: Iterable[Any]) -> Any:
    """``value`` with what a mask hid put back, where one of ``originals`` explains the mask; else as it is.

    >>> restored("records", "contact", "张* 已离职", ["张三"]), restored("records", "phone", "138******00", ["5"])
    ('张三 已离职', '138******00')
    >>> restored("records", "remark", "微信 138****8000，已报价", ["微信 13800138000"])
    '微信 13800138000，已报价'
    """
    if not isinstance(value, str) or MASK not in value:
        return value
    for original in originals:
        masked = masked_cell(entity, column, original)
        if masked is original or not (hidden := as_text(masked)):
            continue
        if value == hidden:
            return original
        value = _put_back(value, hidden, as_text(original))
        for finding in find_sensitive(original):
            value = _put_back(value, mask_finding(finding), finding.text)
    return value


def _put_back(text: str, hidden: str, original: str) -> str:
    """``text`` with its first ``hidden`` replaced; one star more or less is another mask."""
    if MASK not in hidden:
        return text
    return re.sub(rf"(?<!\*){re.escape(hidden)}(?!\*)", lambda _: original, text, count=1)


def hides(entity: str, column: str, value: Any, base: Any) -> bool:
    """Whether ``value`` is a masked name, number or address where ``base`` has one that can be read.

    >>> hides("records", "phone", "138****8000", "021-58881234"), hides("records", "remark", "a*b", "13800138000")
    (True, False)
    """
    if not isinstance(value, str) or MASK not in value or _kinds().get(column) is None:
        return False
    return bool(masked_cell(entity, column, base) != base)


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
