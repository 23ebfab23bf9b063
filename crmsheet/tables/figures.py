"""Key figures of each refresh, kept for the next one to compare with."""

from __future__ import annotations

from datetime import date
from typing import Final

import pandas as pd

COUNTED: Final = (
    "customers",
    "high_value",
    "amount_12m",
    "open_needs",
    "pressing",
    "overdue_followups",
    "issues",
)
COLUMNS: Final = ("as_of", *COUNTED)


def count_figures(
    customers: pd.DataFrame, requirements: pd.DataFrame, issues: pd.DataFrame, as_of: date
) -> pd.DataFrame:
    """One row: the key figures of a day, columns ``COLUMNS``; ``amount_12m`` in yuan, NaN without order facts.

    ``as_of`` is an ISO day. ``pressing`` counts customers with an open need of high priority, ``overdue_followups``
    those whose follow-up is overdue.
    """
    figures = {
        "customers": len(customers),
        "high_value": int((customers["tier"] == "high_value").sum()),
        "amount_12m": float(customers["amount_12m"].sum(min_count=1)),
        "open_needs": int(customers["open_need_count"].sum()),
        "pressing": int((customers["top_priority"] == "high").sum()),
        "overdue_followups": int((customers["reminder"] == "overdue").sum()),
        "issues": len(issues),
    }
    return pd.DataFrame([{"as_of": as_of.isoformat(), **figures}], columns=list(COLUMNS))


def add_figures(earlier: pd.DataFrame, fresh: pd.DataFrame) -> pd.DataFrame:
    """The earlier days in order, and the fresh one, which replaces one of the same day.

    >>> day = pd.DataFrame([{"as_of": "2026-11-20", "customers": 5}])
    >>> len(add_figures(day, day.assign(as_of="2026-11-21"))), len(add_figures(day, day))
    (2, 1)
    """
    if not {"as_of", "customers"} <= set(earlier) or not len(earlier):
        return fresh
    days = _days(earlier)
    dated = earlier.assign(as_of=days.dt.strftime("%Y-%m-%d"))
    kept = dated[days.notna() & ~days.isin(_days(fresh))]
    if not len(kept):
        return fresh
    together = pd.concat([kept.reindex(columns=fresh.columns), fresh], ignore_index=True)
    return together.sort_values("as_of", kind="stable", ignore_index=True)


def last_figures(earlier: pd.DataFrame, as_of: date) -> dict[str, object] | None:
    """The figures of the last day before ``as_of``, or None where there is none.

    >>> days = pd.DataFrame({"as_of": ["2026-09-28", "2026-11-20"], "customers": [4, 5]})
    >>> last_figures(days, date(2026, 11, 20))["as_of"]
    '2026-09-28'
    """
    if not {"as_of", "customers"} <= set(earlier) or not len(earlier):
        return None
    days = _days(earlier)
    past = days[days < pd.Timestamp(as_of)]
    if not len(past):
        return None
    return {str(name): value for name, value in earlier[days == past.max()].iloc[-1].items()}


def _days(figures: pd.DataFrame) -> pd.Series:
    return pd.to_datetime(figures["as_of"], errors="coerce", format="mixed")
