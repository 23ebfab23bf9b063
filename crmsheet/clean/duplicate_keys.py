"""Blocking keys of company names: only names that share one are compared (R-057).

A key is a hash; two texts of one hash cost a comparison, never a wrong pair.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_latin import sound
from crmsheet.clean.company_places import NATION
from crmsheet.clean.company_words import institutions, known_brands, pattern, plain_digits, renamed_groups

_SHORT_BRAND: Final = 3  # in a trade name up to this length, one other character is another name
_LETTERS: Final = 2  # 一建, 北大


@dataclass(slots=True)
class Keys:
    """Keys of one kind: ``owners[i]`` (number of the name) has ``values[i]``."""

    owners: array[int] = field(default_factory=lambda: array("i"))
    values: array[int] = field(default_factory=lambda: array("q"))

    def add(self, owner: int, *parts: object) -> None:
        self.owners.append(owner)
        self.values.append(hash(parts))


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


@dataclass(slots=True)
class Surroundings:
    """What keys of a name depend on besides the name: which looser likenesses anybody in the list could meet.

    ``short``: trade names without line of business, which may be an abbreviation or the beginning of another.
    ``adrift``: names without place, with one character left out. ``half_masked``: shapes of names such as 恒X科技.
    """

    short: set[str] = field(default_factory=set)
    adrift: set[int] = field(default_factory=set)
    half_masked: set[tuple[str, int]] = field(default_factory=set)

    def add(self, name: CompanyName) -> None:
        if name.brand and not name.words:
            self.short.add(plain_digits(name.brand))
        if _is_placeless(name):
            self.adrift.update(
                hash((text,)) for text in _with_one_left_out("", plain_digits(name.brand), name.trade)
            )
        if name.kind == "masked" and not _is_hidden(name):
            self.half_masked.add(_shape(name))


def name_keys(names: Iterable[CompanyName], around: Surroundings) -> NameKeys:
    """The keys of ``names`` by their number."""
    keys = NameKeys()
    for number, name in enumerate(names):
        if name.kind in {"company", "person"} or (name.kind == "unnamed" and name.trade):
            _add_keys(keys, number, name)
            _add_slips(keys, number, name, around.adrift)
            for hint in _hints(name, around.short):
                keys.hints.add(number, hint)
        if name.kind == "masked":
            keys.equal.add(number, name.trade, name.branch)
        if _shape(name) in around.half_masked:
            keys.equal.add(number, *_shape(name))
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


def _add_slips(keys: NameKeys, number: int, name: CompanyName, adrift: set[int]) -> None:
    """Keys with one character left out; of a name with a place only those that a name without place has, too."""
    brand = plain_digits(name.brand)
    for text in _with_one_left_out(name.region, brand, name.trade):
        keys.slips.add(number, text)
    if _is_placeless(name):
        for text in _with_one_left_out("", brand, name.trade):
            keys.placeless_core_slips.add(number, text)
            keys.core_slips.add(number, text)
    elif adrift:
        for text in _with_one_left_out("", brand, name.trade):
            if hash((text,)) in adrift:
                keys.core_slips.add(number, text)


def _with_one_left_out(region: str, brand: str, trade: str) -> Iterator[str]:
    """The three as one name, and the name without each character in which a slip still leaves the same customer."""
    text = region + brand + trade
    first, last = len(region), len(region) + len(brand)
    yield text
    for at in range(len(text)):
        if not first <= at < last or len(brand) > _SHORT_BRAND:
            yield text[:at] + text[at + 1 :]


def _hints(name: CompanyName, short: set[str]) -> Iterator[object]:
    """Keys of the looser likenesses, made only when a short name in the list could meet them."""
    brand = plain_digits(name.brand)
    group = renamed_groups().get(brand)
    if group is not None:
        yield group
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
