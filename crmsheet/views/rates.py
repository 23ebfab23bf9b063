"""The rates as a short table: value, interval, the period before, and how each was counted (R-106)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pandas as pd

from crmsheet.labels import Labels, wan
from crmsheet.result import Result
from crmsheet.view import TableBlock
from crmsheet.views.layout import column

# How a value, and a change of it, is printed by kind of rate.
_VALUES: Mapping[str, Callable[[float], str]] = {
    "share": "{:.0%}".format,
    "ratio": "{:.0%}".format,
    "net": "{:+.0f}".format,
    "points": "{:.1f}".format,
    "money": wan,
}
_ANY_CHANGE = re.compile(r"[1-9]")


def rates_block(result: Result) -> TableBlock:
    """Every rate; one that cannot be told says what is missing."""
    labels = result.rules.labels
    columns = (
        column(labels, "rate", "text", 18),
        column(labels, "rate_value", "choice", 11),
        column(labels, "previous", "choice", 11),
        column(labels, "change", "choice", 11),
        column(labels, "few", "choice", 10, tones={labels.phrase("few_answers"): "watch"}),
        column(labels, "rate_reason", "wrap", 70),
    )
    return TableBlock(
        "rates", rate_lines(result), columns, title=labels.phrase("rates_title"), filterable=False
    )


def rate_lines(result: Result) -> pd.DataFrame:
    """The rates in words."""
    labels, rates = result.rules.labels, result.rates
    few = labels.phrase("few_answers")
    return pd.DataFrame(
        {
            "rate": [labels.choice("rate", str(code)) for code in rates.index],
            "rate_value": [_value(kind, number) for kind, number in _pairs(rates, "rate_value")],
            "previous": [_value(kind, number) for kind, number in _pairs(rates, "previous")],
            "change": [_change(kind, number, labels) for kind, number in _pairs(rates, "change")],
            "few": [few if flag and pd.notna(v) else "" for flag, v in _flags(rates)],
            "rate_reason": rates["rate_reason"].to_numpy(),
        }
    )


def _pairs(rates: pd.DataFrame, name: str) -> list[tuple[str, float]]:
    return list(zip(rates["kind"], rates[name].astype("float64"), strict=True))


def _flags(rates: pd.DataFrame) -> list[tuple[bool, float]]:
    return list(zip(rates["few"], rates["rate_value"].astype("float64"), strict=True))


def _value(kind: str, number: float) -> str:
    return "–" if pd.isna(number) else _VALUES[kind](number)


def _change(kind: str, number: float, labels: Labels) -> str:
    """The change as an arrow and a size; shares change by percentage points."""
    if pd.isna(number):
        return ""
    size = abs(number)
    if kind in ("share", "ratio"):
        text = labels.phrase("points_of_percent", n=size * 100)
    else:
        text = _VALUES[kind](size).removeprefix("+")
    if not _ANY_CHANGE.search(text):  # less than what is printed is rounding
        return labels.phrase("card_same")
    return f"{'↑' if number > 0 else '↓'}{text}"
