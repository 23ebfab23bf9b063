"""Several people's ratings typed into one cell (ANALYTICS §4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from statistics import median

from crmsheet.clean.text import normalize_text

_LONGEST = 80
_MOST = 20
_SEPARATOR = re.compile(
    "[/\\\\,;|+\u3001\uff0c\uff1b\uff0f\\s]+"
)  # enumeration comma, full-width comma, semicolon, slash
_RATING = re.compile(r"(\d{1,2}(?:\.5|\.0)?)")


@dataclass(frozen=True, slots=True)
class Ratings:
    """The median of the ratings of one cell, how far apart they are, how many they are."""

    median: float
    spread: float
    count: int


@lru_cache(maxsize=4096)
def read_ratings(cell: str, low: float = 1, high: float = 10) -> Ratings | None:
    """Two or more ratings in one cell; None where they are not ratings from ``low`` to ``high``, or fewer.

    ``8/10`` is no pair: it may as well mean eight points out of ten.

    >>> read_ratings("8/6/9")
    Ratings(median=8.0, spread=3.0, count=3)
    >>> read_ratings("8/10") is None, read_ratings("8") is None, read_ratings("8、11") is None
    (True, True, True)
    """
    text = normalize_text(cell[:_LONGEST]).strip()
    parts = [part for part in _SEPARATOR.split(text) if part]
    if not 2 <= len(parts) <= _MOST or len(cell) > _LONGEST:
        return None
    if len(parts) == 2 and "/" in text and _number(parts[1]) == high:
        return None
    values = [_number(part) for part in parts]
    known = [value for value in values if value is not None and low <= value <= high]
    if len(known) != len(values):
        return None
    return Ratings(float(median(known)), max(known) - min(known), len(known))


def _number(text: str) -> float | None:
    """A whole or half number, or None."""
    return float(text) if _RATING.fullmatch(text) else None
