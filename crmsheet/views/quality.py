"""Data quality: every finding at its cell, with what is proposed (R-054, R-112)."""

from __future__ import annotations

import pandas as pd

from crmsheet.checks.issues import SEVERITIES
from crmsheet.result import Result
from crmsheet.steps.columns import optional
from crmsheet.view import Card, Cards, TableBlock, View
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import SEVERITY_TONES, toned, worded

SILENCED = "silenced"


def quality_view(result: Result) -> View:
    """Errors first; within a severity in sheet and row order."""
    labels = result.rules.labels
    columns = (
        column(labels, "severity", "choice", 9, tones=toned(labels, "severity", SEVERITY_TONES)),
        column(labels, "sheet", "text", 15),
        column(labels, "cell", "text", 8),
        column(labels, "record", "text", 14),
        column(labels, "field", "text", 14),
        column(labels, "message", "wrap", 52),
        column(labels, "value", "wrap", 26),
        column(labels, "suggestion", "wrap", 26),
        column(labels, "accept", "choice", 8, choices=labels.choices("accept")),
        column(labels, "code", "text", 20),
    )
    frame = quality_lines(result)
    block = TableBlock(
        "quality", printable(frame, columns), columns, empty=labels.phrase("empty.quality"), frozen=4
    )
    return view(result, "quality", (_cards(result), block), back=labels.sheet("overview"), tab="watch")


def quality_lines(result: Result) -> pd.DataFrame:
    """The findings in words, worst first; below them those a person said no to, so that the no is remembered."""
    labels = result.rules.labels
    issues = result.issues
    rank = issues["severity"].map({severity: i for i, severity in enumerate(SEVERITIES)})
    ordered = issues.loc[rank.sort_values(kind="stable").index]
    if len(result.silenced):
        ordered = pd.concat([ordered, result.silenced.assign(severity=SILENCED)])
    return ordered.assign(
        record=optional(ordered, "record", ""),  # known once decisions were looked up
        severity=worded(ordered, "severity", labels, "severity"),
        accept=worded(ordered, "accept", labels, "accept"),
    )


def _cards(result: Result) -> Cards:
    labels = result.rules.labels
    counts = result.issues["severity"].value_counts()
    cards = tuple(
        Card(
            labels.choice("severity", severity),
            f"{int(counts.get(severity, 0)):,}",
            labels.phrase(f"card.{severity}"),
            SEVERITY_TONES[severity],
        )
        for severity in SEVERITIES
    )
    proposed = int((result.issues["suggestion"] != "").sum())
    return Cards(
        (*cards, Card(labels.phrase("card.proposed"), f"{proposed:,}", labels.phrase("card.proposed_note")))
    )
