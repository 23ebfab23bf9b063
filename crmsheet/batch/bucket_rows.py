"""The rows of one bucket of customers, as the steps take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.judged import BEFORE, NEEDS, PLANS
from crmsheet.batch.parts import Types, library, plain, read_table
from crmsheet.batch.passed_texts import texts_of
from crmsheet.batch.shuffle import Shuffled
from crmsheet.requirements import COLUMNS, is_asked
from crmsheet.steps.columns import optional

_MOST_ROWS = 1 << 32  # of one file
_SEPARATOR = "\x1f"  # between a requirement's number and its file, while both stand in one table


@dataclass(frozen=True)
class BucketTask:
    """What a worker needs to work on one bucket; the last pass knows the ``types`` of all published tables."""

    bucket: int
    work: Path
    shuffled: Shuffled
    holidays: Mapping[Any, bool]
    types: Mapping[str, Types] = field(default_factory=dict)

    def place(self, name: str) -> Path:
        return self.work / "passes" / f"{name}-{self.bucket:05d}"

    def out(self, code: str, part: str = "") -> Path:
        return self.work / "out" / code / f"part-{self.bucket:05d}{part}.parquet"


def bucket_tables(task: BucketTask, codes: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """The bucket's rows by table, in the order of files and rows; a table that no file has is missing."""
    return {code: plain(bucket_rows(task, code)) for code in codes if code in task.shuffled.types}


def bucket_rows(task: BucketTask, code: str) -> Any:
    table = read_table(task.shuffled.parts(code, task.bucket), task.shuffled.types[code])
    return table.sort_by([("source_number", "ascending"), ("source_row", "ascending")])


def bucket_needs(task: BucketTask) -> tuple[pd.DataFrame, Any]:
    """The requirements, and their texts as an Arrow table."""
    if NEEDS not in task.shuffled.types:
        nothing = pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})
        return nothing, library("pyarrow").table({})
    told = bucket_rows(task, NEEDS).drop_columns("source_row")
    needs = plain(told)
    asked = is_asked(needs)  # a customer's records and profile may be of two files
    if not asked.all():
        needs, told = needs[asked].reset_index(drop=True), told.filter(asked.to_numpy())
    return needs, texts_of(told)


def bucket_plans(task: BucketTask) -> pd.DataFrame | None:
    """What tasks, whosever they are, say of the bucket's requirements."""
    return numbered_apart(plain(bucket_rows(task, PLANS))) if PLANS in task.shuffled.types else None


def numbered_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers of requirements are a file's own: two files may both have an R-1."""
    if not {"requirement_id", "source_file"} <= set(frame):
        return frame
    files = {file: f"{_SEPARATOR}{file}" for file in frame["source_number"].unique().tolist()}
    rows = zip(frame["requirement_id"].tolist(), frame["source_number"].tolist(), strict=True)
    whole = [number + files[file] if isinstance(number, str) and number else None for number, file in rows]
    return frame.assign(requirement_id=pd.Series(whole, index=frame.index, dtype=object))


def bucket_before(task: BucketTask) -> pd.DataFrame | None:
    """The snapshots to compare with, of each customer the last file's."""
    if BEFORE not in task.shuffled.types:
        return None
    return plain(bucket_rows(task, BEFORE)).drop_duplicates("customer", keep="last").set_index("customer")


def with_source(customers: pd.DataFrame, keyed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Where each customer stands: file and rows of its latest record and its profile, and its place among all."""
    found = {}
    for code, column in (("profiles", "profile_row"), ("records", "record_row")):
        at = optional(customers, column)
        frame = keyed.get(code)
        if frame is None:
            continue
        rows = frame.reindex(at)
        found[column] = pd.Series(rows["source_row"].to_numpy(), index=customers.index)
        file = pd.Series(rows["source_file"].to_numpy(), index=customers.index, dtype=object)
        before = found.get("source_file")
        found["source_file"] = file if before is None else file.where(file.notna(), before)
    found.setdefault("source_file", pd.Series(None, index=customers.index, dtype=object))
    return customers.assign(**found, first_seen=_first_seen(customers.index, keyed))


def _first_seen(index: pd.Index, keyed: Mapping[str, pd.DataFrame]) -> pd.Series:
    """The customer's place in the order of files, tables and rows, as one number: ties go by it."""
    places = []
    for rank, code in enumerate(("records", "profiles")):
        if code in keyed:
            frame = keyed[code]
            place = (frame["source_number"] * 2 + rank) * _MOST_ROWS + frame["source_row"]
            places.append(place.groupby(frame["customer"], sort=False).min())
    if not places:
        return pd.Series(0, index=index, dtype="int64")
    first = places[0] if len(places) == 1 else pd.concat(places).groupby(level=0, sort=False).min()
    return first.reindex(index)
