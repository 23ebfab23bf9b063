"""Rectangles of cells."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from crmsheet.model import MOST_COLUMNS, column_letters, column_number

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "Area", "bounding", "columns_beyond", "parse_areas"]

MOST_ROWS = 1_048_576

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Area:
    """Cells from ``top``/``left`` to ``bottom``/``right``, both included, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str) -> Area | None:
        """The area ``text`` names, None for anything else.

        >>> Area.parse("$B$2:C4"), Area.parse("#REF!")
        (Area(top=2, left=2, bottom=4, right=3), None)
        """
        return _parsed(text)

    def __str__(self) -> str:
        first = f"{column_letters(self.left)}{self.top}"
        last = f"{column_letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def absolute(self) -> str:
        """With dollar signs, as defined names spell it."""
        first = f"${column_letters(self.left)}${self.top}"
        return f"{first}:${column_letters(self.right)}${self.bottom}"

    @property
    def in_sheet(self) -> bool:
        return self.top >= 1 and self.left >= 1 and self.bottom <= MOST_ROWS and self.right <= MOST_COLUMNS

    def contains(self, other: Area) -> bool:
        inside = self.top <= other.top and other.bottom <= self.bottom
        return inside and self.left <= other.left and other.right <= self.right

    def meets(self, other: Area) -> bool:
        apart = self.bottom < other.top or other.bottom < self.top
        return not (apart or self.right < other.left or other.right < self.left)


@lru_cache(maxsize=8192)
def _parsed(text: str) -> Area | None:
    match = _AREA.fullmatch(text.strip())
    if not match:
        return None
    left, top = column_number(match[1]), int(match[2])
    right, bottom = (column_number(match[3]), int(match[4])) if match[3] else (left, top)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def parse_areas(text: str) -> list[Area]:
    """Areas of a blank-separated list (``sqref``); what is no area is left out."""
    return [area for word in text.split() if (area := Area.parse(word))]


def bounding(areas: Iterable[Area]) -> Area:
    """Smallest area from A1 on that holds all ``areas``."""
    bottom = right = 1
    for area in areas:
        bottom, right = max(bottom, area.bottom), max(right, area.right)
    return Area(1, 1, bottom, right)


def columns_beyond(number: int) -> str:
    """Pattern of column letters that stand to the right of column ``number``.

    >>> columns_beyond(28)
    'A[C-Z]|[B-Z][A-Z]|[A-Z]{3}'
    """
    letters = column_letters(number)
    longer = [f"[A-Z]{{{length}}}" for length in range(len(letters) + 1, 4)]
    same = []
    for place, letter in enumerate(letters):
        if letter < "Z":
            rest = "[A-Z]" * (len(letters) - place - 1)
            same.append(f"{letters[:place]}[{chr(ord(letter) + 1)}-Z]{rest}")
    return "|".join([*reversed(same), *longer])
