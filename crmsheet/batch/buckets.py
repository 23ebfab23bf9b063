"""Stage 3: one bucket of customers through the same steps as one workbook, in three passes.

Between the passes the driver learns of all customers together what one bucket cannot know: ranks, fitted models,
quantiles, how many wait for a need.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.files import BEFORE, ISSUES, NEEDS, read_setup
from crmsheet.batch.parts import Types, conformed, library, read_parts, save, write_part
from crmsheet.batch.shuffle import Shuffled
from crmsheet.collector import collector_paused
from crmsheet.data import speaking
from crmsheet.pipeline import (
    Population,
    Related,
    judge_customers,
    prepare_log,
    prepare_tasks,
    rate_customers,
    read_order_table,
)
from crmsheet.requirements import COLUMNS
from crmsheet.steps.clv_facts import purchase_history
from crmsheet.steps.columns import optional
from crmsheet.steps.demand import count_askers, score_demand
from crmsheet.tables.call_list import call_order, call_places
from crmsheet.workdays import Calendar

BOOKS = ("records", "profiles", "interactions", "orders", "tasks", "feedback", "contracts")
RANKED = (
    "value_score", "completeness", "amount_total", "customer_id", "amount_12m", "recency_days", "frequency",
    "monetary", "recency_score",
)  # fmt: skip
_MOST_ROWS = 1 << 32  # of one file
_SEPARATOR = "\x1f"  # between a requirement's number and its file, while both stand in one table


@dataclass(frozen=True)
class BucketTask:
    """What a worker needs to work on one bucket."""

    bucket: int
    work: Path
    shuffled: Shuffled
    holidays: Mapping[Any, bool]

    def place(self, name: str) -> Path:
        return self.work / "passes" / f"{name}-{self.bucket:05d}.pkl"

    def out(self, code: str) -> Path:
        return self.work / "out" / code / f"part-{self.bucket:05d}.parquet"


def rate_bucket(task: BucketTask) -> dict[str, Any]:
    """First pass: what each customer bought and its value score. Returns what ranks and models are made of."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _rate(task)


@collector_paused()
def _rate(task: BucketTask) -> dict[str, Any]:
    setup = read_setup(task.work / "setup.pkl")
    keyed = _tables(task, BOOKS)
    orders, book = read_order_table(keyed, setup.as_of)
    customers = rate_customers(keyed, book, setup.rules, setup.as_of)
    customers = _with_source(customers, keyed)
    history = purchase_history(book, setup.as_of)
    types: dict[str, Types] = {}
    rows: dict[str, int] = {}
    for code in ("records", "profiles", "feedback", "contracts"):
        if code in keyed:
            types[code], rows[code] = write_part(keyed[code], task.out(code)), len(keyed[code])
    if "orders" in keyed:
        written = keyed["orders"] if orders is None else orders
        types["orders"], rows["orders"] = write_part(written, task.out("orders")), len(written)
    keep(task.place("rated"), (customers, history))
    keys = customers[[*(name for name in RANKED if name in customers), "first_seen"]].reset_index()
    return {"bucket": task.bucket, "keys": keys, "history": history, "types": types, "rows": rows}


