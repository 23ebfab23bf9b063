"""Each customer's purchases as the CLV models see them: repeats, timing and spend of whole purchase days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from crmsheet.steps._order_cells import BoolArray, FloatArray, IntArray
from crmsheet.steps._tally import count_by, sum_by
from crmsheet.steps.order_book import OrderBook, customer_day_keys, tidy_sums

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class Occasions:
    """Purchase days sorted by customer and day: amount net of refunds, and whether an amount is known."""

    customer: IntArray
    day: IntArray
    amount: FloatArray
    known: BoolArray

    @property
    def repeats(self) -> BoolArray:
        """All but each customer's first."""
        same = np.zeros(len(self.customer), dtype=bool)
        same[1:] = self.customer[1:] == self.customer[:-1]
        return same

    def count(self, rows: BoolArray, size: int) -> IntArray:
        return count_by(self.customer[rows], size)

    def mean_amount(self, rows: BoolArray, size: int) -> FloatArray:
        """Mean known amount of ``rows`` per customer; 0 where none is known."""
        rows = rows & self.known
        who, amount = self.customer[rows], self.amount[rows]
        total = sum_by(who, amount, size)
        gross = sum_by(who, np.abs(amount), size)
        return tidy_sums(total, gross) / np.maximum(self.count(rows, size), 1)


def summarize_history(book: OrderBook) -> pd.DataFrame:
    """One row per buying customer, sorted by id; times in weeks (see ``clv.summarize_purchases``)."""
    size, today = len(book.customers), book.today
    occasions = find_occasions(book)
    repeats, every = occasions.repeats, np.ones(len(occasions.customer), dtype=bool)
    buyers = book.count(book.counts) > 0
    first, last = (np.where(buyers, days, today) for days in book.first_and_last_day(book.counts))
    history = pd.DataFrame(
        {
            "frequency": occasions.count(repeats, size),
            "recency": (last - first) / DAYS_PER_WEEK,
            "T": (today - first) / DAYS_PER_WEEK,
            "monetary": occasions.mean_amount(repeats, size),
            "average_purchase": occasions.mean_amount(every, size),
            "purchases_per_year": occasions.count(book.within(occasions.day, 12), size),
            "interval_cv": _interval_cv(occasions, size),
        },
        index=book.customers,
    )
    return history[buyers]


def find_occasions(book: OrderBook) -> Occasions:
    """Purchase days; a refund is taken off its order's day, or off the purchase day before it."""
    rows = np.flatnonzero(book.valid)
    # Each purchase day opens with the row that makes it one, so counting those tells which day a row belongs to.
    keys = 2 * customer_day_keys(book.customer[rows], book.booked_day[rows]) + ~book.occasion[rows]
    rows = rows[np.argsort(keys, kind="stable")]
    opens = book.occasion[rows]
    slot = np.cumsum(opens) - 1
    customer, day = book.customer[rows[opens]], book.day[rows[opens]]
    owned = (slot >= 0) & book.priced[rows]
    owned[owned] = customer[slot[owned]] == book.customer[rows[owned]]
    slot, rows = slot[owned], rows[owned]
    amount = sum_by(slot, book.net[rows], len(day))
    bought = sum_by(slot, ~book.refund[rows], len(day)) > 0
    return Occasions(customer, day, amount, bought)


def _interval_cv(occasions: Occasions, size: int) -> FloatArray:
    """Standard deviation ÷ mean of the days between purchases; NaN with fewer than two intervals."""
    repeats = occasions.repeats
    who = occasions.customer[repeats]
    gaps = np.diff(occasions.day, prepend=0)[repeats].astype(np.float64)
    n = count_by(who, size)
    mean = sum_by(who, gaps, size) / np.maximum(n, 1)
    squares = sum_by(who, (gaps - mean[who]) ** 2, size) / np.maximum(n - 1, 1)
    return np.where(n >= 2, np.sqrt(squares) / np.where(n >= 2, mean, 1.0), np.nan)
