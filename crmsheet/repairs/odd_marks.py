"""Marks that mean nothing: whatever a person typed into a column of decisions that is none of its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from crmsheet.checks.cell import as_text, is_blank
from crmsheet.checks.issues import severity
from crmsheet.labels import Labels
from crmsheet.model import ISSUE_COLUMNS, Tables
from crmsheet.stacked import labels_of, places_of

CODE = "mark_unknown"
# How many of the words of ``accept`` each list offers: a merge is decided once, so never for good.
MARKED_LISTS = {"quality": 3, "duplicates": 2}


def with_odd_marks(issues: pd.DataFrame, tables: Tables, labels: Labels) -> pd.DataFrame:
    """The findings, and below them one for each mark of the last run's lists that cannot be understood.

    Such a mark decides nothing, and the person who typed it must learn so.
    """
    found = [line for name in MARKED_LISTS for line in _odd_marks(name, tables, labels)]
    if not found:
        return issues
    return pd.concat([issues, pd.DataFrame(found, columns=list(issues.columns))], ignore_index=True)


def _odd_marks(name: str, tables: Tables, labels: Labels) -> Iterator[dict[str, Any]]:
    earlier = tables.earlier(name)
    if not {"accept", "marked_at"} <= set(earlier):
        return
    allowed = "/".join(labels.choices("accept")[: MARKED_LISTS[name]])
    marked = earlier[~earlier["accept"].map(is_blank).astype(bool)]
    marked = marked.assign(row=labels_of(places_of(marked.index), marked["row"].astype("int64")))
    for line in marked.to_dict("records"):
        word = as_text(line["accept"]).strip()
        if word and labels.choice_code("accept", word) is None:
            yield _finding(line, word, allowed, labels)


def _finding(line: dict[Any, Any], word: str, allowed: str, labels: Labels) -> dict[str, Any]:
    sheet, _, cell = str(line["marked_at"]).rpartition("!")
    header = labels.column("accept")
    judged = "!".join(as_text(line[name]) for name in ("sheet", "cell_then") if not is_blank(line.get(name)))
    message = labels.phrase(f"issue.{CODE}", field=header, value=word, detail=allowed)
    if judged:
        message = labels.phrase("mark_of_finding", place=judged, message=message)
    told = (sheet, cell, header, CODE, severity(CODE), word, "", message)
    blank = {"entity": "", "row": int(line["row"]), "column": "", "accept": "", "odd_mark": "", "record": ""}
    return dict(zip(ISSUE_COLUMNS, told, strict=True)) | blank
