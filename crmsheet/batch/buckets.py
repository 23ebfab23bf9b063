"""Stage 3: one bucket of customers through the same steps as one workbook, in three passes.

Between the passes the driver learns of all customers together what one bucket cannot know: ranks, fitted models,
quantiles, how many wait for a need.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.batch.bucket_rows import (
    BucketTask,
    bucket_before,
    bucket_needs,
    bucket_plans,
    bucket_rows,
    bucket_tables,
    numbered_apart,
    with_source,
)
from crmsheet.batch.memory import giving_back
from crmsheet.batch.names import stow_names
from crmsheet.batch.parts import (
    Types,
    arrow_table,
    conform,
    conformed,
    keep,
    kept,
    plain,
    stow,
    stowed,
    with_columns,
    write_part,
    write_table,
)
from crmsheet.batch.passed_texts import keep_frame, kept_frame, unchanged
from crmsheet.batch.saving import share
from crmsheet.batch.setup import read_setup
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
from crmsheet.steps.clv_facts import purchase_history
from crmsheet.steps.columns import looked_up
from crmsheet.steps.demand import count_askers, score_demand
from crmsheet.steps.order_facts import cut_buyers
from crmsheet.tables.call_list import call_places, order_of
from crmsheet.workdays import Calendar

BOOKS = ("records", "profiles", "interactions", "orders", "tasks", "feedback", "contracts")
RISK = ("money_at_risk", "recency_days", "first_seen")
RANKED = ("value_score", "completeness", "amount_total", "customer_id", "amount_12m", "frequency")
DEMAND: Types = {
    "need_key": "string", "demand": "double", "waiting_customers": "int64", "waiting_high_value": "int64",
    "demand_reason": "string",
}  # fmt: skip
_ASKED = ["customer", "requirement", "tier"]  # what the demand is counted from


@giving_back
def rate_bucket(task: BucketTask) -> dict[str, Any]:
    """First pass: what each customer bought and its value score. Returns what ranks and models are made of."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _rate(task)


@collector_paused()
def _rate(task: BucketTask) -> dict[str, Any]:
    setup = read_setup(task.work / "setup.pkl")
    rows = {code: bucket_rows(task, code) for code in BOOKS if code in task.shuffled.types}
    for code in ("records", "profiles", "feedback", "contracts"):  # published as they were read
        if code in rows:
            write_table(rows[code], task.out(code))
    written = {code: len(rows[code]) for code in rows if task.out(code).exists()}
    types: dict[str, Types] = {code: task.shuffled.types[code] for code in written}
    keyed = {code: plain(rows.pop(code)) for code in list(rows)}
    orders, book = read_order_table(keyed, setup.as_of)
    customers = rate_customers(keyed, book, setup.rules, setup.as_of)
    customers = with_source(customers, keyed)
    history = purchase_history(book, setup.as_of)
    if "orders" in keyed:
        told = keyed["orders"] if orders is None else orders
        types["orders"], written["orders"] = write_part(told, task.out("orders")), len(told)
    keep_frame(customers, task.place("texts"), task.place("rated"))
    keep(task.place("history"), history)
    stow_names(customers, task.place("names"))
    keys = customers[[*(name for name in RANKED if name in customers), "first_seen"]].reset_index()
    buyers = cut_buyers(book, setup.rules, setup.as_of)
    return {
        "bucket": task.bucket, "keys": keys, "history": history, "buyers": buyers, "types": types, "rows": written,
    }  # fmt: skip


