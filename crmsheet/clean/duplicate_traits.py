"""What the search for duplicates reads of parsed names: columns of numbers, made where the names are parsed (R-057)."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from enum import IntFlag, auto
from functools import cache
from typing import Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_latin import sound
from crmsheet.clean.company_places import NATION, NOWHERE, Place
from crmsheet.clean.company_words import (
    form_kind,
    institutions,
    pattern,
    plain_digits,
    renamed_groups,
    word_set,
)
from crmsheet.clean.text_hashes import Codes, Counts, Hashes, characters, combined, places, text_hashes

Traits: TypeAlias = npt.NDArray[np.int16]
_Line: TypeAlias = tuple[
    tuple[str, ...], str
]  # the words of a line of business, and all of it in one spelling
_Value = TypeVar("_Value", bound=Hashable)


class Trait(IntFlag):
    """What is true of a name. ``LISTED``: it tells a customer, so that keys are made of it."""

    COMPANY = auto()
    PERSON = auto()
    UNNAMED = auto()
    MASKED = auto()
    HALF_MASKED = auto()  # such as 恒X科技
    LISTED = auto()
    PLACED = auto()
    NATIONWIDE = auto()
    BARE = auto()  # a trade name without line of business
    INSTITUTION = auto()


_KINDS: Final[dict[str, int]] = {
    "company": int(Trait.COMPANY | Trait.LISTED),
    "person": int(Trait.PERSON | Trait.LISTED),
    "masked": int(Trait.MASKED),
    "unnamed": int(Trait.UNNAMED),
}


class NameFacts(NamedTuple):
    """One value per name: hashes of its parts, 0 for what it does not have.

    ``plain``: the trade name with its numerals as digits; ``heard``: as it sounds. ``parts``: all that two names
    must share to be the same beyond doubt. ``shape``: what two masked names must share, ``shape_and_size`` where
    only some of their characters are masked. ``renamed``: the number of the group of names that one business had,
    -1 for none. ``traits``: :class:`Trait`.
    """

    text: Hashes
    brand: Hashes
    plain: Hashes
    trade: Hashes
    heard: Hashes
    city: Hashes
    province: Hashes
    parts: Hashes
    shape: Hashes
    shape_and_size: Hashes
    renamed: npt.NDArray[np.int16]
    traits: Traits

    @property
    def site(self) -> Hashes:
        """City or province that each name says."""
        return np.where(self.city == 0, self.province, self.city)

    def are(self, trait: Trait) -> npt.NDArray[np.bool_]:
        """Names of which ``trait`` is true."""
        found: npt.NDArray[np.bool_] = (self.traits & int(trait)) != 0
        return found


class Spelling(NamedTuple):
    """Characters of many names: place, trade name and line of business, and how many characters each of them has.

    ``initials``: the first character of each word of the line of business.
    """

    codes: Codes
    region: Counts
    brand: Counts
    trade: Counts
    initials: Codes
    initial_count: Counts

    @property
    def sizes(self) -> Counts:
        """Characters of each name."""
        return self.region + self.brand + self.trade

    def without_region(self) -> tuple[Codes, Counts]:
        """The characters without those of the place, and how many each name has left."""
        of_name, at = places(self.sizes)
        return self.codes[at >= self.region[of_name]], self.brand + self.trade


class Spelt(NamedTuple):
    """The characters of some names, and the number of each name; -1 for one that is another's repetition."""

    owners: Counts
    spelling: Spelling

    def where(self, chosen: npt.NDArray[np.bool_]) -> Spelt:
        """Only some of the names."""
        if chosen.all():
            return self
        owners, names = self
        letters = chosen[np.repeat(np.arange(len(owners)), names.sizes)]
        initials = chosen[np.repeat(np.arange(len(owners)), names.initial_count)]
        kept = Spelling(
            codes=names.codes[letters],
            region=names.region[chosen],
            brand=names.brand[chosen],
            trade=names.trade[chosen],
            initials=names.initials[initials],
            initial_count=names.initial_count[chosen],
        )
        return Spelt(owners[chosen], kept)


class NameTraits(NamedTuple):
    """Names that were parsed together."""

    facts: NameFacts
    spelling: Spelling


def joined_facts(parts: Sequence[NameFacts]) -> NameFacts:
    """The facts of all parts, in their order."""
    columns = zip(*(parts or [read_traits([]).facts]), strict=True)
    return NameFacts(*(np.concatenate(column) for column in columns))


