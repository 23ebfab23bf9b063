"""Stage 3: one bucket of customers through the same steps as one workbook, in three passes.

Between the passes the driver learns of all customers together what one bucket cannot know: ranks, fitted models,
quantiles, how many wait for a need.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from crmsheet.batch.judged import BEFORE, NEEDS
from crmsheet.batch.parts import (
    Types,
    arrow_table,
    conformed,
    library,
    plain,
    read_table,
    save,
    stow,
    stowed,
    types_of,
    write_part,
    write_table,
)
from crmsheet.batch.setup import read_setup
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
COMPARED = (
    "customer_id",
    "customer_name",
    "phone",
    "email",
    "province",
    "city",
)  # by the search for duplicates
DEMAND: Types = {
    "need_key": "string", "demand": "double", "waiting_customers": "int64", "waiting_high_value": "int64",
    "demand_reason": "string",
}  # fmt: skip
_ASKED = ["customer", "requirement", "tier"]  # what the demand is counted from
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

    def out(self, code: str) -> Path:
        return self.work / "out" / code / f"part-{self.bucket:05d}.parquet"


def rate_bucket(task: BucketTask) -> dict[str, Any]:
    """First pass: what each customer bought and its value score. Returns what ranks and models are made of."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _rate(task)


@collector_paused()
def _rate(task: BucketTask) -> dict[str, Any]:
    setup = read_setup(task.work / "setup.pkl")
    rows = {code: _rows(task, code) for code in BOOKS if code in task.shuffled.types}
    for code in ("records", "profiles", "feedback", "contracts"):  # published as they were read
        if code in rows:
            write_table(rows[code], task.out(code))
    written = {code: len(rows[code]) for code in rows if task.out(code).exists()}
    types: dict[str, Types] = {code: task.shuffled.types[code] for code in written}
    keyed = {code: plain(rows.pop(code)) for code in list(rows)}
    orders, book = read_order_table(keyed, setup.as_of)
    customers = rate_customers(keyed, book, setup.rules, setup.as_of)
    customers = _with_source(customers, keyed)
    history = purchase_history(book, setup.as_of)
    if "orders" in keyed:
        told = keyed["orders"] if orders is None else orders
        types["orders"], written["orders"] = write_part(told, task.out("orders")), len(told)
    keep(task.place("rated"), (customers, history))
    stow(arrow_table(customers[[name for name in COMPARED if name in customers]])[0], task.place("names"))
    keys = customers[[*(name for name in RANKED if name in customers), "first_seen"]].reset_index()
    return {"bucket": task.bucket, "keys": keys, "history": history, "types": types, "rows": written}


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
    population: Population = _kept(task.work / "passes" / "population")
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
    customers = customers.assign(**call_places(customers, rules, as_of)).rename_axis("customer")
    requirements = requirements.assign(requirement_id=needs["requirement_id"])
    types: dict[str, Types] = {}
    rows: dict[str, int] = {}
    for code, frame in {"interactions": log, "tasks": tasks}.items():
        if frame is not None:
            types[code], rows[code] = write_part(frame, task.out(code)), len(frame)
    keep(task.place("calls"), call_order(customers, rules, as_of))
    for code, frame in {
        "customers": customers.drop(columns="first_seen"),
        "requirements": requirements,
    }.items():
        table, types[code] = arrow_table(frame)
        stow(table, task.place(code))
        rows[code] = len(frame)
    types["requirements"] = {**types["requirements"], **DEMAND}
    return {
        "askers": count_askers(requirements, rules),
        "risk": customers[["money_at_risk", "recency_days", "first_seen"]].reset_index(),
        "types": types,
        "rows": rows,
    }


def finish_bucket(task: BucketTask) -> dict[str, Any]:
    """Third pass: the counts of all customers, and every table as it is published."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _finish(task)


def _finish(task: BucketTask) -> dict[str, Any]:
    rules = read_setup(task.work / "setup.pkl").rules
    calls, ranks = _kept(task.place("calls")), _kept(task.place("losses"))
    askers = _kept(task.work / "passes" / "askers")
    customers = stowed(task.place("customers"))
    customers = _with(customers, pd.DataFrame({"win_back_rank": ranks}))
    needs = stowed(task.place("requirements"))
    counted = score_demand(plain(needs.select(_ASKED)), rules, askers=askers)
    tables = {
        "customers": customers,
        "requirements": _with(needs, counted[list(DEMAND)]),
        "followups": customers.take(calls),
    }
    for code, table in tables.items():
        write_table(
            conformed(table, task.types["customers" if code == "followups" else code]), task.out(code)
        )
    for code in set(task.types) - set(tables):
        if task.out(code).exists():
            conform(task.out(code), task.types[code])
    return {"types": {}, "rows": {"followups": len(calls)}}


def _with(table: Any, columns: pd.DataFrame) -> Any:
    """The table with these columns, each in the place of one of its name or at the end."""
    added, _ = arrow_table(columns)
    for name in added.column_names:
        at = table.schema.get_field_index(name)
        table = table.append_column(name, added[name]) if at < 0 else table.set_column(at, name, added[name])
    return table


def conform(path: Path, types: Types) -> None:
    """Give a published file the columns of its table."""
    pq = library("pyarrow.parquet")
    if types_of(pq.read_schema(path)) != dict(types):
        write_table(conformed(pq.read_table(path, partitioning=None), types), path)


def _tables(task: BucketTask, codes: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """The bucket's rows by table, in the order of files and rows; a table that no file has is missing."""
    return {code: plain(_rows(task, code)) for code in codes if code in task.shuffled.types}


def _rows(task: BucketTask, code: str) -> Any:
    table = read_table(task.shuffled.parts(code, task.bucket), task.shuffled.types[code])
    return table.sort_by([("source_number", "ascending"), ("source_row", "ascending")])


def _needs(task: BucketTask) -> pd.DataFrame:
    if NEEDS not in task.shuffled.types:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in COLUMNS})
    return plain(_rows(task, NEEDS)).drop(columns="source_row")


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
    return plain(_rows(task, BEFORE)).drop_duplicates("customer", keep="last").set_index("customer")


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
