"""Distinct company names side by side: which pairs are worth comparing, and their scores (R-057)."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from crmsheet.clean.companies import CompanyName
from crmsheet.clean.company_match import match_names
from crmsheet.clean.company_trades import may_match
from crmsheet.clean.duplicate_blocks import Flags, Ints, distinct_pairs
from crmsheet.clean.duplicate_keys import NameKeys
from crmsheet.clean.duplicate_traits import Trait
from crmsheet.clean.text_hashes import Hashes, combined


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

    def __getitem__(self, number: int) -> CompanyName: ...


class NameTable:
    """Distinct names, with what decides most pairs as numbers.

    ``own``: province and city where the table says each customer is; ``city``, ``province``: where it is, as far as
    that or its name tells.
    """

    def __init__(self, names: Names, keys: NameKeys, own: tuple[Hashes, Hashes]) -> None:
        self.names = names
        self._keys, self._facts = keys, keys.facts
        self._is_placed = keys.facts.are(Trait.PLACED)
        self.province = np.where(self._is_placed, keys.facts.province, own[0])
        self.city = np.where(self._is_placed, keys.facts.city, own[1])

    def __len__(self) -> int:
        return len(self.city)

    def candidates(self, limit: int) -> Ints:
        """Pairs of names that share a blocking key and that no plain fact rules out."""
        found = (self._possible(pairs) for pairs in self._keys.blocks(limit))
        return distinct_pairs(found, len(self))

    def _possible(self, pairs: Ints) -> Ints:
        pairs = pairs[~self.are_apart(pairs)]
        return pairs[self._may_share_trade(pairs)]

    def are_apart(self, pairs: Ints) -> Flags:
        """Whether the names, or the customers' own places where a name says none, are of different cities."""
        one, other = pairs[:, 0], pairs[:, 1]
        both = self._is_placed[one] & self._is_placed[other]
        is_nationwide = self._facts.are(Trait.NATIONWIDE)
        named = both & _conflict(self._facts.site, pairs) & ~is_nationwide[one]
        known = ~both & (_conflict(self.city, pairs) | _conflict(self.province, pairs))
        apart: Flags = named | known
        return apart

    def _may_share_trade(self, pairs: Ints) -> Flags:
        one, other = pairs[:, 0], pairs[:, 1]
        brand, trade = self._facts.brand, self._facts.trade
        judged = (brand[one] == brand[other]) & (trade[one] != trade[other])
        trades = np.column_stack((trade[one[judged]], trade[other[judged]]))
        _, first, position = np.unique(combined(*trades.T), return_index=True, return_inverse=True)
        names = ((self.names[a].trade, self.names[b].trade) for a, b in pairs[judged][first])
        result = np.ones(len(pairs), dtype=bool)
        result[judged] = np.array([may_match(a, b) for a, b in names], dtype=bool)[position]
        return result

    def score(self, pairs: Ints) -> Scored:
        """Score and reason of each pair of names."""
        one, other = pairs[:, 0], pairs[:, 1]
        scores = np.zeros(len(pairs))
        reasons = np.full(len(pairs), "different", dtype=object)
        facts, is_company = self._facts, self._facts.are(Trait.COMPANY)
        same = is_company[one] & is_company[other] & (facts.parts[one] == facts.parts[other])
        scores[same] = 1.0
        reasons[same] = np.where(facts.text[one[same]] == facts.text[other[same]], "same_name", "variant")
        for at in np.flatnonzero(~same):
            match = match_names(self.names[one[at]], self.names[other[at]])
            scores[at], reasons[at] = match.score, match.reason
        apart = self.are_apart(pairs)
        scores[apart], reasons[apart] = 0.0, "different"
        return Scored(pairs, scores, reasons)


def _conflict(codes: Ints, pairs: Ints) -> Flags:
    """Whether the two hashes of a pair are known (not 0) and different."""
    one, other = codes[pairs[:, 0]], codes[pairs[:, 1]]
    conflict: Flags = (one != other) & (one != 0) & (other != 0)
    return conflict