def judge_bucket(task: BucketTask) -> dict[str, Any]:
    """Second pass: everything else but what counts all customers. Returns what those counts are made of."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _judge(task)


@collector_paused()
def _judge(task: BucketTask) -> dict[str, Any]:
    setup = read_setup(task.work / "setup.pkl")
    rules, as_of = setup.rules, setup.as_of
    customers, history = _kept(task.place("rated"))
    ranks: pd.DataFrame = _kept(task.place("ranks"))
    population: Population = _kept(task.work / "passes" / "population.pkl")
    customers = customers.assign(**{str(name): ranks[name].reindex(customers.index) for name in ranks})
    customers = customers.assign(is_core=customers["is_core"].isin([True]))
    keyed = _tables(task, ("interactions", "tasks", "feedback"))
    calendar = Calendar.around(as_of, task.holidays)
    log, tasks = prepare_log(keyed, rules), prepare_tasks(keyed, rules, as_of, calendar)
    needs = _needs(task)
    related = Related(
        history, _unique(needs), log, None if tasks is None else _unique(tasks), keyed.get("feedback"),
        _before(task), calendar,
    )  # fmt: skip
    customers, requirements = judge_customers(customers, related, rules, as_of, population)
    requirements = requirements.assign(requirement_id=needs["requirement_id"])
    types: dict[str, Types] = {}
    rows: dict[str, int] = {}
    for code, frame in {"interactions": log, "tasks": tasks, ISSUES: _issues(task)}.items():
        if frame is not None:
            types[code], rows[code] = write_part(frame, task.out(code)), len(frame)
    keep(task.place("judged"), (customers, requirements))
    return {
        "askers": count_askers(requirements, rules),
        "risk": customers[["money_at_risk", "recency_days", "first_seen"]].reset_index(),
        "types": types,
        "rows": rows,
    }


def finish_bucket(task: BucketTask) -> dict[str, Any]:
    """Third pass: the counts of all customers, and the customers and requirements as they are published."""
    setup = read_setup(task.work / "setup.pkl")
    customers, requirements = _kept(task.place("judged"))
    askers, ranks = _kept(task.work / "passes" / "counts.pkl")
    customers = customers.assign(win_back_rank=ranks.reindex(customers.index))
    requirements = score_demand(requirements, setup.rules, askers=askers)
    customers = customers.drop(columns="first_seen").rename_axis("customer")
    places = call_places(customers, setup.rules, setup.as_of)
    due = customers.assign(**places).iloc[call_order(customers, setup.rules, setup.as_of)]
    tables = {"customers": customers, "requirements": requirements, "followups": due}
    types = {code: write_part(frame, task.out(code)) for code, frame in tables.items()}
    return {"types": types, "rows": {code: len(frame) for code, frame in tables.items()}}


@dataclass(frozen=True)
class ConformTask:
    """One published file, and the columns that all files of its table have."""

    path: Path
    types: Types


def conform(task: ConformTask) -> int:
    """Give a published file the columns of its table; returns its rows."""
    pq = library("pyarrow.parquet")
    table = pq.read_table(task.path, partitioning=None)
    whole = conformed(table, task.types)
    if whole.schema != table.schema:
        save(lambda place: pq.write_table(whole, place, compression="zstd"), task.path)
    return len(whole)


def _tables(task: BucketTask, codes: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """The bucket's rows by table, in the order of files and rows; a table that no file has is missing."""
    return {code: _rows(task, code) for code in codes if code in task.shuffled.types}


def _rows(task: BucketTask, code: str) -> pd.DataFrame:
    types = task.shuffled.types[code]
    frame = read_parts(task.shuffled.parts(code, task.bucket), types)
    return frame.sort_values(["source_number", "source_row"], kind="stable", ignore_index=True)


def _needs(task: BucketTask) -> pd.DataFrame:
    if NEEDS not in task.shuffled.types:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})
    return _rows(task, NEEDS).drop(columns="source_row")


def _unique(frame: pd.DataFrame) -> pd.DataFrame:
    """Numbers of requirements are a file's own: two files may both have an R-1."""
    if not {"requirement_id", "source_file"} <= set(frame):
        return frame
    number = frame["requirement_id"]
    known = number.notna() & (number != "")
    whole = number.astype(str) + _SEPARATOR + frame["source_number"].astype(str)
    return frame.assign(requirement_id=whole.where(known, None).astype(object))


def _before(task: BucketTask) -> pd.DataFrame | None:
    """The snapshots to compare with, of each customer the last file's."""
    if BEFORE not in task.shuffled.types:
        return None
    return _rows(task, BEFORE).drop_duplicates("customer", keep="last").set_index("customer")


def _issues(task: BucketTask) -> pd.DataFrame | None:
    return _rows(task, ISSUES).drop(columns="customer") if ISSUES in task.shuffled.types else None


def _with_source(customers: pd.DataFrame, keyed: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
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
            places.append(place.groupby(frame["customer"]).min())
    if not places:
        return pd.Series(0, index=index, dtype="int64")
    seen: pd.Series = pd.concat(places).groupby(level=0).min().reindex(index)
    return seen


def keep(path: Path, value: Any) -> None:
    """Keep a value for a later pass."""
    save(lambda place: place.write_bytes(pickle.dumps(value, protocol=5)), path)


def _kept(path: Path) -> Any:
    return pickle.loads(path.read_bytes())
