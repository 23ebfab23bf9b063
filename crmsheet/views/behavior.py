"""Behaviour and purchase: whether customers who give a signal buy more often than the others (R-084)."""

from __future__ import annotations

from crmsheet.result import Result
from crmsheet.tables.behavior import signal_purchases
from crmsheet.view import TableBlock
from crmsheet.views.layout import column
from crmsheet.views.words import interval


def behavior_block(result: Result) -> TableBlock:
    """The signals that some customer gives, each with the share of buyers among those who give it and the rest."""
    labels, rules = result.rules.labels, result.rules
    columns = (
        column(labels, "signal", "choice", 20),
        column(labels, "with_signal", "integer", 10),
        column(labels, "share_with", "percent", 10),
        column(labels, "bounds", "choice", 10),
        column(labels, "without", "integer", 10),
        column(labels, "share_without", "percent", 12),
        column(labels, "few", "choice", 10, tones={labels.phrase("few_answers"): "watch"}),
    )
    found = signal_purchases(result.facts, rules, result.as_of)
    found = found[found["with_signal"] > 0]
    names = {code: signal.label for code, signal in rules.signals.items()}
    few = labels.phrase("few_answers")
    frame = found.assign(
        signal=[names[str(code)] for code in found.index],
        bounds=interval(found["low"], found["high"]),
        few=[few if flag else "" for flag in found["few"]],
    )
    return TableBlock(
        "behavior",
        frame[[part.code for part in columns]],
        columns,
        title=labels.phrase("behavior_title", days=rules.trends.bought_within_days),
        filterable=False,
    )
