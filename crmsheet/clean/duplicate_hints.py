"""Blocking keys of looser likenesses: how a name may be shortened (R-057)."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from crmsheet.clean.company_words import known_brands
from crmsheet.clean.duplicate_blocks import Flags, Ints, Keys, joined
from crmsheet.clean.duplicate_traits import Spelling, Spelt
from crmsheet.clean.text_hashes import Hashes, places, terms, text_hashes

_SHORT_BRAND: Final = 3  # up to this length the beginning of a trade name tells nobody, unless it is known
_LETTERS: Final = 2  # 一建, 北大


def beginnings(spelt: Spelt) -> Keys:
    """The beginnings of each trade name that are long enough, or known, to stand for it."""
    names = spelt.spelling
    codes, sizes = names.without_region()
    of_name, at = places(sizes)
    before = np.r_[np.uint64(0), np.cumsum(terms(codes, at), dtype=np.uint64)]
    last = np.flatnonzero((at + 1 >= _LETTERS) & (at + 1 < names.brand[of_name]))
    of_last = of_name[last]
    values = (before[last + 1] - before[(np.cumsum(sizes) - sizes)[of_last]]).view(np.int64)
    keys = Keys(spelt.owners[of_last], values)
    return keys.where((at[last] + 1 >= _SHORT_BRAND) | np.isin(values, _known()))


@cache
def _known() -> Hashes:
    return text_hashes(sorted(known_brands()))


def abbreviations(spelt: Spelt) -> Keys:
    """The first character of the place or the trade name with that of a part behind it."""
    names = spelt.spelling
    part_of, letters = _initials(names)
    place = _region_letters(names)[part_of]
    first = np.r_[True, part_of[1:] != part_of[:-1]] if len(part_of) else np.empty(0, dtype=bool)
    leading = letters[np.maximum.accumulate(np.where(first, np.arange(len(letters)), 0))]
    owners = spelt.owners[part_of]
    by_place = Keys(owners, _hash_of(place, letters)).where(place > 0)
    by_brand = Keys(owners, _hash_of(leading, letters)).where(~first)
    return joined([by_place, by_brand])


def _initials(names: Spelling) -> tuple[Ints, npt.NDArray[np.uint32]]:
    """The first characters of trade name and words, and the number of the name of each."""
    codes, sizes = names.without_region()
    has_brand = np.flatnonzero(names.brand > 0)
    brands = codes[(np.cumsum(sizes) - sizes)[has_brand]]
    of_word = np.repeat(np.arange(len(sizes)), names.initial_count)
    owners = np.concatenate([has_brand, of_word])
    order = np.argsort(owners, kind="stable")
    return owners[order], np.concatenate([brands, names.initials])[order]


def _region_letters(names: Spelling) -> npt.NDArray[np.uint32]:
    """The first character of each name's place, 0 where it says none."""
    starts = np.cumsum(names.sizes) - names.sizes
    letters = np.zeros(len(starts), dtype=np.uint32)
    has = names.region > 0
    letters[has] = names.codes[starts[has]]
    return letters


def _hash_of(*letters: npt.NDArray[np.uint32]) -> Hashes:
    """The hash of the text that the ``letters`` make."""
    total = np.zeros(len(letters[0]), dtype=np.uint64)
    for place, each in enumerate(letters):
        total += terms(each, np.full(len(each), place))
    return total.view(np.int64)


def short_institutions(spelt: Spelt, is_office: Flags) -> Keys:
    """北师大 of 北京师范大学: place, first character of the rest, another one behind it."""
    names = spelt.spelling
    of_name, at = places(names.sizes)
    asked = is_office[spelt.owners] & (names.region > 0)
    chosen = np.flatnonzero(asked[of_name] & (at > names.region[of_name]))
    of = of_name[chosen]
    start = chosen - at[chosen]
    letters = (names.codes[start], names.codes[start + names.region[of]], names.codes[chosen])
    return Keys(spelt.owners[of], _hash_of(*letters))
