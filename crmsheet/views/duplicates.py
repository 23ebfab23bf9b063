"""Duplicate customers: each pair that may be one, and what a merge would do (R-057, R-112)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from crmsheet.result import Result
from crmsheet.tables.merges import MERGE_COLUMNS
from crmsheet.view import Block, Card, Cards, TableBlock, Tone, View
from crmsheet.views.layout import column, printable, view
from crmsheet.views.words import marks, worded

RELATION_TONES: Mapping[str, Tone] = {"same": "watch", "related": "info", "silenced": "plain"}


def duplicates_view(result: Result) -> View:
    """Mergeable pairs group by group, then related customers, then what a person said no to."""
    labels = result.rules.labels
    tones = {labels.choice("relation", code): tone for code, tone in RELATION_TONES.items()}
    columns = (
        column(labels, "group", "integer", 7),
        column(labels, "relation", "choice", 13, tones=tones),
        column(labels, "keep_id", "text", 12),
        column(labels, "keep_name", "text", 28),
        column(labels, "merge_id", "text", 12),
        column(labels, "merge_name", "text", 28),
        column(labels, "score", "percent", 9),
        column(labels, "duplicate_reason", "text", 24),
        column(labels, "takes", "wrap", 30),
        column(labels, "conflicts", "wrap", 38),
        column(labels, "accept", "choice", 8, choices=labels.choices("accept")[:2]),
    )
    block = TableBlock(
        "duplicates",
        printable(duplicate_lines(result), columns),
        columns,
        empty=labels.phrase("empty.duplicates"),
        frozen=2,
    )
    blocks: tuple[Block, ...] = (_cards(result), block) if len(block.frame) else (block,)
    return view(result, "duplicates", blocks, back=labels.sheet("overview"), tab="watch")


def _cards(result: Result) -> Cards:
    """How many pairs there are of each kind."""
    labels = result.rules.labels
    merges = duplicate_lines(result)["relation"]
    cards = (
        Card(
            labels.choice("relation", code),
            f"{int((merges == labels.choice('relation', code)).sum()):,}",
            labels.phrase(f"card.duplicates_{code}"),
            tone,
        )
        for code, tone in RELATION_TONES.items()
    )
    return Cards(tuple(cards))


def duplicate_lines(result: Result) -> pd.DataFrame:
    """The proposals in words; those a person said no to stand last, so that the no is remembered."""
    labels = result.rules.labels
    merges = result.merges if result.merges is not None else pd.DataFrame(columns=[*MERGE_COLUMNS, "accept"])
    silenced = merges["accept"] == "no"
    lines = pd.concat([merges[~silenced], merges[silenced].assign(relation="silenced")])
    return lines.assign(
        relation=worded(lines, "relation", labels, "relation"),
        duplicate_reason=worded(lines, "duplicate_reason", labels, "duplicate_reason"),
        accept=marks(lines, labels),
    )
