"""Pairs of rows that share a blocking key, vectorised."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
_Number = TypeVar("_Number", bound="np.integer[Any]")

_AT_ONCE = 1 << 20  # keys that are sorted together: sorting takes several times their memory
_NONE = np.empty((0, 2), dtype=np.int64)


class Keys(NamedTuple):
    """Keys of one kind: ``owners[i]`` (number of the name) has ``values[i]``."""

    owners: Ints
    values: Ints

    def where(self, mask: Flags) -> Keys:
        return Keys(self.owners[mask], self.values[mask])


_NO_KEYS = Keys(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def joined(keys: Iterable[Keys]) -> Keys:
    """The keys of all parts, in their order."""
    return Keys(*map(np.concatenate, zip(_NO_KEYS, *keys, strict=True)))


def pairs_within(owners: Ints, keys: Ints, limit: int) -> Ints:
    """All pairs of owners of one key, smaller number first; keys with more than ``limit`` owners are left out.

    >>> pairs_within(np.array([0, 1, 2, 3]), np.array([7, 8, 7, 7]), 3).tolist()
    [[0, 2], [2, 3], [0, 3]]
    """
    parts = -(-len(keys) // _AT_ONCE)
    if parts < 2:
        return _pairs_within(owners, keys, limit)
    part = (keys % parts).astype(np.int32)
    return np.concatenate([_pairs_within(*_of_part(owners, keys, part == at), limit) for at in range(parts)])


def _of_part(owners: Ints, keys: Ints, mine: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    return owners[mine], keys[mine]


def _pairs_within(owners: Ints, keys: Ints, limit: int) -> Ints:
    owners, keys = _shared(owners, keys)
    order = np.lexsort((owners, keys))
    owners, keys = owners[order], keys[order]
    sizes = _block_sizes(keys)
    at = np.flatnonzero((sizes > 1) & (sizes <= limit))
    found = []
    step = 1
    while len(at):
        at = at[at + step < len(keys)]
        at = at[keys[at + step] == keys[at]]
        found.append(np.column_stack((owners[at], owners[at + step])))
        step += 1
    return _of_two(np.concatenate(found)) if found else _NONE


def _shared(owners: Ints, keys: Ints) -> tuple[Ints, Ints]:
    """Without the keys that are there once, as most are."""
    again = is_among(keys, repeated(keys))
    return owners[again], keys[again]


def repeated(values: npt.NDArray[_Number]) -> npt.NDArray[_Number]:
    """Values that are there more than once, in ascending order.

    >>> repeated(np.array([7, 3, 7, 5, 3])).tolist()
    [3, 7]
    """
    ordered = np.sort(values)
    return np.unique(ordered[1:][ordered[1:] == ordered[:-1]])


def is_among(values: npt.NDArray[_Number], known: npt.NDArray[_Number]) -> Flags:
    """Which of ``values`` are among ``known``, which are in ascending order.

    >>> is_among(np.array([7, 3, 5]), np.array([3, 6, 7])).tolist()
    [True, True, False]
    """
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    at = np.searchsorted(known, values)
    at[at == len(known)] = 0
    among: Flags = known[at] == values
    return among


def _of_two(pairs: Ints) -> Ints:
    """Without pairs of an owner and itself, who has one key twice."""
    two: Ints = pairs[pairs[:, 0] != pairs[:, 1]]
    return two


def _block_sizes(keys: Ints) -> Ints:
    """For each position of the sorted ``keys``, how many keys equal it."""
    if not len(keys):
        return keys
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    sizes = np.diff(np.r_[starts, len(keys)])
    return np.repeat(sizes, sizes).astype(np.int64)


def pairs_across(left: tuple[Ints, Ints], right: tuple[Ints, Ints], limit: int) -> Ints:
    """Pairs of an owner in ``left`` and one in ``right`` of one key that at most ``limit`` on the right have.

    Each side is (owners, keys). Smaller number first; an owner is not paired with itself.
    """
    order = np.lexsort((right[0], right[1]))
    owners, keys = right[0][order], right[1][order]
    first = np.searchsorted(keys, left[1], side="left")
    count = np.searchsorted(keys, left[1], side="right") - first
    count[count > limit] = 0
    mine = np.repeat(left[0], count)
    ends = np.cumsum(count)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)
    theirs = owners[np.repeat(first, count) + within]
    pairs: Ints = np.column_stack((np.minimum(mine, theirs), np.maximum(mine, theirs)))
    return _of_two(pairs)


def distinct_pairs(found: Iterable[Ints], size: int) -> Ints:
    """Each pair once, in ascending order; ``size`` is more than any number in them."""
    codes = [pairs[:, 0].astype(np.int64) * size + pairs[:, 1] for pairs in found]
    unique = np.unique(np.concatenate(codes)) if codes else np.empty(0, dtype=np.int64)
    return np.column_stack((unique // size, unique % size))


def expand_pairs(pairs: Ints, members: Ints, units: Ints, limit: int) -> tuple[Ints, Ints]:
    """Pairs of rows for ``pairs`` of units, and for each the number of its pair of units.

    ``members`` are row numbers ordered by unit, ``units`` where each unit starts in them (one more than units).
    Of a pair of units with more than ``limit`` pairs of rows, each row is paired with the first of the other only.
    """
    sizes = np.diff(units).astype(np.intp)  # what numpy repeats by
    left, right = pairs[:, 0], pairs[:, 1]
    width = np.where(sizes[left] * sizes[right] > limit, 1, sizes[right])
    count = sizes[left] * width
    number = np.repeat(np.arange(len(pairs)), count)
    within = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
    one = members[units[left[number]] + within // width[number]]
    other = members[units[right[number]] + within % width[number]]
    return np.column_stack((np.minimum(one, other), np.maximum(one, other))), number


def pairs_of_equals(members: Ints, starts: Ints, limit: int) -> Ints:
    """Pairs of rows of one unit: all of them up to ``limit`` rows, above that each with the next.

    >>> pairs_of_equals(np.array([0, 2, 5, 1]), np.array([0, 3, 4]), 3).tolist()
    [[0, 2], [2, 5], [0, 5]]
    >>> pairs_of_equals(np.array([0, 2, 5, 1]), np.array([0, 3, 4]), 2).tolist()
    [[0, 2], [2, 5]]
    """
    sizes = np.diff(starts).astype(np.intp)
    unit = np.repeat(np.arange(len(sizes)), sizes)
    at = np.flatnonzero(unit[1:] == unit[:-1])
    chained = at[sizes[unit[at]] > limit]
    chain = np.column_stack((members[chained], members[chained + 1]))
    return np.concatenate((pairs_within(members, unit, limit), chain))
