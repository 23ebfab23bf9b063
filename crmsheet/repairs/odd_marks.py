"""Marks that mean nothing: whatever a person typed into a column of decisions that is none of its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.labels import Labels
from crmsheet.model import Tables
from crmsheet.repairs.added_findings import added_finding, with_added
from crmsheet.stacked import labels_of, places_of


@dataclass(frozen=True)
class MarkedList:
    """A list whose column ``mark`` people fill: the vocabulary of that, how many of its words the list offers, and
    what an unknown one is called.
    """

    mark: str
    offered: int
    code: str = "mark_unknown"


# A merge of customers is decided once, so never for good.
MARKED_LISTS = {
    "quality": MarkedList("accept", 3),
    "duplicates": MarkedList("accept", 2),
    "conflicts": MarkedList("conflict_choice", 3, "conflict_mark_unknown"),
}


def with_odd_marks(issues: pd.DataFrame, tables: Tables, labels: Labels) -> pd.DataFrame:
    """The findings, and below them one for each mark of the last run's lists that cannot be understood.

    Such a mark decides nothing, and the person who typed it must learn so.
    """
    return with_added(issues, [line for name in MARKED_LISTS for line in _odd_marks(name, tables, labels)])


def _odd_marks(name: str, tables: Tables, labels: Labels) -> Iterator[dict[str, Any]]:
    earlier, kind = tables.earlier(name), MARKED_LISTS[name]
    if not {kind.mark, "marked_at"} <= set(earlier):
        return
    allowed = "/".join(labels.choices(kind.mark)[: kind.offered])
    marked = earlier[~earlier[kind.mark].map(is_blank).astype(bool)]
    marked = marked.assign(row=labels_of(places_of(marked.index), marked["row"].astype("int64")))
    for line in marked.to_dict("records"):
        word = as_text(line[kind.mark]).strip()
        if word and labels.choice_code(kind.mark, word) is None:
            yield _finding(line, (word, allowed), kind, labels)


def _finding(
    line: dict[Any, Any], words: tuple[str, str], kind: MarkedList, labels: Labels
) -> dict[str, Any]:
    sheet, _, cell = str(line["marked_at"]).rpartition("!")
    header, (word, allowed) = labels.column(kind.mark), words
    judged = "!".join(as_text(line[name]) for name in ("sheet", "cell_then") if not is_blank(line.get(name)))
    message = labels.phrase(f"issue.{kind.code}", field=header, value=word, detail=allowed)
    if judged:
        message = labels.phrase("mark_of_finding", place=judged, message=message)
    return added_finding((sheet, cell), header, kind.code, (word, message), row=int(line["row"]))
