"""Everything a summary may look at, and the spans of time it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables after all steps; one that the workbook lacks is empty. ``customer`` links them all."""

    customers: pd.DataFrame
    requirements: pd.DataFrame
    orders: pd.DataFrame
    interactions: pd.DataFrame
    feedback: pd.DataFrame
    contracts: pd.DataFrame
    tasks: pd.DataFrame

    @classmethod
    def of(
        cls,
        customers: pd.DataFrame,
        requirements: pd.DataFrame,
        orders: pd.DataFrame | None,
        tables: Mapping[str, pd.DataFrame],
    ) -> Facts:
        """Facts from the finished tables; ``tables`` (by sheet code) has the rest."""
        rest = {
            code: tables.get(code, pd.DataFrame())
            for code in ("interactions", "feedback", "contracts", "tasks")
        }
        return cls(customers, requirements, orders if orders is not None else pd.DataFrame(), **rest)


@dataclass(frozen=True, slots=True)
class Span:
    """The days after ``start`` up to and including ``end``.

    ``before`` is where the span that precedes it begins, when that is not as many months back (a quarter
    that begins on the 1st).
    """

    start: pd.Timestamp
    end: pd.Timestamp
    before: pd.Timestamp | None = None

    @classmethod
    def of_months(cls, end: date | pd.Timestamp, months: int) -> Span:
        """The calendar months up to ``end``, the end of the month kept.

        >>> Span.of_months(date(2026, 8, 31), 6).start
        Timestamp('2026-02-28 00:00:00')
        """
        last = pd.Timestamp(end)
        return cls(last - pd.DateOffset(months=months), last)

    @classmethod
    def of_days(cls, end: date | pd.Timestamp, days: int) -> Span:
        last = pd.Timestamp(end)
        return cls(last - pd.Timedelta(days=days), last)

    def preceding(self, months: int) -> Span:
        """The span just before this one, ``months`` long unless this one says where it begins.

        >>> Span.of_months(date(2026, 8, 31), 6).preceding(6).start
        Timestamp('2025-08-28 00:00:00')
        """
        return (
            Span(self.before, self.start) if self.before is not None else Span.of_months(self.start, months)
        )

    def holds(self, days: pd.Series) -> pd.Series:
        """Where a day lies in the span; unknown days do not."""
        stamps = pd.to_datetime(days).to_numpy(dtype="datetime64[D]")
        inside = (stamps > self.start.to_datetime64()) & (stamps <= self.end.to_datetime64())
        return pd.Series(inside, index=days.index)


def having(table: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """The table, or no rows with these columns where it lacks one of them."""
    return table if set(columns) <= set(table) else pd.DataFrame(columns=list(columns), dtype=object)


def within(table: pd.DataFrame, day: str, span: Span, *columns: str) -> pd.DataFrame:
    """The rows whose ``day`` lies in the span, or none where a column is lacking; only the day and ``columns``
    of them where any are named, since tables are wide.
    """
    rows = having(table, day, *columns)
    inside = np.flatnonzero(span.holds(rows[day]))
    if not columns:
        return rows.take(inside)
    kept = {name: rows[name].array[inside] for name in (day, *columns)}
    return pd.DataFrame(kept, index=rows.index[inside], copy=False)
