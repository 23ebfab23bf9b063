"""RFM scores: how recently, how often and for how much each customer bought (R-069, R-099, R-100)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.errors import UsageError, did_you_mean
from crmsheet.model import Note
from crmsheet.steps._order_cells import FloatArray
from crmsheet.steps._rfm_cuts import AxisCuts, is_rising, quantile_points, r_quantile_points, unused_levels
from crmsheet.steps.order_book import Orders, read_orders

LONGEST_WINDOW = 1200  # months; a century, well within what dates can count back

__all__ = [
    "DEFAULT_THRESHOLDS",
    "RfmCuts",
    "apply_cuts",
    "choose_cuts",
    "default_points",
    "score_rfm",
    "summarize_rfm",
]

Thresholds = Mapping[str, Sequence[float]]

# days since the last order; occasions and net yuan in the trailing 12 months.
DEFAULT_THRESHOLDS: Thresholds = {
    "recency": (90, 180),
    "frequency": (2, 4),
    "monetary": (50_000, 100_000),
}

_COLUMNS = {"recency": "recency_days", "frequency": "frequency", "monetary": "monetary"}


@dataclass(frozen=True, slots=True)
class RfmCuts:
    """Cut points by axis (``recency``, ``frequency``, ``monetary``) and what the reader should know."""

    axes: Mapping[str, AxisCuts]
    notes: tuple[Note, ...] = ()


def score_rfm(  # noqa: PLR0913 - callers were promised this signature
    orders: Orders,
    *,
    as_of: date | str,
    method: str = "threshold",
    levels: int | None = None,
    window: int | str = "12m",
    compat: str | None = None,
    thresholds: Thresholds | None = None,
) -> pd.DataFrame:
    """RFM of each customer with at least one purchase, sorted by id (R-069, R-099, R-100).

    ``recency_days`` (0: today); ``frequency`` (purchase occasions) and ``monetary`` (net yuan) in the window;
    ``recency_score``, ``frequency_score``, ``monetary_score``: 1 … ``levels`` (3), higher is better, so a
    buyer of yesterday has a high recency score. ``method="quantile"`` cuts at the type-7 quantiles of the
    customers. ``compat="rfm"`` counts, cuts and breaks ties as the R package ``rfm`` does, its +1 on
    quantiles included. ``thresholds`` has rising cut points per axis; without them more ``levels`` go on as
    the three do, each step half or twice the one beside it. ``choose_cuts`` gives the notes. Cells that
    nobody can read are missing, and a ``DataWarning`` counts them.

    >>> rows = pd.DataFrame({"customer_id": ["A", "A", "B"], "amount": [60_000.0, 70_000.0, 800.0],
    ...     "order_date": pd.to_datetime(["2026-05-01", "2026-06-01", "2025-11-01"])})
    >>> score_rfm(rows, as_of="2026-06-11").T
    customer_id             A      B
    recency_days         10.0  222.0
    frequency             2.0    1.0
    monetary         130000.0  800.0
    recency_score         3.0    1.0
    frequency_score       2.0    1.0
    monetary_score        3.0    1.0
    """
    summary = summarize_rfm(orders, as_of=as_of, window=window, compat=compat)
    cuts = choose_cuts(summary, method=method, levels=levels, compat=compat, thresholds=thresholds)
    return apply_cuts(summary, cuts)


def summarize_rfm(
    orders: Orders, *, as_of: date | str, window: int | str = "12m", compat: str | None = None
) -> pd.DataFrame:
    """``recency_days`` (over all time), ``frequency`` and ``monetary`` (in the window) per buying customer.

    >>> rows = pd.DataFrame({"customer_id": ["A", "A"], "amount": [60.0, 70.0],
    ...     "order_date": pd.to_datetime(["2026-05-01", "2026-05-01"])})
    >>> summarize_rfm(rows, as_of="2026-06-11")
                 recency_days  frequency  monetary
    customer_id
    A                      41          1     130.0
    """
    book = read_orders(orders, as_of=as_of, step="score_rfm")
    months = _window_months(window)
    every_row = _follows_r(compat)  # R rfm counts each row: refunds, and several on one day
    bought = book.valid if every_row else book.counts
    counted = book.valid if every_row else book.occasion
    booked = book.day if every_row else book.booked_day
    _, last = book.first_and_last_day(bought)
    buyers = book.count(bought) > 0
    summary = pd.DataFrame(
        {
            "recency_days": np.where(buyers, book.today - last, 0),
            "frequency": book.count(counted & book.within(book.day, months)),
            "monetary": book.total(book.priced & book.within(booked, months)),
        },
        index=book.customers,
    )
    return summary[buyers]


def choose_cuts(
    summary: pd.DataFrame,
    *,
    method: str = "threshold",
    levels: int | None = None,
    compat: str | None = None,
    thresholds: Thresholds | None = None,
) -> RfmCuts:
    """Cut points for the customers of ``summary`` (columns of ``summarize_rfm``), with notes (R-099, R-100).

    Quantiles need five customers per level, and on each axis as many distinct values as levels; where they
    are missing the thresholds cut. Notes: ``rfm_few_customers``, ``rfm_few_values``, ``rfm_levels_unused``.

    >>> two = pd.DataFrame({"recency_days": [3, 40], "frequency": [2, 1], "monetary": [9.0, 7.0]})
    >>> [note.code for note in choose_cuts(two, method="quantile").notes]
    ['rfm_few_customers']
    """
    given = _checked_thresholds(thresholds)
    top = _checked_levels(method, levels, given)
    limits = {axis: given.get(axis) or default_points(axis, top) for axis in _COLUMNS}
    fixed = {axis: _axis_cuts(axis, limits[axis], top, compat, inclusive=True) for axis in _COLUMNS}
    if method == "threshold":
        return RfmCuts(fixed)
    if len(summary) < 5 * top and not _follows_r(compat):
        return RfmCuts(fixed, (Note("rfm_few_customers", {"customers": len(summary), "levels": top}),))
    cuts, notes = {}, []
    for axis in _COLUMNS:
        cuts[axis], found = _quantile_cuts(axis, _values(summary, axis), fixed[axis], compat)
        notes += found
    return RfmCuts(cuts, tuple(notes))


def apply_cuts(summary: pd.DataFrame, cuts: RfmCuts) -> pd.DataFrame:
    """Add ``recency_score``, ``frequency_score`` and ``monetary_score`` to ``summary``."""
    scores = {f"{axis}_score": cuts.axes[axis].score(_values(summary, axis)) for axis in _COLUMNS}
    return summary.assign(**scores)


def _values(summary: pd.DataFrame, axis: str) -> FloatArray:
    return summary[_COLUMNS[axis]].to_numpy(dtype=np.float64)


def _axis_cuts(
    axis: str, points: Sequence[float], top: int, compat: str | None, *, inclusive: bool
) -> AxisCuts:
    """``inclusive``: a value equal to a threshold is in the better level; to a quantile, in the lower."""
    falling = axis == "recency"
    lifted = _follows_r(compat) or (inclusive and not falling)
    # Refunds above the purchases score like nothing bought; the table keeps the raw sum.
    floor = 0.0 if axis == "monetary" and not _follows_r(compat) else -np.inf
    return AxisCuts(tuple(points), top, "right" if lifted else "left", falling, floor)


def _quantile_cuts(
    axis: str, values: FloatArray, fixed: AxisCuts, compat: str | None
) -> tuple[AxisCuts, list[Note]]:
    values = np.maximum(values, fixed.floor)
    if _follows_r(compat):
        cuts = _axis_cuts(axis, r_quantile_points(values, fixed.top), fixed.top, compat, inclusive=False)
        return cuts, unused_levels(axis, values, cuts)
    if len(np.unique(values)) < fixed.top:
        return fixed, [Note("rfm_few_values", {"axis": axis, "levels": fixed.top})]
    cuts = _axis_cuts(axis, quantile_points(values, fixed.top), fixed.top, compat, inclusive=False)
    return cuts, unused_levels(axis, values, cuts)


def _window_months(window: int | str) -> int | None:
    if window == "lifetime":
        return None
    text = str(window).removesuffix("m")
    if text.isdecimal() and 0 < int(text) <= LONGEST_WINDOW:
        return int(text)
    raise UsageError(
        problem=f"score_rfm: window is 'lifetime' or months such as '12m', at most {LONGEST_WINDOW}, not {window!r}"
    )


def _follows_r(compat: str | None) -> bool:
    if compat not in (None, "rfm"):
        raise UsageError(problem=f"score_rfm: compat is None or 'rfm', not {compat!r}")
    return compat == "rfm"


def default_points(axis: str, levels: int) -> tuple[float, ...]:
    """The cut points of R-099, for three levels; for more, half or twice the outermost, the better side first.

    >>> default_points("monetary", 5), default_points("recency", 4), default_points("frequency", 2)
    ((25000.0, 50000, 100000, 200000), (45.0, 90, 180), (4,))
    """
    middle, outer = DEFAULT_THRESHOLDS[axis]
    falling = axis == "recency"
    points = [middle, outer] if levels > 2 else [middle if falling else outer]
    for step in range(levels - 3):
        if (step % 2 == 0) is falling:
            points.insert(0, points[0] / 2)
        else:
            points.append(points[-1] * 2)
    return tuple(points)


def _checked_thresholds(thresholds: Thresholds | None) -> dict[str, tuple[float, ...]]:
    given = thresholds or {}
    for axis, points in given.items():
        if axis not in _COLUMNS:
            near = did_you_mean(axis, _COLUMNS)
            raise UsageError(problem=f"score_rfm: thresholds has no axis {axis!r}; did you mean {near!r}?")
        if not _are_cuts(points):
            raise UsageError(problem=f"score_rfm: thresholds of {axis} are no rising numbers: {points!r}")
    if len({len(points) for points in given.values()}) > 1:
        raise UsageError(problem="score_rfm: thresholds has more cut points on one axis than on another")
    return {axis: tuple(points) for axis, points in given.items()}


def _are_cuts(points: Any) -> bool:
    try:
        return is_rising(points)
    except TypeError:
        return False


def _checked_levels(method: str, levels: int | None, given: Thresholds) -> int:
    if method not in ("threshold", "quantile"):
        raise UsageError(problem=f"score_rfm: method is 'threshold' or 'quantile', not {method!r}")
    by_limits = max((len(points) for points in given.values()), default=2) + 1
    if levels is None:
        return by_limits if method == "threshold" else 3
    if isinstance(levels, bool) or not isinstance(levels, (int, np.integer)):
        raise UsageError(problem=f"score_rfm: levels is a whole number, not {levels!r}")
    if levels < 2 or (method == "threshold" and given and levels != by_limits):
        raise UsageError(problem=f"score_rfm: {levels} levels do not go with {by_limits - 1} thresholds")
    return int(levels)
