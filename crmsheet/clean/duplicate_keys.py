"""Blocking keys of company names: only names that share one are compared (R-057).

A key is a hash; two texts of one hash cost a comparison, never a wrong pair.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_latin import sound
from crmsheet.clean.company_places import NATION
from crmsheet.clean.company_words import institutions, known_brands, pattern, plain_digits, renamed_groups
from crmsheet.clean.duplicate_blocks import Ints
from crmsheet.clean.duplicate_slips import SlipText, slip_keys

_SHORT_BRAND: Final = 3  # up to this length the beginning of a trade name tells nobody, unless it is known
_AT_ONCE: Final = 1 << 14  # names that are hashed together: each of their characters takes some eighty bytes
_LETTERS: Final = 2  # 一建, 北大


@dataclass(slots=True)
class Keys:
    """Keys of one kind: ``owners[i]`` (number of the name) has ``values[i]``."""

    owners: array[int] = field(default_factory=lambda: array("i"))
    values: array[int] = field(default_factory=lambda: array("q"))

    def add(self, owner: int, *parts: object) -> None:
        self.owners.append(owner)
        self.values.append(hash(parts))

    def extend(self, owners: Ints, values: Ints) -> None:
        self.owners.frombytes(owners.astype(np.int32).tobytes())
        self.values.frombytes(values.tobytes())

    def arrays(self) -> tuple[Ints, Ints]:
        """Owners and values."""
        owners = np.frombuffer(self.owners, dtype=np.int32).astype(np.int64)
        return owners, np.frombuffer(self.values, dtype=np.int64)


@dataclass(slots=True)
class NameKeys:
    """All keys of a list of names.

    ``equal``: names that tell nobody apart. ``in_place``: the trade name as it sounds and the place. ``brand``:
    the trade name as it sounds. ``core``: with the line of business. ``slips``: the name with one character
    left out. ``hints``: abbreviations, former names, beginnings. ``placeless_*``: the same of names without place.
    """

    equal: Keys = field(default_factory=Keys)
    in_place: Keys = field(default_factory=Keys)
    brand: Keys = field(default_factory=Keys)
    placeless_brand: Keys = field(default_factory=Keys)
    core: Keys = field(default_factory=Keys)
    placeless_core: Keys = field(default_factory=Keys)
    slips: Keys = field(default_factory=Keys)
    core_slips: Keys = field(default_factory=Keys)
    placeless_core_slips: Keys = field(default_factory=Keys)
    hints: Keys = field(default_factory=Keys)


def site(name: CompanyName) -> str:
    """City or province a name says; ``""`` when it says neither.

    >>> from crmsheet.clean.companies import parse_company
    >>> site(parse_company("苏州昆山恒达")), site(parse_company("恒达（中国）"))
    ('苏州', '')
    """
    return "" if name.place == NATION else name.place.city or name.place.province


class SlipKeys:
    """Keys of names with one character left out, hashed for many names at a time; only those ``among`` others."""

    def __init__(self, among: Ints | None = None) -> None:
        self._keys, self._waiting, self._among = Keys(), list[SlipText](), among

    def add(self, number: int, region: str, name: CompanyName) -> None:
        """A name by its trade name and line of business, behind ``region``."""
        if self._among is not None and not len(self._among):
            return
        brand = plain_digits(name.brand)
        start, end = len(region), len(region) + len(brand)
        self._waiting.append(SlipText(number, f"{region}{brand}{name.trade}", start, end))
        if len(self._waiting) == _AT_ONCE:
            self.settled()

    def settled(self) -> Keys:
        """The keys of all names that were added."""
        owners, values = slip_keys(self._waiting)
        if self._among is not None:
            met = np.isin(values, self._among)
            owners, values = owners[met], values[met]
        self._keys.extend(owners, values)
        self._waiting = []
        return self._keys


@dataclass(slots=True)
class Surroundings:
    """What keys of a name depend on besides the name: which looser likenesses anybody in the list could meet.

    ``short``: trade names without line of business, which may be an abbreviation or the beginning of another.
    ``adrift``: names without place, with one character left out. ``half_masked``: shapes of names such as 恒X科技.
    """

    short: set[str] = field(default_factory=set)
    adrift: SlipKeys = field(default_factory=SlipKeys)
    half_masked: set[tuple[str, int]] = field(default_factory=set)

    def add(self, name: CompanyName) -> None:
        if name.brand and not name.words:
            self.short.add(plain_digits(name.brand))
        if _is_placeless(name):
            self.adrift.add(0, "", name)
        if name.kind == "masked" and not _is_hidden(name):
            self.half_masked.add(_shape(name))


def name_keys(names: Iterable[CompanyName], around: Surroundings) -> NameKeys:
    """The keys of ``names`` by their number."""
    keys = NameKeys()
    whole, placeless, placed = (
        SlipKeys(),
        SlipKeys(),
        SlipKeys(np.unique(around.adrift.settled().arrays()[1])),
    )
    for number, name in enumerate(names):
        if name.kind in {"company", "person"} or (name.kind == "unnamed" and name.trade):
            _add_keys(keys, number, name)
            whole.add(number, name.region, name)
            (placeless if _is_placeless(name) else placed).add(number, "", name)
            for hint in _hints(name, around.short):
                keys.hints.add(number, hint)
        if name.kind == "masked":
            keys.equal.add(number, name.trade, name.branch)
        if around.half_masked and _shape(name) in around.half_masked:
            keys.equal.add(number, *_shape(name))
    keys.slips, keys.placeless_core_slips, keys.core_slips = (
        part.settled() for part in (whole, placeless, placed)
    )
    keys.core_slips.extend(*keys.placeless_core_slips.arrays())
    return keys


def _shape(name: CompanyName) -> tuple[str, int]:
    return name.trade, len(name.brand)


def _is_hidden(name: CompanyName) -> bool:
    return pattern("masked").fullmatch(name.brand) is not None


def _add_keys(keys: NameKeys, number: int, name: CompanyName) -> None:
    heard, place = sound(plain_digits(name.brand)), site(name)
    keys.brand.add(number, heard, "" if heard else name.trade)
    keys.core.add(number, heard, name.trade)
    if place:
        keys.in_place.add(number, heard, place)
    else:
        keys.placeless_brand.add(number, heard, "" if heard else name.trade)
        keys.placeless_core.add(number, heard, name.trade)


def _is_placeless(name: CompanyName) -> bool:
    return name.kind in {"company", "person"} and not site(name)


def _hints(name: CompanyName, short: set[str]) -> Iterator[object]:
    """Keys of the looser likenesses, made only when a short name in the list could meet them."""
    brand = plain_digits(name.brand)
    group = renamed_groups().get(brand)
    if group is not None:
        yield group
    if not short:
        return
    if brand in short and not name.words:
        yield brand
    for size in range(_LETTERS, len(brand)):
        if brand[:size] in short and (size >= _SHORT_BRAND or brand[:size] in known_brands()):
            yield brand[:size]
    for letters in _abbreviations(name, brand):
        if letters in short:
            yield letters


def _abbreviations(name: CompanyName, brand: str) -> Iterator[str]:
    parts = [part for part in (brand, *name.words) if part]
    for first in (name.region, *parts[:1]):
        for other in parts:
            if first and first is not other:
                yield first[0] + other[0]
    if name.region and not institutions().isdisjoint(name.words):
        rest = brand + name.trade
        for char in rest[1:]:
            yield name.region[0] + rest[0] + char
