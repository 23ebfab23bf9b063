"""Rates in words: value, change against the period before, and what was counted (R-106)."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from crmsheet.labels import wan
from crmsheet.report.parts import column, short_table
from crmsheet.report.scope import Scope
from crmsheet.report.words import phrase
from crmsheet.view import TableBlock


def rate_text(value: float, kind: str) -> str:
    """A rate as people write it; blank when there is none.

    >>> rate_text(0.809, "share"), rate_text(2.94, "net"), rate_text(3.88, "points")
    ('81%', '+3', '3.9')
    """
    if math.isnan(value):
        return ""
    if kind in ("share", "ratio"):
        return f"{100 * value:.0f}%"
    if kind == "money":
        return wan(value)
    return f"{value:+.0f}" if kind == "net" else f"{value:.1f}"


def rates_table(scope: Scope) -> TableBlock:
    """Every rate beside that of the period before, with what was counted."""
    labels = scope.result.rules.labels
    lines = {str(code): scope.rate(str(code)) for code in scope.rates.index}
    frame = pd.DataFrame(
        {
            "rate": [labels.choice("rate", code) for code in lines],
            "now": [_now(line) for line in lines.values()],
            "previous": [rate_text(line["previous"], line["kind"]) for line in lines.values()],
            "change": [_change(line) for line in lines.values()],
            "counted": [_counted(scope, code, line) for code, line in lines.items()],
        }
    )
    columns = (
        column("rate", "text", 14),
        column("now", "choice", 15),
        column("previous", "choice", 9),
        column("change", "choice", 14),
        column("counted", "wrap", 44),
    )
    return short_table("rates", frame, columns)


def _now(line: dict[str, Any]) -> str:
    value = rate_text(line["rate_value"], line["kind"])
    return (value or phrase("no_value")) + (phrase("low_sample") if value and line["few"] else "")


def _change(line: dict[str, Any]) -> str:
    """The change against the period before, in points, percentage points or money."""
    value, kind = line["change"], line["kind"]
    if math.isnan(value):
        return ""
    if kind == "money":
        return ("+" if value > 0 else "") + wan(value)
    scale, spec = (100, "+.0f") if kind in ("share", "ratio") else (1, "+.1f" if kind == "points" else "+.0f")
    text = format(scale * value, spec)
    if float(text) == 0:
        return phrase("unchanged")
    return text + (phrase("points") if scale == 100 else "")


def _counted(scope: Scope, code: str, line: dict[str, Any]) -> str:
    if math.isnan(line["rate_value"]):
        return phrase("rate.none")
    days = scope.result.rules.rates.active_days
    return phrase(f"rate.{code}", total=line["numerator"], base=line["denominator"], days=days)
