"""Distinct company names side by side: which pairs are worth comparing, and their scores (R-057)."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, NamedTuple, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_match import match_names
from crmsheet.clean.company_places import NATION, NOWHERE, Place
from crmsheet.clean.company_trades import may_match
from crmsheet.clean.company_words import word_set
from crmsheet.clean.duplicate_blocks import Ints, distinct_pairs, pairs_across, pairs_within
from crmsheet.clean.duplicate_keys import NameKeys, Surroundings, name_keys, site

Flags: TypeAlias = npt.NDArray[np.bool_]

# Looser keys count only where few names share them: 恒达 alone says nothing among hundreds of 恒达.
LOOSE_LIMIT: Final = 40


class Scored(NamedTuple):
    """Pairs, each with its score and the reason for it."""

    pairs: Ints
    scores: npt.NDArray[np.float64]
    reasons: npt.NDArray[np.object_]

    def where(self, mask: Flags | Ints) -> Scored:
        """The chosen pairs, or all of them in a new order."""
        return Scored(self.pairs[mask], self.scores[mask], self.reasons[mask])


class Names(Protocol):
    """Parsed names by number."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> CompanyName: ...

    def __iter__(self) -> Iterator[CompanyName]: ...


class NameTable:
    """Distinct names, with what decides most pairs as codes.

    ``own``: where the table says each customer is; ``places``: where it is, as far as that or its name tells.
    """

    def __init__(self, names: Names, own: Iterable[Place]) -> None:
        self.names = names
        self.places: list[Place] = []
        known: dict[Place, Place] = {}  # each place is kept once
        self._around = Surroundings()
        nationwide = word_set("nationwide")
        trades: dict[str, int] = {}
        sites: dict[str, int] = {"": 0}
        facts = array("q")
        for name, place in zip(names, own, strict=True):
            found = place if name.place in {NOWHERE, NATION} else name.place
            self.places.append(known.setdefault(found, found))
            self._around.add(name)
            facts.append(trades.setdefault(name.trade, len(trades)))
            facts.append(sites.setdefault(site(name), len(sites)))
            facts.append(hash(name.brand))
            facts.append(hash(name.text))
            # All that two names must share to be the same beyond doubt.
            facts.append(
                hash((name.place, name.brand, name.trade, name.branch, name.is_group, name.form_kind))
            )
            facts.append(name.kind == "company")
            facts.append(name.place not in {NOWHERE, NATION})
            facts.append(name.brand in nationwide)
        columns = np.frombuffer(facts, dtype=np.int64).reshape(-1, 8).T
        self._trades = list(trades)
        self._trade, self._site, self._brand, self._text, self._parts = map(np.ascontiguousarray, columns[:5])
        self._is_company, self._is_placed, self._is_nationwide = columns[5:].astype(bool)
        self._city = _codes((place.city for place in self.places), [""])
        self._province = _codes((place.province for place in self.places), [""])

    def candidates(self, limit: int) -> Ints:
        """Pairs of names that share a blocking key and that no plain fact rules out."""
        found = (self._possible(pairs) for pairs in _blocks(name_keys(self.names, self._around), limit))
        return distinct_pairs(found, len(self.names))

    def _possible(self, pairs: Ints) -> Ints:
        pairs = pairs[~self.are_apart(pairs)]
        return pairs[self._may_share_trade(pairs)]

    def are_apart(self, pairs: Ints) -> Flags:
        """Whether the names, or the customers' own places where a name says none, are of different cities."""
        one, other = pairs[:, 0], pairs[:, 1]
        both = self._is_placed[one] & self._is_placed[other]
        named = both & _conflict(self._site, pairs) & ~self._is_nationwide[one]
        known = ~both & (_conflict(self._city, pairs) | _conflict(self._province, pairs))
        apart: Flags = named | known
        return apart

    def _may_share_trade(self, pairs: Ints) -> Flags:
        one, other = pairs[:, 0], pairs[:, 1]
        judged = (self._brand[one] == self._brand[other]) & (self._trade[one] != self._trade[other])
        codes = self._trade[one[judged]] * len(self._trades) + self._trade[other[judged]]
        distinct, position = np.unique(codes, return_inverse=True)
        pairs_of_trades = (divmod(int(code), len(self._trades)) for code in distinct)
        may = [may_match(self._trades[a], self._trades[b]) for a, b in pairs_of_trades]
        result = np.ones(len(pairs), dtype=bool)
        result[judged] = np.array(may, dtype=bool)[position]
        return result

    def score(self, pairs: Ints) -> Scored:
        """Score and reason of each pair of names."""
        one, other = pairs[:, 0], pairs[:, 1]
        scores = np.zeros(len(pairs))
        reasons = np.full(len(pairs), "different", dtype=object)
        same = self._is_company[one] & self._is_company[other] & (self._parts[one] == self._parts[other])
        scores[same] = 1.0
        reasons[same] = np.where(self._text[one[same]] == self._text[other[same]], "same_name", "variant")
        for at in np.flatnonzero(~same):
            match = match_names(self.names[one[at]], self.names[other[at]])
            scores[at], reasons[at] = match.score, match.reason
        apart = self.are_apart(pairs)
        scores[apart], reasons[apart] = 0.0, "different"
        return Scored(pairs, scores, reasons)


def _codes(values: Iterable[Hashable], known: Iterable[Hashable] = ()) -> Ints:
    """A number for each distinct value, in order of appearance; those of ``known`` come first."""
    numbers: dict[Hashable, int] = {value: number for number, value in enumerate(known)}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values], dtype=np.int64)


def _conflict(codes: Ints, pairs: Ints) -> Flags:
    """Whether the two codes of a pair are known (not 0) and different."""
    one, other = codes[pairs[:, 0]], codes[pairs[:, 1]]
    conflict: Flags = (one != other) & (one > 0) & (other > 0)
    return conflict


def _blocks(keys: NameKeys, limit: int) -> Iterator[Ints]:
    """Pairs by kind of key, the strict ones up to ``limit`` names, the loose ones only among few."""
    brand, core, core_slips = keys.brand.arrays(), keys.core.arrays(), keys.core_slips.arrays()
    yield pairs_within(*keys.in_place.arrays(), limit)
    yield pairs_within(*brand, LOOSE_LIMIT)
    yield pairs_across(keys.placeless_core.arrays(), core, limit)
    yield pairs_across(keys.placeless_brand.arrays(), brand, LOOSE_LIMIT)
    yield pairs_within(*keys.slips.arrays(), limit)
    yield pairs_across(keys.placeless_core_slips.arrays(), core_slips, LOOSE_LIMIT)
    yield pairs_within(*keys.hints.arrays(), LOOSE_LIMIT)
    yield pairs_within(*keys.equal.arrays(), LOOSE_LIMIT)
