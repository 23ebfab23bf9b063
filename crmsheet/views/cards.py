"""The key figures of the overview, each with its change since the last refresh."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real

import pandas as pd

from crmsheet.result import Result
from crmsheet.steps.columns import standing
from crmsheet.tables.figures import count_figures, last_figures
from crmsheet.view import Card, Cards, Tone
from crmsheet.views.layout import key_amount

# In this order; what is good news when it falls.
_TONES: dict[str, Tone] = {
    "customers": "strong",
    "amount_12m": "info",
    "open_needs": "good",
    "pressing": "watch",
    "overdue_followups": "bad",
    "issues": "plain",
}


def overview_cards(result: Result) -> Cards:
    """Six key figures; the small line says how each has changed since the last refresh, and what is among them."""
    figures = count_figures(result.customers, result.requirements, result.issues, result.as_of).iloc[0]
    before = last_figures(result.source.source.earlier("figures"), result.as_of)
    return Cards(tuple(_card(result, code, tone, figures, before) for code, tone in _TONES.items()))


def _card(
    result: Result, code: str, tone: Tone, figures: pd.Series, before: Mapping[str, object] | None
) -> Card:
    labels = result.rules.labels
    value = float(figures[code])
    note = labels.phrase(f"card.{code}_note", **_facts(result, figures)) if pd.notna(value) else ""
    change = "" if before is None else _change(result, code, value, before)
    # The change first: behind the note it would read as the change of what the note counts.
    words = labels.phrase("card_separator").join(filter(None, (change, note)))
    return Card(labels.phrase(f"card.{code}"), _printed(code, value), words, tone)


def _printed(code: str, value: float) -> str:
    if pd.isna(value):
        return "–"
    return key_amount(value) if code == "amount_12m" else f"{value:,.0f}"


def _change(result: Result, code: str, value: float, before: Mapping[str, object]) -> str:
    """By how much more or less than at the last refresh; blank where one of the two is not known."""
    labels = result.rules.labels
    then = before.get(code)
    if not isinstance(then, Real) or math.isnan(then) or pd.isna(value):
        return ""
    size = value - float(then)
    if not size:
        return labels.phrase("card_unchanged")
    return labels.phrase("card_up" if size > 0 else "card_down", n=_printed(code, abs(size)))


def window_begins(result: Result) -> pd.Timestamp:
    """First day whose orders count for the year up to the day; months of a chart begin on their first."""
    months = pd.DateOffset(months=result.rules.orders.window_months)
    return pd.Timestamp(result.as_of) - months + pd.Timedelta(days=1)


def _facts(result: Result, figures: pd.Series) -> dict[str, str]:
    """What the small lines may mention."""
    customers = result.customers
    longest = customers["overdue_days"].max()
    return {
        "tier": result.rules.tiers["high_value"].label,
        "high_value": f"{figures['high_value']:,}",
        "orders": f"{customers['frequency'].sum():,.0f}",
        "paused": f"{(standing(result.requirements) == 'paused').sum():,}",
        "longest": f"{0 if pd.isna(longest) else longest:.0f}",
        "today": f"{(customers['reminder'] == 'today').sum():,}",
        "errors": f"{(result.issues['severity'] == 'error').sum():,}",
    }
