"""Blocking keys of company names: only names that share one are compared (R-057).

A key is a hash; two texts of one hash cost a comparison, never a wrong pair.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from crmsheet.clean.duplicate_blocks import (
    Flags,
    Ints,
    Keys,
    is_among,
    joined,
    pairs_across,
    pairs_within,
    repeated,
)
from crmsheet.clean.duplicate_hints import abbreviations, beginnings, short_institutions
from crmsheet.clean.duplicate_slips import SlipTexts, slip_keys
from crmsheet.clean.duplicate_traits import NameFacts, Spelt, Trait
from crmsheet.clean.text_hashes import Hashes, combined

# Looser keys count only where few names share them: 恒达 alone says nothing among hundreds of 恒达.
LOOSE_LIMIT: Final = 40
_NAMES_AT_ONCE: Final = 1 << 21  # names whose keys are looked at together: half a hundred bytes each


@dataclass(frozen=True, slots=True)
class NameKeys:
    """The keys of a list of names: ``facts`` by number, ``spelt`` in any order, gone through several times."""

    facts: NameFacts
    spelt: Iterable[Spelt]

    def blocks(self, limit: int) -> Iterator[Ints]:
        """Pairs by kind of key, the strict ones up to ``limit`` names, the loose ones only among few."""
        facts = self.facts
        listed, has_site = facts.are(Trait.LISTED), facts.site != 0
        loose = np.where(facts.heard == 0, facts.trade, 0)
        brand = _keys(combined(facts.heard, loose), listed)
        core = _keys(combined(facts.heard, facts.trade), listed)
        yield pairs_within(*_keys(combined(facts.heard, facts.site), listed & has_site), limit)
        yield pairs_within(*brand, LOOSE_LIMIT)
        yield pairs_across(core.where(~has_site[core.owners]), core, limit)
        yield pairs_across(brand.where(~has_site[brand.owners]), brand, LOOSE_LIMIT)
        yield from self._slips(limit)
        yield pairs_within(*self._hints(), LOOSE_LIMIT)
        yield pairs_within(*self._equal(), LOOSE_LIMIT)

    def _slips(self, limit: int) -> Iterator[Ints]:
        """Pairs of names that are equal when each loses a character, the place counted; then those without place."""
        listed = self.facts.are(Trait.LISTED)
        parts = len(self.facts.text) // _NAMES_AT_ONCE + 1
        for part in range(parts):
            yield pairs_within(*self._met_twice(listed, _Part(part, parts)), limit)
        adrift = listed & (self.facts.site == 0) & ~self.facts.are(Trait.UNNAMED)
        if adrift.any():
            without = joined(map(_core, self._chosen(adrift)))
            met = np.unique(without.values)
            placed = (_core(spelt) for spelt in self._chosen(listed & ~adrift))
            found = joined(keys.where(is_among(keys.values, met)) for keys in placed)
            yield pairs_across(without, joined([found, without]), LOOSE_LIMIT)

    def _chosen(self, names: Flags) -> Iterator[Spelt]:
        return (spelt.where((spelt.owners >= 0) & names[spelt.owners]) for spelt in self.spelt)

    def _met_twice(self, names: Flags, part: _Part) -> Keys:
        """Keys that two names may have: made twice, for to keep all of them takes far more memory than their halves."""
        halves = (part.of(_whole(spelt)).values.astype(np.uint32) for spelt in self._chosen(names))
        met = repeated(np.concatenate([np.empty(0, dtype=np.uint32), *halves]))
        if not len(met):
            return joined([])
        made = (part.of(_whole(spelt)) for spelt in self._chosen(names))
        return joined(keys.where(is_among(keys.values.astype(np.uint32), met)) for keys in made)

    def _hints(self) -> Keys:
        """Keys of the looser likenesses, made only when a short name in the list could meet them."""
        facts = self.facts
        listed = facts.are(Trait.LISTED)
        renamed = listed & (facts.renamed >= 0)
        groups = Keys(
            np.flatnonzero(renamed), combined(facts.renamed[renamed], np.ones(renamed.sum(), np.int64))
        )
        bare = facts.are(Trait.BARE)
        short = np.unique(facts.plain[bare])
        if not len(short):
            return groups
        alone = _keys(facts.plain, listed & bare)
        is_office = facts.are(Trait.INSTITUTION)
        made = (
            keys.where(is_among(keys.values, short))
            for spelt in self._chosen(listed)
            for keys in (beginnings(spelt), abbreviations(spelt), short_institutions(spelt, is_office))
        )
        return joined([groups, alone, *made])

    def _equal(self) -> Keys:
        """Keys of masked names, and of those that one of which only some characters are masked may stand for."""
        facts = self.facts
        masked = np.flatnonzero(facts.are(Trait.MASKED))
        shapes = np.unique(facts.shape_and_size[facts.are(Trait.HALF_MASKED)])
        fitting = np.flatnonzero(np.isin(facts.shape_and_size, shapes))
        return joined([Keys(masked, facts.shape[masked]), Keys(fitting, facts.shape_and_size[fitting])])


class _Part(NamedTuple):
    """Which keys are looked at together: all of them at a time would take more memory the more names there are."""

    number: int
    parts: int

    def of(self, keys: Keys) -> Keys:
        return keys if self.parts == 1 else keys.where(keys.values % self.parts == self.number)


def _keys(values: Hashes, owners: Flags) -> Keys:
    chosen = np.flatnonzero(owners)
    return Keys(chosen, values[chosen])


def _whole(spelt: Spelt) -> Keys:
    names = spelt.spelling
    number, values = slip_keys(SlipTexts(names.codes, names.sizes, names.region, names.region + names.brand))
    return Keys(spelt.owners[number], values)


def _core(spelt: Spelt) -> Keys:
    codes, sizes = spelt.spelling.without_region()
    texts = SlipTexts(codes, sizes, np.zeros_like(sizes), spelt.spelling.brand)
    number, values = slip_keys(texts)
    return Keys(spelt.owners[number], values)
