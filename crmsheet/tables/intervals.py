"""Confidence intervals of shares and of net scores."""

from __future__ import annotations

import math

Z95 = 1.959963984540054


def wilson(hits: float, n: float, *, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of hits ÷ n, 95 % unless ``z`` says otherwise; NaN at n = 0 (Wilson 1927).

    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not n > 0:
        return math.nan, math.nan
    share, square = hits / n, z * z
    centre = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    low = 0.0 if hits == 0 else max(0.0, centre - half)  # exact, so that the interval holds the share itself
    return low, 1.0 if hits == n else min(1.0, centre + half)


def net_interval(up: float, down: float, n: float, *, z: float = Z95) -> tuple[float, float]:
    """Interval of (up − down) ÷ n, −1 … 1: Wald with ¾, 1½ and ¾ answers added (Rocks 2016, for the NPS).

    >>> [round(bound, 3) for bound in net_interval(50, 20, 100)]
    [0.141, 0.442]
    """
    if not n > 0:
        return math.nan, math.nan
    total = n + 3
    high, low = (up + 0.75) / total, (down + 0.75) / total
    net = high - low
    half = z * math.sqrt((high + low - net * net) / total)
    return max(-1.0, net - half), min(1.0, net + half)
