"""Parsed names of millions of customers in little memory: a quarter of what they take as objects."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_places import Place

_FACTS: Final = attrgetter(
    "text", "kind", "place", "brand", "words", "trade", "legal_form", "branch", "is_group"
)
_FORMAT: Final = 2  # of ``marshal``; later ones also look for what stands twice in a name


def packed(name: CompanyName) -> bytes:
    """The parts of a name as bytes, for this version of the program."""
    text, kind, place, *rest = _FACTS(name)
    return marshal.dumps((text, kind, tuple(place), *rest), _FORMAT)


def unpacked(cell: bytes | bytearray) -> CompanyName:
    """The name that was packed."""
    text, kind, place, *rest = marshal.loads(cell)
    return CompanyName(text, kind, Place(*place), *rest)


class NameShelf:
    """A list of names that only grows, each kept as bytes.

    >>> from crmsheet.clean.companies import parse_company
    >>> shelf = NameShelf()
    >>> shelf.extend([parse_company("北京恒达科技有限公司")])
    >>> len(shelf), shelf[0] == parse_company("北京恒达科技有限公司")
    (1, True)
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])

    def extend(self, names: Iterable[CompanyName]) -> None:
        for name in names:
            self._bytes += packed(name)
            self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, number: int) -> CompanyName:
        if not 0 <= number < len(self):
            raise IndexError(number)
        return unpacked(self._bytes[self._ends[number] : self._ends[number + 1]])