def read_traits(names: Sequence[CompanyName]) -> NameTraits:
    """What the search reads of ``names``; a few thousand at a time, for each takes a kilobyte meanwhile."""
    brands = [plain_digits(name.brand) for name in names]
    place, places = numbered(name.place for name in names)
    line, lines = numbered((name.words, name.trade) for name in names)
    rest, rests = numbered((name.kind, name.legal_form, name.branch, name.is_group) for name in names)
    brand, sizes = text_hashes([name.brand for name in names]), _sizes(name.brand for name in names)
    trade = text_hashes([trade for _, trade in lines])[line]
    branch = text_hashes([branch for _, _, branch, _ in rests])
    form = text_hashes([form_kind(form) for _, form, _, _ in rests])
    is_group = np.array([is_group for *_, is_group in rests], dtype=np.int64)
    own_place = combined(*(text_hashes([place[part] for place in places]) for part in range(len(NOWHERE))))
    groups = renamed_groups()
    facts = NameFacts(
        text=text_hashes([name.text for name in names]),
        brand=brand,
        plain=text_hashes(brands),
        trade=trade,
        heard=text_hashes([sound(brand) for brand in brands]),
        city=text_hashes([place.city for place in places])[place],
        province=text_hashes(["" if place == NATION else place.province for place in places])[place],
        parts=combined(own_place[place], brand, trade, combined(branch, form, is_group)[rest]),
        shape=combined(trade, branch[rest]),
        shape_and_size=combined(trade, sizes),
        renamed=np.fromiter((groups.get(brand, -1) for brand in brands), dtype=np.int16, count=len(names)),
        traits=_of_places(places)[place] | _of_lines(lines)[line] | _of_kinds(rests)[rest],
    )
    _add_what_brands_say(facts, names)
    return NameTraits(facts, _spelling(brands, place, places, line, lines))


def numbered(values: Iterable[_Value]) -> tuple[Counts, list[_Value]]:
    """The number of each value among the distinct ones, and these."""
    numbers: dict[_Value, int] = {}
    codes = np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)
    return codes, list(numbers)


def _sizes(texts: Iterable[str]) -> Counts:
    return np.fromiter(map(len, texts), dtype=np.int64)


def _of_places(places: Sequence[Place]) -> Traits:
    return _marked(place not in {NOWHERE, NATION} for place in places) * int(Trait.PLACED)


def _of_lines(lines: Sequence[_Line]) -> Traits:
    offices = institutions()
    is_office = _marked(not offices.isdisjoint(words) for words, _ in lines)
    return is_office * int(Trait.INSTITUTION) | _marked(not words for words, _ in lines) * int(Trait.BARE)


def _of_kinds(rests: Sequence[tuple[str, str, str, bool]]) -> Traits:
    return np.array([_KINDS.get(kind, 0) for kind, *_ in rests], dtype=np.int16)


def _marked(truths: Iterable[bool]) -> Traits:
    return np.array(list(truths), dtype=np.int16)


def _add_what_brands_say(facts: NameFacts, names: Sequence[CompanyName]) -> None:
    traits = facts.traits
    traits[facts.brand == 0] &= ~int(Trait.BARE)
    traits[np.isin(facts.brand, _nationwide())] |= int(Trait.NATIONWIDE)
    traits[facts.are(Trait.UNNAMED) & (facts.trade != 0)] |= int(Trait.LISTED)
    for number in np.flatnonzero(facts.are(Trait.MASKED)).tolist():
        if not pattern("masked").fullmatch(names[number].brand):
            traits[number] |= int(Trait.HALF_MASKED)


@cache
def _nationwide() -> Hashes:
    return text_hashes(sorted(word_set("nationwide")))


def _spelling(
    brands: Sequence[str], place: Counts, places: Sequence[Place], line: Counts, lines: Sequence[_Line]
) -> Spelling:
    regions, trades = [place.name for place in places], [trade for _, trade in lines]
    initials = ["".join(word[:1] for word in words) for words, _ in lines]
    rows = zip(place.tolist(), brands, line.tolist(), strict=True)
    codes, _ = characters([f"{regions[at]}{brand}{trades[of]}" for at, brand, of in rows])
    firsts, initial_count = characters([initials[of] for of in line.tolist()])
    return Spelling(
        codes, _sizes(regions)[place], _sizes(brands), _sizes(trades)[line], firsts, initial_count
    )
