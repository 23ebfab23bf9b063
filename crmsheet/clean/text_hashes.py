"""Hashes of many texts at a time, the same in every process: what workers computed can be compared elsewhere.

A text's hash is the sum of its mixed characters times powers of an odd number, modulo 2^64, so that the hash of a
part follows from the sums before and behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

Hashes: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.uint32]
Words: TypeAlias = npt.NDArray[np.uint64]
Counts: TypeAlias = npt.NDArray[np.int64]

TEXTS_AT_ONCE: Final = 1 << 14  # each of their characters takes some eighty bytes meanwhile
_BASE: Final = 0x9E3779B97F4A7C15
_MIXER: Final = np.uint64(0xBF58476D1CE4E5B9)
_PERIOD: Final = 1 << 11  # powers that are kept; more characters than any cell is read to
_POWERS: Final = np.multiply.accumulate(np.r_[np.uint64(1), np.full(_PERIOD - 1, _BASE, dtype=np.uint64)])
BACK: Final = np.uint64(pow(_BASE, -1, 1 << 64))  # times this, a term moves one place to the front


def characters(texts: Sequence[str]) -> tuple[Codes, Counts]:
    """Code points of all texts one behind the other, and how many each has."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return codes, np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def places(sizes: Counts) -> tuple[Counts, Counts]:
    """For each character the number of its text, and its place in it."""
    of_text = np.repeat(np.arange(len(sizes)), sizes)
    return of_text, np.arange(len(of_text)) - (np.cumsum(sizes) - sizes)[of_text]


def terms(codes: npt.NDArray[np.unsignedinteger], at: Counts) -> Words:
    """What each character, at its place, adds to the hash of its text."""
    found: Words = mixed(codes.astype(np.uint64) + np.uint64(1)) * _POWERS[at & (_PERIOD - 1)]
    return found


def mixed(values: Words) -> Words:
    """Other numbers for other numbers, near ones far apart."""
    spread = values * _MIXER
    spread ^= spread >> np.uint64(31)
    return spread


def sums(values: Words, sizes: Counts) -> Words:
    """The sum of the ``values`` of each text."""
    before = np.r_[np.uint64(0), np.cumsum(values, dtype=np.uint64)]
    ends = np.cumsum(sizes)
    found: Words = before[ends] - before[ends - sizes]
    return found


def text_hashes(texts: Sequence[str]) -> Hashes:
    """A hash of each text, 0 for an empty one.

    >>> one, other, same, empty = text_hashes(["恒达", "达恒", "恒达", ""]).tolist()
    >>> one == same, one == other, empty
    (True, False, 0)
    """
    parts = [texts[start : start + TEXTS_AT_ONCE] for start in range(0, len(texts), TEXTS_AT_ONCE)]
    return np.concatenate([_hashes(part) for part in parts]) if parts else np.empty(0, dtype=np.int64)


def _hashes(texts: Sequence[str]) -> Hashes:
    codes, sizes = characters(texts)
    return sums(terms(codes, places(sizes)[1]), sizes).view(np.int64)


def combined(*columns: npt.NDArray[np.integer]) -> Hashes:
    """One hash for what stands side by side in ``columns``; in another order it is another."""
    total = np.zeros(len(columns[0]), dtype=np.uint64)
    for column in columns:
        total = mixed(total + column.astype(np.int64).view(np.uint64) + np.uint64(1))
    return total.view(np.int64)
