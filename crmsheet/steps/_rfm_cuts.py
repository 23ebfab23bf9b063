"""Where the levels of an RFM axis begin: fixed thresholds, quantiles, and the quantiles of R's ``rfm``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from crmsheet.model import Note
from crmsheet.steps._order_cells import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class AxisCuts:
    """Rising cut points of one axis.

    ``top`` is the highest score; fewer cuts than ``top - 1`` are spread over the scale. ``side="right"``
    lifts a value equal to a cut above it, ``"left"`` leaves it below. ``falling``: small values score high,
    as days since the last order do. Values under ``floor`` count as ``floor``.
    """

    points: tuple[float, ...]
    top: int
    side: Literal["left", "right"]
    falling: bool = False
    floor: float = -np.inf

    def score(self, values: FloatArray) -> IntArray:
        """1 … ``top``, higher is better; equal values always share a score.

        >>> AxisCuts((90, 180), 3, "left", falling=True).score(np.array([0.0, 90.0, 91.0, 181.0])).tolist()
        [3, 3, 2, 1]
        """
        passed = np.searchsorted(self.points, np.maximum(values, self.floor), side=self.side)
        rank = 1 + passed * (self.top - 1) // max(len(self.points), 1)
        return np.asarray(self.top + 1 - rank if self.falling else rank, dtype=np.int64)


def quantile_points(values: FloatArray, levels: int) -> tuple[float, ...]:
    """Type-7 quantiles at j/levels. A cut that is a data value is exactly that value: whole-number positions.

    >>> quantile_points(np.array([1.0, 2.0, 4.0, 8.0]), 2)
    (3.0,)
    """
    if not len(values):
        return ()
    ordered = np.sort(values)
    return tuple(_quantile(ordered, j, levels) for j in range(1, levels))


def r_quantile_points(values: FloatArray, levels: int) -> tuple[float, ...]:
    """The cut points of R's ``rfm`` 0.3.0: type-7 quantiles plus 1, rounded as R rounds them.

    The 1 assumes amounts in whole units: other units of money give other scores.
    """
    if not len(values):
        return ()
    ordered = np.sort(values)
    return tuple(_r_quantile(ordered, j * (1 / levels)) + 1 for j in range(1, levels))


def unused_levels(axis: str, values: FloatArray, cuts: AxisCuts) -> list[Note]:
    """A note when ties leave a level empty: the levels in use, the commonest value and its share."""
    used = tuple(np.unique(cuts.score(values)).tolist())
    if len(used) in (0, cuts.top):
        return []
    common, times = np.unique(values, return_counts=True)
    most = int(times.argmax())
    facts = {
        "axis": axis,
        "used": used,
        "value": float(common[most]),
        "share": float(times[most] / len(values)),
    }
    return [Note("rfm_levels_unused", facts)]


def is_rising(points: Sequence[float]) -> bool:
    """No cut is NaN, none comes twice and each is above the one before."""
    return (
        all(low < high for low, high in zip(points, points[1:], strict=False)) and not np.isnan(points).any()
    )


def _quantile(ordered: FloatArray, j: int, k: int) -> float:
    low, rest = divmod((len(ordered) - 1) * j, k)
    if not rest or ordered[low] == ordered[low + 1]:
        return float(ordered[low])
    return float(ordered[low] + (ordered[low + 1] - ordered[low]) * rest / k)


def _r_quantile(ordered: FloatArray, share: float) -> float:
    # Same order of floating-point operations as R, so that ties at a cut fall as they do there. Of equal
    # neighbours R takes the value itself, which their weighted mean can miss by a last digit.
    index = 1 + (len(ordered) - 1) * share
    low = int(np.floor(index))
    h = index - low
    below = ordered[low - 1]
    return float(below if h == 0 or ordered[low] == below else (1 - h) * below + h * ordered[low])
