"""Which of many texts need a closer look, told by their characters: all texts of a column in one go.

A reader takes microseconds to find that there is nothing to find, which is the case of nearly every cell. What
is let through here would pass the reader unchanged and without a fault; what is held back may do so, too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from crmsheet.clean.folding import fold_width
from crmsheet.clean.privacy import FEWEST_SIGNS, number_signs, telltale_pairs, telltale_words
from crmsheet.clean.text import CLOSING_MARKS, OPENING_MARKS, UNTIDY_PAIRS, suspicious_characters

Marks = npt.NDArray[np.bool_]
Judge = Callable[["_Characters"], Marks]

TEXTS_AT_ONCE = 32_768  # a chunk of that size needs some megabytes, whatever the column's length
_PLANE = 0x10000  # characters beyond the first plane are rare, and always looked at
_FIRST_PLANE = "".join(map(chr, range(_PLANE)))
_BETWEEN = "\n"  # stands between texts, and is itself looked at inside one


def untidy(texts: Sequence[str]) -> Marks:
    """Texts that :func:`~crmsheet.clean.text.normalize_text` may change.

    >>> untidy(["北京A科技", "北京 ", "Ｅxcel", "保證"]).tolist()
    [False, True, True, True]
    """
    return _chunkwise(texts, _untidy)


def telling(texts: Sequence[str]) -> Marks:
    """Texts that :func:`~crmsheet.clean.privacy.find_sensitive` may find something in.

    >>> telling(["希望提供技术培训", "电话13800138000", "加微信zhangsan2024"]).tolist()
    [False, True, True]
    """
    return _chunkwise(texts, _telling)


class _Characters:
    """Code points of many texts behind each other, cut to the first plane; ``_BETWEEN`` closes each."""

    def __init__(self, texts: Sequence[str]) -> None:
        joined = _BETWEEN.join([*texts, ""])
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.codes = np.minimum(codes, _PLANE)
        lengths = np.fromiter(map(len, texts), dtype=np.intp, count=len(texts))
        self.ends = np.cumsum(lengths + 1) - 1
        self.starts = self.ends - lengths
        self.joined = joined

    def any(self, marks: Marks) -> Marks:
        """Texts with a mark on one of their places, of which ``marks`` has one each."""
        return self.count(marks) > 0

    def count(self, marks: Marks) -> npt.NDArray[np.intp]:
        """How many marked places each text has."""
        places = np.flatnonzero(marks)
        if not len(places):
            return np.zeros(len(self.ends), dtype=np.intp)
        counts: npt.NDArray[np.intp] = np.searchsorted(places, self.ends) - np.searchsorted(
            places, self.starts
        )
        return counts

    def pairs(self, first: Marks, second: Marks) -> Marks:
        """Places whose character is one of ``first`` and the next one of ``second``."""
        found = np.zeros(len(self.codes), dtype=bool)
        found[:-1] = first[self.codes[:-1]] & second[self.codes[1:]]
        return found


def _chunkwise(texts: Sequence[str], judge: Judge) -> Marks:
    starts = range(0, len(texts), TEXTS_AT_ONCE)
    parts = [judge(_Characters(texts[start : start + TEXTS_AT_ONCE])) for start in starts]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=bool)


def _untidy(characters: _Characters) -> Marks:
    codes, starts, ends = characters.codes, characters.starts, characters.ends
    marked = characters.any(_suspicious()[codes])
    for first, second in UNTIDY_PAIRS:
        if first in characters.joined:
            marked |= characters.any(characters.pairs(_among(first), _among(second)))
    marked |= _among(OPENING_MARKS)[codes[starts]] | _among(CLOSING_MARKS)[codes[ends - 1]]
    if not unicodedata.is_normalized("NFC", characters.joined):
        marked[:] = True  # a stray accent: rare enough to look at a whole chunk
    return marked


def _telling(characters: _Characters) -> Marks:
    single, first, second = _telltales()
    codes = characters.codes
    pairs = characters.pairs(first, second) | characters.pairs(*map(_folding_to, telltale_pairs()))
    words = characters.any(single[codes] | pairs)
    return words | (characters.count(_numerals()[codes]) >= FEWEST_SIGNS)


@cache
def _among(characters: str | frozenset[str]) -> Marks:
    """One mark per code point: whether it is among ``characters``. What lies beyond the first plane is."""
    marks = np.zeros(_PLANE + 1, dtype=bool)
    marks[[ord(character) for character in characters]] = True
    marks[_PLANE] = True
    return marks


@cache
def _suspicious() -> Marks:
    return _among(suspicious_characters(_FIRST_PLANE))


@cache
def _folding_to(characters: str | frozenset[str]) -> Marks:
    """Like :func:`_among`, of the characters that become one of ``characters`` in half width."""
    return _among(characters)[[*map(ord, fold_width(_FIRST_PLANE)), _PLANE]]


@cache
def _numerals() -> Marks:
    return _folding_to(number_signs())


@cache
def _telltales() -> tuple[Marks, Marks, Marks]:
    """Words of one character; and of longer ones the first, and the second characters."""
    words = telltale_words()
    long = [word for word in words if len(word) > 1]
    single = frozenset(word for word in words if len(word) == 1)
    first, second = (frozenset(word[place] for word in long) for place in (0, 1))
    return _folding_to(single), _folding_to(first), _folding_to(second)
