"""Bounds of quantities ("at most", "from … on") before or after them, and which quantity of a cell counts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from crmsheet.clean.quantities import Quantity
from crmsheet.clean.quantity_patterns import PATTERNS

_REACH = 14  # characters around a number in which its bound can stand


def bounded(text: str, found: Quantity) -> Quantity | None:
    """``found`` with the bound that stands before or after it; None for a multiplier that is only a word."""
    before, after = text[max(0, found.start - _REACH) : found.start], text[found.end : found.end + _REACH]
    if PATTERNS["about_before"].search(before) or PATTERNS["about_after"].match(after):
        found = found.assuming("approximate")
    upper = PATTERNS["upper_after"].match(after) or PATTERNS["upper_before"].search(before)
    lower = PATTERNS["lower_after"].match(after) or PATTERNS["lower_before"].search(before)
    bound = (upper or lower) if not (upper and lower) else _nearer(upper, lower, len(before))
    if bound is None or found.is_range:
        return found if found.is_range or found.high is None or not _only_a_word(found, after) else None
    start, end = (
        (found.start, found.end + bound.end())
        if bound.string is after
        else (found.start - len(before) + bound.start(), found.end)
    )
    found = replace(found, start=start, end=end)
    if bound is lower:
        return replace(found, high=None)
    return replace(found, low=None) if found.high is not None else found


def _nearer(upper: re.Match[str], lower: re.Match[str], reach: int) -> re.Match[str]:
    """Of an upper and a lower bound the one that begins earlier before the number: 不低于 contains 低于."""
    if upper.end() == lower.end() == reach:
        return upper if upper.start() < lower.start() else lower
    return lower if lower.end() != reach else upper


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
