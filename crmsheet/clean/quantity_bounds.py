"""Bounds of quantities ("at most", "from … on") before or after them, and which quantity of a cell counts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from crmsheet.clean.quantities import Quantity
from crmsheet.clean.quantity_patterns import PATTERNS

_REACH = 14  # characters around a number in which its bound can stand


@dataclass(frozen=True, slots=True)
class Bound:
    """An upper or lower bound, and how far it reaches before and after its number."""

    is_upper: bool
    before: int = 0
    after: int = 0


def bounded(text: str, found: Quantity) -> Quantity | None:
    """``found`` with the bound that stands before or after it; None for a multiplier that is only a word."""
    before, after = text[max(0, found.start - _REACH) : found.start], text[found.end : found.end + _REACH]
    if PATTERNS["about_before"].search(before) or PATTERNS["about_after"].match(after):
        found = found.assuming("approximate")
    if found.is_range:
        return found
    bound = _bound_after(after) or _bound_before(before)
    if bound is None:
        return None if found.high is not None and _only_a_word(found, after) else found
    found = replace(found, start=found.start - bound.before, end=found.end + bound.after)
    if not bound.is_upper:
        return replace(found, high=None)
    return replace(found, low=None) if found.high is not None else found


def _bound_after(after: str) -> Bound | None:
    upper, lower = PATTERNS["upper_after"].match(after), PATTERNS["lower_after"].match(after)
    match = upper or lower
    return Bound(match is upper, after=match.end()) if match else None


def _bound_before(before: str) -> Bound | None:
    """The bound whose words begin first: "not below" contains "below"."""
    upper, lower = PATTERNS["upper_before"].search(before), PATTERNS["lower_before"].search(before)
    first = min((match for match in (upper, lower) if match), key=lambda match: match.start(), default=None)
    return Bound(first is upper, before=len(before) - first.start()) if first else None


def _only_a_word(found: Quantity, after: str) -> bool:
    """Whether a multiplier without a digit is part of a word (千万要, 万元) and no number."""
    if not PATTERNS["bare_word"].match(found.run) or found.measure == "heads":
        return False
    goes_on = after[:1].isalnum() and not after[:1].isascii() and not PATTERNS["filler_money"].match(after)
    return len(found.run) == 1 or (not found.measure and goes_on)


def outside_brackets(text: str, quantities: list[Quantity]) -> list[Quantity]:
    """Quantities outside brackets when there are any; those inside only explain them."""
    spans = [found.span() for found in PATTERNS["brackets"].finditer(text)]
    outside = [
        one for one in quantities if not any(start < one.start and one.end < end for start, end in spans)
    ]
    return outside or quantities


def merged(quantities: list[Quantity]) -> list[Quantity]:
    """Quantities with "from … on" and the "up to …" right after it made one range."""
    result = quantities[:1]
    for first, second in pairwise(quantities):
        if first.high is None and second.low is None and (first.low or 0) <= (second.high or 0):
            result[-1] = replace(first, high=second.high, end=second.end, is_range=True)
        else:
            result.append(second)
    return result
