"""Slips of the keyboard in company names, and where in the name they sit (R-057)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_places import NATION, NOWHERE
from crmsheet.clean.company_words import plain_digits


class Edit(NamedTuple):
    """The one edit between two texts: what kind, and at which character of the longer text."""

    kind: Literal["changed", "swapped", "missing"]
    at: int


def one_edit(one: str, other: str) -> Edit | None:
    """The single edit that makes ``one`` into ``other``; None when they are equal or further apart.

    >>> one_edit("恒达科技", "恒达科枝"), one_edit("恒达科技", "恒达技科"), one_edit("恒达科技", "恒达科")
    (Edit(kind='changed', at=3), Edit(kind='swapped', at=2), Edit(kind='missing', at=3))
    >>> one_edit("恒达科技", "恒大科枝") is None
    True
    """
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if longer == shorter or len(longer) - len(shorter) > 1:
        return None
    at = next(
        (at for at, pair in enumerate(zip(longer, shorter, strict=False)) if pair[0] != pair[1]), len(shorter)
    )
    if len(longer) > len(shorter):
        return Edit("missing", at) if longer[at + 1 :] == shorter[at:] else None
    if longer[at + 1 :] == shorter[at + 1 :]:
        return Edit("changed", at)
    if longer[at : at + 2] == shorter[at : at + 2][::-1] and longer[at + 2 :] == shorter[at + 2 :]:
        return Edit("swapped", at)
    return None


def differing_pairs(one: str, other: str) -> list[tuple[str, str]]:
    """The pairs of characters in which two texts of one length differ."""
    return [(a, b) for a, b in zip(one, other, strict=True) if a != b]


def is_slip_in_trade(a: CompanyName, b: CompanyName) -> bool:
    """Whether the names differ by one slip inside the line of business: 恒达科技 and 恒达科枝."""
    edit = one_edit(a.core, b.core)
    if edit is None or touches_sign(a.core, b.core, edit):
        return False
    return _sits_in_trade(a, edit, len(b.core)) or _sits_in_trade(b, edit, len(a.core))


def _sits_in_trade(name: CompanyName, edit: Edit, other_length: int) -> bool:
    start = len(plain_digits(name.brand))
    if not name.trade or not start:
        return False
    # A character added right behind the trade name belongs to it: 恒达通科技 is not 恒达科技.
    inside = edit.at > start if edit.kind == "missing" else edit.at >= start
    return inside and len(name.core) + 1 >= other_length


def touches_sign(one: str, other: str, edit: Edit) -> bool:
    """Whether the edit is of a digit or Latin letter: 客户A and 客户B are two, however near."""
    return any(char.isascii() for text in (one, other) for char in text[edit.at : edit.at + 1])


def is_slip_in_place(a: CompanyName, b: CompanyName) -> bool:
    """Whether one name has its place mistyped, so that it was read as trade name: 北惊恒达科技."""
    if a.place == NOWHERE:
        a, b = b, a
    if a.place in {NOWHERE, NATION} or b.place != NOWHERE or not a.brand:
        return False
    edit = one_edit(a.region + a.core, b.core)
    return (
        edit is not None and edit.kind != "missing" and edit.at < len(a.region) and len(a.core) > len(a.trade)
    )
