"""Repairs: proposals a person accepted become cell changes; each is logged (R-055, R-058)."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

import pandas as pd

from crmsheet.data import read_toml
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.model import Table, column_number

Accept = Literal["safe", "all"]

LOG_COLUMNS = ["applied_on", "sheet", "cell", "field", "before", "after", "reason", "code"]


def accepted_repairs(issues: pd.DataFrame, accept: Accept) -> pd.DataFrame:
    """The proposals that may be applied in one go, at most one per cell.

    ``safe`` takes what only tidies; ``all`` also takes other certain repairs, but never what guesses, merges,
    masks or drops something: those are accepted one by one, by a yes on the quality sheet. A no there wins.
    """
    facts = read_toml("issues.toml")
    allowed = {
        code
        for code, fact in facts.items()
        if fact.get("safe") or (accept == "all" and not fact.get("single"))
    }
    decided = issues["accept"] if "accept" in issues else pd.Series("", index=issues.index)
    taken = (issues["code"].isin(allowed) & (decided != "no")) | decided.isin(["yes", "always"])
    return issues[taken & (issues["suggestion"] != "")].drop_duplicates(["sheet", "cell"])


def with_decisions(issues: pd.DataFrame, earlier: pd.DataFrame, labels: Labels) -> pd.DataFrame:
    """Add ``accept`` (yes, no, always or blank): what a person marked beside the same finding last time.

    A mark counts only for the value that was judged: a cell changed since is a new finding.
    """
    key = ["sheet", "cell", "code", "value"]
    if not {*key, "accept"} <= set(earlier):
        return issues.assign(accept="")
    marked = earlier[earlier["accept"].notna()]
    decisions = {
        tuple("" if part is None else str(part) for part in row[:-1]): labels.choice_code(
            "accept", str(row[-1])
        )
        for row in marked[[*key, "accept"]].itertuples(index=False)
    }
    keys = zip(*(issues[name].astype(str) for name in key), strict=True)
    return issues.assign(accept=[decisions.get(found) or "" for found in keys])


def cell_changes(table: Table, entity: str, repairs: pd.DataFrame) -> dict[tuple[int, int], Any]:
    """(row, column) → value to write, both counted from 1, for the repairs of one table."""
    kinds = {field.code: field.kind for field in SHEETS[entity].fields}
    changes = {}
    for row, column, suggestion in zip(repairs["row"], repairs["column"], repairs["suggestion"], strict=True):
        place = table.letters[column]
        where = (int(place), row) if table.vertical else (row, column_number(place))
        changes[where] = _typed(suggestion, kinds.get(column, "text"))
    return changes


def _typed(suggestion: str, kind: str) -> Any:
    """Dates become real dates and amounts numbers, so that Excel can sort and sum them."""
    if kind in {"date", "date_or_none"} and len(suggestion) == 10:
        return date.fromisoformat(suggestion)
    return float(suggestion) if kind == "amount" else suggestion


def repair_log(repairs: pd.DataFrame, day: date) -> pd.DataFrame:
    """What was changed, one line per cell: before, after, why, by which rule."""
    log = repairs.assign(
        applied_on=day.isoformat(),
        before=repairs["value"],
        after=repairs["suggestion"],
        reason=repairs["message"],
    )
    return log[LOG_COLUMNS].reset_index(drop=True)
