"""The log of applied repairs, and the snapshots that later refreshes compare with."""

from __future__ import annotations

import pandas as pd

from crmsheet.result import Result
from crmsheet.view import TableBlock, View
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import tier_words

REPAIR_COLUMNS = ("applied_on", "sheet", "cell", "field", "before", "after", "reason", "code")
SNAPSHOT_COLUMNS = ("as_of", "customer", "customer_name", "tier", "value_score")


def repairs_view(result: Result) -> View:
    """Everything crmsheet changed in the entry sheets, newest first (R-058)."""
    labels = result.rules.labels
    columns = (
        column(labels, "applied_on", "text", 12),
        column(labels, "sheet", "text", 15),
        column(labels, "cell", "text", 8),
        column(labels, "field", "text", 14),
        column(labels, "before", "wrap", 30),
        column(labels, "after", "wrap", 30),
        column(labels, "reason", "wrap", 50),
        column(labels, "code", "text", 20),
    )
    frame = result.repairs.reindex(columns=list(REPAIR_COLUMNS))
    block = TableBlock("repairs", printable(frame, columns), columns, empty=labels.phrase("empty.repairs"))
    return view(result, "repairs", (block,), back=labels.sheet("overview"), tab="plain")


def snapshots_view(result: Result) -> View:
    """One line per customer and day of refresh, kept for comparison (R-076, ANALYTICS §6)."""
    labels = result.rules.labels
    columns = (
        column(labels, "as_of", "text", 12),
        column(labels, "customer", "text", 14),
        column(labels, "customer_name", "text", 26),
        column(labels, "tier", "text", 10),
        column(labels, "value_score", "score", 10),
    )
    block = TableBlock("snapshots", printable(snapshot_lines(result), columns), columns)
    return view(result, "snapshots", (block,), hidden=True, tab="plain")


def snapshot_lines(result: Result) -> pd.DataFrame:
    """Earlier snapshots and today's; another refresh on the same day replaces its own."""
    day = result.as_of.isoformat()
    today = pd.DataFrame(
        {
            "as_of": day,
            "customer": result.customers.index,
            "customer_name": result.customers["customer_name"].to_numpy(),
            "tier": tier_words(result.customers, result.rules).to_numpy(),
            "value_score": result.customers["value_score"].round(1).to_numpy(),
        }
    )
    earlier = result.source.source.earlier("snapshots")
    if not set(SNAPSHOT_COLUMNS) <= set(earlier):
        return today
    kept = earlier[earlier["as_of"].astype(str) != day][list(SNAPSHOT_COLUMNS)]
    return pd.concat([kept, today], ignore_index=True) if len(kept) else today
