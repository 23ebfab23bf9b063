"""Counts and sums per customer, on machines of 32 bits too: numpy counts only by numbers of the machine's own width."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from crmsheet.steps._order_cells import FloatArray, IntArray


def count_by(place: IntArray, size: int) -> IntArray:
    """How often each of the places 0 … ``size`` − 1 is named."""
    return np.bincount(place.astype(np.intp, copy=False), minlength=size).astype(np.int64, copy=False)


def sum_by(place: IntArray, values: NDArray[np.float64] | NDArray[np.bool_], size: int) -> FloatArray:
    """Sum of the ``values`` at each place."""
    return np.bincount(place.astype(np.intp, copy=False), values, size).astype(np.float64, copy=False)
