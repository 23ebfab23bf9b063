"""Two bytes side by side, looked for in a whole part: what a search for a word asks first, at a tenth of its cost.

Most sheets hold no error, formula or hidden row, and each costs a search through all of the part.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

_PIECE = 1 << 22  # bytes at a time: the marks of a piece are as large as it is


def places_of_pair(part: bytes, pair: bytes, start: int = 0) -> npt.NDArray[np.intp]:
    """Where the two bytes ``pair`` stand side by side in ``part`` from ``start`` on, in no order.

    >>> sorted(places_of_pair(b"<row/><row/>", b"<r").tolist())
    [0, 6]
    """
    number = int.from_bytes(pair, "little")
    found = [
        2 * np.flatnonzero(pairs == number) + place
        for first in (start, start + 1)
        for place, pairs in _pairs(part, first)
    ]
    return np.concatenate(found) if found else np.zeros(0, dtype=np.intp)


def has_pair(part: bytes, pair: bytes, start: int = 0) -> bool:
    """Whether the two bytes ``pair`` stand side by side in ``part`` from ``start`` on.

    >>> has_pair(b'<c r="A1"><f>1+1</f></c>', b"<f"), has_pair(b"<v>", b"<f"), has_pair(b"", b"<f")
    (True, False, False)
    """
    number = int.from_bytes(pair, "little")
    return any(
        bool((pairs == number).any()) for first in (start, start + 1) for _, pairs in _pairs(part, first)
    )


def has_capitals(part: bytes, start: int = 0) -> bool:
    """Whether a quotation mark stands in ``part`` from ``start`` on with two capital letters behind it.

    >>> has_capitals(b'<c r="AA1"/>'), has_capitals(b'<c r="A1"/>')
    (True, False)
    """
    for place in range(start, len(part), _PIECE):
        letters = np.frombuffer(part, np.uint8, min(_PIECE + 2, len(part) - place), place)
        capital = letters - ord("A") < 26  # smaller ones turn into large numbers
        quoted = (letters[:-2] == ord('"')) | (letters[:-2] == ord("'"))
        if bool((quoted & capital[1:-1] & capital[2:]).any()):
            return True
    return False


def _pairs(part: bytes, first: int) -> Iterator[tuple[int, npt.NDArray[np.uint16]]]:
    """Every second pair of bytes from the place ``first`` on, and where the first of them stands."""
    for start in range(first, len(part) - 1, _PIECE):
        yield start, np.frombuffer(part, "<u2", min(_PIECE, len(part) - start) // 2, start)


def holds(part: bytes, word: bytes, pair: bytes, start: int = 0) -> bool:
    """Whether ``word`` occurs in ``part`` from ``start`` on; ``pair`` are two bytes of it that hardly stand elsewhere.

    >>> holds(b'<c t="e">', b' t="e"', b'"e'), holds(b'<c t="s">', b' t="e"', b'"e')
    (True, False)
    """
    return has_pair(part, pair, start) and part.find(word, start) >= 0
