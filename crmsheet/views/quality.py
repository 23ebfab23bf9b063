"""Data quality: every finding at its cell, with what is proposed (R-054, R-112)."""

from __future__ import annotations

import pandas as pd

from crmsheet.checks.expected import expected_fields
from crmsheet.checks.issues import SEVERITIES
from crmsheet.result import Result
from crmsheet.steps.columns import optional
from crmsheet.tables.entry_quality import blank_cells, measure_fields, measure_owners
from crmsheet.view import Block, Card, Cards, TableBlock, View
from crmsheet.views.finding_links import FINDING_LINK, LINK_COLUMNS, with_links
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import SEVERITY_TONES, marks, rule_words, toned, worded

SILENCED = "silenced"
MOST_LINES = 10


def quality_view(result: Result) -> View:
    """Errors first; within a severity in sheet and row order."""
    labels = result.rules.labels
    columns = (
        column(labels, "severity", "choice", 9, tones=toned(labels, "severity", SEVERITY_TONES)),
        column(labels, "sheet", "text", 15),
        column(labels, "cell_then", "text", 11),
        column(labels, "record", "text", 14),
        column(labels, "go", "link", 8),
        column(labels, "field", "text", 14),
        column(labels, "message", "wrap", 52),
        column(labels, "value", "wrap", 26),
        column(labels, "suggestion", "wrap", 26),
        column(labels, "accept", "choice", 8, choices=labels.choices("accept")),
        column(labels, "code", "text", 20),
    )
    frame = with_links(quality_lines(result), result.source.source, labels.phrase("go_there"))
    block = TableBlock(
        "quality",
        printable(frame, columns, *LINK_COLUMNS),
        columns,
        links=(FINDING_LINK,),
        empty=labels.phrase("empty.quality"),
        frozen=4,
    )
    blanks = blank_cells(result.source)
    blocks: tuple[Block, ...] = (_cards(result), *_owners(result, blanks), *_fields(result, blanks), block)
    return view(result, "quality", blocks, back=labels.sheet("overview"), tab="watch")


def quality_lines(result: Result) -> pd.DataFrame:
    """The findings in words, worst first; below them those a person said no to, so that the no is remembered."""
    labels = result.rules.labels
    issues = result.issues
    rank = issues["severity"].map({severity: i for i, severity in enumerate(SEVERITIES)})
    ordered = issues.loc[rank.sort_values(kind="stable").index]
    if len(result.silenced):
        ordered = pd.concat([ordered, result.silenced.assign(severity=SILENCED)])
    return ordered.assign(
        cell_then=ordered["cell"],
        record=optional(ordered, "record", ""),  # known once decisions were looked up
        severity=worded(ordered, "severity", labels, "severity"),
        accept=marks(ordered, labels),
        code=rule_words(ordered, labels),
    )


def _owners(result: Result, blanks: pd.DataFrame) -> tuple[TableBlock, ...]:
    """How each person in charge keeps the entry sheet, the worst first."""
    labels = result.rules.labels
    lines = measure_owners(result.source, result.issues, blanks)
    if lines.empty:
        return ()
    columns = (
        column(labels, "owner", "text", 9),
        column(labels, "quality_score", "score", 15, bar=True, highest=100),
        column(labels, "rows", "integer", 8),
        column(labels, "blank_rate", "percent", 9),
        column(labels, "errors", "integer", 8),
        column(labels, "warnings", "integer", 8),
        column(labels, "stale", "integer", 10),
    )
    frame = lines.assign(owner=lines["owner"].replace("", labels.phrase("no_owner"))).head(MOST_LINES)
    title = labels.phrase("quality.owners")
    return (TableBlock("quality_owners", printable(frame, columns), columns, title=title, filterable=False),)


def _fields(result: Result, blanks: pd.DataFrame) -> tuple[TableBlock, ...]:
    """The emptiest columns of the entry sheet."""
    labels = result.rules.labels
    lines = measure_fields(result.source, blanks, needed=expected_fields(result.rules))
    lines = lines[lines["blank_rate"] > 0].head(MOST_LINES)
    if lines.empty:
        return ()
    columns = (
        column(labels, "field", "text", 14),
        column(labels, "blank_rate", "percent", 15),
        column(labels, "usefulness", "text", 26),
    )
    frame = lines.assign(
        field=lines["field"].map(labels.field), usefulness=worded(lines, "usefulness", labels, "usefulness")
    )
    title = labels.phrase("quality.fields")
    return (TableBlock("quality_fields", printable(frame, columns), columns, title=title, filterable=False),)


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
