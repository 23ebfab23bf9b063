"""Blocking keys with one character left out, for all names at a time: what a slip of the keyboard leaves (R-057)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from crmsheet.clean.duplicate_blocks import Ints
from crmsheet.clean.text_hashes import BACK, Codes, Counts, Words, places, terms

_SHORT_BRAND: Final = 3  # in a trade name up to this length, one other character is another name
_LONGEST_PLACE: Final = 5
_DIGITS: Final = (ord("0"), ord("9"))


class SlipTexts(NamedTuple):
    """Names as slips see them: characters of all, how many each has, and where in it the trade name stands."""

    codes: Codes
    sizes: Counts
    start: Counts
    end: Counts


def slip_keys(names: SlipTexts) -> tuple[Ints, Ints]:
    """Number and hash of each name as it is, and without each character in which a slip leaves the same customer.

    In a short trade name every character counts; a digit tells customers apart, but where a place may stand.

    >>> from crmsheet.clean.text_hashes import characters
    >>> texts = characters(["北京恒达科技", "北京恒达技"])
    >>> numbers, keys = slip_keys(SlipTexts(*texts, np.array([2, 2]), np.array([4, 4])))
    >>> len(set(keys[numbers == 0].tolist()) & set(keys[numbers == 1].tolist()))
    1
    """
    of_name, at = places(names.sizes)
    before = np.r_[np.uint64(0), np.cumsum(terms(names.codes, at), dtype=np.uint64)]
    ends = np.cumsum(names.sizes)
    starts = ends - names.sizes
    left_out = np.flatnonzero(_may_be_left_out(names, of_name, at))
    of_left = of_name[left_out]
    without = _without(before, left_out, starts[of_left], ends[of_left])
    keys = np.concatenate([before[ends] - before[starts], without]).view(np.int64)
    return np.concatenate([np.arange(len(names.sizes)), of_left]), keys


def _without(before: Words, left_out: Ints, starts: Ints, ends: Ints) -> Words:
    """The hash of each text without one of its characters."""
    front = before[left_out] - before[starts]
    rest = before[ends] - before[left_out + 1]
    return front + rest * BACK


def _may_be_left_out(names: SlipTexts, of_name: Ints, at: Ints) -> npt.NDArray[np.bool_]:
    is_short = names.end - names.start <= _SHORT_BRAND
    in_short = is_short[of_name] & (at >= names.start[of_name]) & (at < names.end[of_name])
    is_digit = (names.codes >= _DIGITS[0]) & (names.codes <= _DIGITS[1])
    in_place = (names.start == 0)[of_name] & (at < _LONGEST_PLACE)  # 北1恒达 is 北京恒达
    allowed: npt.NDArray[np.bool_] = ~in_short & (~is_digit | in_place)
    return allowed
