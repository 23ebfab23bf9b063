"""What the workbooks of a stack say: typed tables, requirements, findings, earlier tiers; and facts of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from crmsheet.batch.setup import Setup
from crmsheet.checks.issues import SEVERITIES
from crmsheet.judging import judge_tables
from crmsheet.model import Tables
from crmsheet.pipeline import gather_requirements
from crmsheet.relate import keyed_tables
from crmsheet.repairs.decisions import split_silenced
from crmsheet.stacked import apart, places_of, rows_of
from crmsheet.tables.snapshots import choose_snapshot

# Parts that are not tables of the workbook.
NEEDS, PLANS, BEFORE, ISSUES = "needs", "plans", "before", "issues"
_PLANNED = (
    "requirement_id",
    "status",
    "starts_on",
    "confirmed_on",
)  # what the stage of a requirement depends on
PLACE = "source_place"  # column of every part: which of the group's workbooks a row is of

Parts = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Said:
    """Parts of some workbooks by name, and of each workbook, in their order, what the run should know of it."""

    parts: Parts
    facts: Sequence[dict[str, Any]]


def judge_stack(tables: Tables, numbers: Sequence[int], setup: Setup) -> Said:
    """Judge workbooks that stand one below the other; in ``PLACE`` each goes by its number."""
    cleaned, issues = judge_tables(tables, setup.rules, setup.as_of, tables.earlier("quality"))
    keyed = keyed_tables(cleaned)
    issues, _ = split_silenced(issues)
    needs = gather_requirements(keyed, tables.earlier("requirement_ids"), setup.rules)
    facts = _facts(keyed, issues, len(numbers))
    parts = {code: _placed(frame, frame.index, rows_of(frame.index)) for code, frame in keyed.items()}
    parts[NEEDS] = _counted(needs)
    if "requirement_id" in keyed.get("tasks", ()):
        parts[PLANS] = _plans(keyed["tasks"], needs)
    parts[ISSUES] = _counted(issues.assign(customer=""))
    before = list(_before(tables.earlier("snapshots"), setup))
    if before:
        parts[BEFORE] = pd.concat(before, ignore_index=True)
    known = np.array(numbers)
    return Said({code: part.assign(**{PLACE: known[part[PLACE]]}) for code, part in parts.items()}, facts)


def _facts(tables: Parts, issues: pd.DataFrame, books: int) -> list[dict[str, Any]]:
    """Of each workbook how many rows its tables have, and how many findings of each severity there are."""
    found = places_of(issues["row"])
    rows = {code: np.bincount(places_of(table.index), minlength=books) for code, table in tables.items()}
    severities = issues["severity"].to_numpy(dtype=object)
    severe = {name: np.bincount(found[severities == name], minlength=books) for name in SEVERITIES}
    return [
        {
            "rows": {code: int(counts[place]) for code, counts in rows.items()},
            "severities": {name: int(counts[place]) for name, counts in severe.items() if counts[place]},
        }
        for place in range(books)
    ]


def _placed(frame: pd.DataFrame, labels: pd.Index | pd.Series, source_row: Any) -> pd.DataFrame:
    return frame.assign(source_row=source_row, **{PLACE: places_of(labels)})


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``frame``, which say in ``row`` where they are from, counted in each workbook."""
    place = pd.Series(places_of(frame["row"]), index=frame.index)
    counted = _placed(frame, frame["row"], place.groupby(place).cumcount())
    return counted.assign(row=rows_of(frame["row"]))


def _before(snapshots: pd.DataFrame, setup: Setup) -> Iterator[pd.DataFrame]:
    """The earlier tiers of each workbook that remembers some."""
    places = places_of(snapshots.index)
    for place in np.unique(places):
        before = choose_snapshot(snapshots[places == place], setup.rules, setup.as_of)
        if before is not None:
            yield before.reset_index().assign(source_row=range(len(before)), **{PLACE: place})


def _plans(tasks: pd.DataFrame, needs: pd.DataFrame) -> pd.DataFrame:
    """What the tasks say of requirements, once for every customer who has one of that number: his bucket may be another
    than that of the customer whom a task names.
    """
    told = tasks[[name for name in _PLANNED if name in tasks]].assign(
        told=apart(tasks["requirement_id"]), row=tasks.index
    )
    asked = needs[["customer"]].assign(told=apart(needs["requirement_id"], needs["row"])).drop_duplicates()
    plans = told[told["told"].notna() & (told["told"] != "")].merge(asked, on="told").drop(columns="told")
    return _placed(plans.drop(columns="row"), plans["row"], rows_of(plans["row"]))
