"""The log of applied repairs, and the snapshots that later refreshes compare with."""

from __future__ import annotations

from crmsheet.requirement_ids import REMEMBERED, remember_numbers
from crmsheet.result import Result
from crmsheet.tables import figures, snapshots
from crmsheet.view import TableBlock, View
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import rule_words

REPAIR_COLUMNS = (
    "applied_on", "sheet", "cell", "record", "field", "before", "after", "reason", "code", "before_kind", "undone_on",
)  # fmt: skip


def repairs_view(result: Result) -> View:
    """Everything crmsheet changed in the entry sheets, newest first (R-058)."""
    labels = result.rules.labels
    columns = (
        column(labels, "applied_on", "text", 19),
        column(labels, "sheet", "text", 15),
        column(labels, "cell", "text", 8),
        column(labels, "record", "text", 14),
        column(labels, "field", "text", 14),
        column(labels, "before", "wrap", 30),
        column(labels, "after", "wrap", 30),
        column(labels, "reason", "wrap", 50),
        column(labels, "code", "text", 18),
        column(labels, "before_kind", "text", 9),
        column(labels, "undone_on", "text", 19),
    )
    frame = result.repairs.reindex(columns=list(REPAIR_COLUMNS))
    frame = frame.assign(code=rule_words(frame, labels))
    block = TableBlock("repairs", printable(frame, columns), columns, empty=labels.phrase("empty.repairs"))
    return view(result, "repairs", (block,), back=labels.sheet("overview"), tab="plain")


def snapshots_view(result: Result) -> View:
    """One line per customer and day of refresh, kept for comparison (R-076, ANALYTICS §6)."""
    labels = result.rules.labels
    columns = tuple(column(labels, code, "text", 12) for code in snapshots.COLUMNS)
    fresh = snapshots.take_snapshot(result.customers, result.rules, result.as_of)
    lines = snapshots.add_snapshot(result.source.source.earlier("snapshots"), fresh)
    block = TableBlock("snapshots", printable(lines, columns), columns)
    return view(result, "snapshots", (block,), hidden=True, tab="plain")


def figures_view(result: Result) -> View:
    """The key figures of every refresh, one line a day."""
    labels = result.rules.labels
    columns = tuple(
        column(labels, code, "text" if code == "as_of" else "integer", 12) for code in figures.COLUMNS
    )
    fresh = figures.count_figures(result.customers, result.requirements, result.issues, result.as_of)
    lines = figures.add_figures(result.source.source.earlier("figures"), fresh)
    block = TableBlock("figures", printable(lines, columns), columns)
    return view(result, "figures", (block,), hidden=True, tab="plain")


def requirement_ids_view(result: Result) -> View:
    """The numbers given to requirements, so that the next refresh gives them again (C-13)."""
    labels = result.rules.labels
    columns = tuple(column(labels, code, "text", 20) for code in REMEMBERED)
    lines = remember_numbers(result.requirements, result.source.source.earlier("requirement_ids"))
    block = TableBlock("requirement_ids", printable(lines, columns), columns)
    return view(result, "requirement_ids", (block,), hidden=True, tab="plain")