@giving_back
def judge_bucket(task: BucketTask) -> dict[str, Any]:
    """Second pass: everything else but what counts all customers. Returns what those counts are made of."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _judge(task)


@collector_paused()
def _judge(task: BucketTask) -> dict[str, Any]:
    setup = read_setup(task.work / "setup.pkl")
    rules, as_of = setup.rules, setup.as_of
    customers, texts = kept_frame(task.place("texts"), task.place("rated"))
    rated, history = customers, kept(task.place("history"))
    ranks: pd.DataFrame = kept(task.place("ranks"))
    population: Population = kept(task.work / "passes" / "population")
    units: dict[str, str] = kept(task.work / "passes" / "units")
    customers = customers.assign(**{str(name): ranks[name].to_numpy() for name in ranks})
    customers = customers.assign(is_core=customers["is_core"].isin([True]))
    keyed = bucket_tables(task, ("interactions", "tasks", "feedback"))
    calendar = Calendar.around(as_of, task.holidays)
    log, tasks = prepare_log(keyed, rules, as_of), prepare_tasks(keyed, rules, as_of, calendar)
    needs, need_texts = bucket_needs(task)
    related = Related(
        history, numbered_apart(needs), log, bucket_plans(task), keyed.get("feedback"), bucket_before(task), calendar,
    )  # fmt: skip
    customers, requirements = judge_customers(customers, related, rules, as_of, population)
    places = call_places(customers, rules, as_of)
    customers = customers.assign(**places).rename_axis("customer")
    requirements = requirements.assign(requirement_id=needs["requirement_id"])
    types: dict[str, Types] = {}
    rows: dict[str, int] = {}
    for code, frame in {"interactions": log, "tasks": tasks}.items():
        if frame is not None:
            types[code], rows[code] = write_part(frame, task.out(code)), len(frame)
    calls = order_of(places)
    keep(task.place("calls"), len(calls))
    order = _those_first(calls, len(customers))
    risk = customers[list(RISK)].iloc[order].reset_index()
    customers = customers.drop(columns="first_seen").assign(unit=looked_up(customers["source_file"], units))
    told, types["customers"] = arrow_table(customers, coded=True, known=unchanged(texts, rated, customers))
    stow(told.take(order), task.place("customers"))  # quicker put in order than the cells it was made of
    known = unchanged(need_texts, needs, requirements)
    asked, asked_types = arrow_table(requirements, coded=True, known=known)
    stow(asked, task.place("requirements"))
    types["requirements"] = {**asked_types, **DEMAND}
    return {
        "askers": count_askers(requirements, rules),
        "risk": risk,
        "types": types,
        "rows": {**rows, "customers": len(told), "requirements": len(asked)},
    }


@giving_back
def finish_bucket(task: BucketTask) -> dict[str, Any]:
    """Third pass: the counts of all customers, and every table as it is published."""
    with speaking(read_setup(task.work / "setup.pkl").language):
        return _finish(task)


def _finish(task: BucketTask) -> dict[str, Any]:
    rules = read_setup(task.work / "setup.pkl").rules
    askers = kept(task.work / "passes" / "askers")
    customers = with_columns(stowed(task.place("customers")), kept(task.place("losses")))
    calls = _write_customers(task, conformed(customers, task.types["customers"]))
    needs = stowed(task.place("requirements"))
    counted = score_demand(plain(needs.select(_ASKED)), rules, askers=askers)
    needs = with_columns(needs, counted[list(DEMAND)])
    write_table(conformed(needs, task.types["requirements"]), task.out("requirements"))
    for code in set(task.types) - {"customers", "requirements"}:
        if task.out(code).exists():
            conform(task.out(code), task.types[code])
    return {"types": {}, "rows": {"followups": calls}}


def _write_customers(task: BucketTask, customers: Any) -> int:
    """Whom to contact in a file of their own, which is the bucket's list of calls too; returns how many."""
    calls: int = kept(task.place("calls"))
    write_table(customers.slice(0, calls), task.out("customers"))
    share(task.out("customers"), task.out("followups"))
    if calls < len(customers):
        write_table(customers.slice(calls), task.out("customers", "-not-due"))
    return calls


def _those_first(first: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """All positions, these in front."""
    others = np.ones(count, dtype=bool)
    others[first] = False
    return np.concatenate([first, np.flatnonzero(others)])
