"""Blocking keys with one character left out, for all names at a time: what a slip of the keyboard leaves (R-057)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from crmsheet.clean.duplicate_blocks import Ints

_Words = npt.NDArray[np.uint64]

_SHORT_BRAND: Final = 3  # in a trade name up to this length, one other character is another name
_LONGEST_PLACE: Final = 5
_LONGEST: Final = 1 << 10  # characters of a name; more than any cell is read to
# A text is hashed as the sum of its mixed characters times powers of an odd number, modulo 2^64: what is left when
# one character goes follows from the sums before and after it.
_BASE: Final = 0x9E3779B97F4A7C15
_MIXER: Final = 0xBF58476D1CE4E5B9
_POWERS: Final = np.multiply.accumulate(np.r_[np.uint64(1), np.full(_LONGEST, _BASE, dtype=np.uint64)])
_BACK: Final = np.uint64(pow(_BASE, -1, 1 << 64))
_DIGITS: Final = (ord("0"), ord("9"))


class SlipText(NamedTuple):
    """A name as slips see it: its text, and where in it the trade name stands."""

    owner: int
    text: str
    start: int
    end: int


def slip_keys(names: Sequence[SlipText]) -> tuple[Ints, Ints]:
    """Owner and hash of each name as it is, and without each character in which a slip leaves the same customer.

    In a short trade name every character counts; a digit tells customers apart, but where a place may stand.

    >>> owners, keys = slip_keys([SlipText(0, "北京恒达科技", 2, 4), SlipText(1, "北京恒达技", 2, 4)])
    >>> len(set(keys[owners == 0].tolist()) & set(keys[owners == 1].tolist()))
    1
    """
    if not names:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    sizes = np.array([len(name.text) for name in names], dtype=np.int64)
    owners = np.array([name.owner for name in names], dtype=np.int64)
    of_name = np.repeat(np.arange(len(names)), sizes)
    starts = np.cumsum(sizes) - sizes
    at = np.arange(len(of_name)) - starts[of_name]
    codes = np.frombuffer(
        "".join(name.text for name in names).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    whole, without = _hashes(codes, at, starts, of_name)
    left_out = _may_be_left_out(names, codes, at, of_name)
    keys = np.concatenate([whole, without[left_out]]).view(np.int64)
    return np.concatenate([owners, owners[of_name[left_out]]]), keys


def _hashes(codes: npt.NDArray[np.uint32], at: Ints, starts: Ints, of_name: Ints) -> tuple[_Words, _Words]:
    """Of each text its hash, and of each character the hash of its text without it."""
    mixed = (codes.astype(np.uint64) + np.uint64(1)) * np.uint64(_MIXER)
    mixed ^= mixed >> np.uint64(31)
    terms = mixed * _POWERS[at]
    sums = np.r_[np.uint64(0), np.cumsum(terms, dtype=np.uint64)]
    ends = np.r_[starts[1:], len(codes)]
    before = sums[:-1] - sums[starts][of_name]
    after = sums[ends][of_name] - sums[1:]
    return sums[ends] - sums[starts], before + after * _BACK


def _may_be_left_out(
    names: Sequence[SlipText], codes: npt.NDArray[np.uint32], at: Ints, of_name: Ints
) -> npt.NDArray[np.bool_]:
    start = np.array([name.start for name in names], dtype=np.int64)
    end = np.array([name.end for name in names], dtype=np.int64)
    in_short = (at >= start[of_name]) & (at < end[of_name]) & ((end - start)[of_name] <= _SHORT_BRAND)
    is_digit = (codes >= _DIGITS[0]) & (codes <= _DIGITS[1])
    in_place = (start[of_name] == 0) & (at < _LONGEST_PLACE)  # 北1恒达 is 北京恒达
    allowed: npt.NDArray[np.bool_] = ~in_short & (~is_digit | in_place)
    return allowed
