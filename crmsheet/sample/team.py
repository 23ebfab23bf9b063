"""The sample team's sheets: customers, requirements, contacts, orders, as a hurried team would have typed them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pandas as pd

from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.sample.faults import plant_faults
from crmsheet.sample.people import Customer, invent_customers, pick, words
from crmsheet.sample.service import contract_rows, feedback_rows, referrals, task_rows
from crmsheet.workdays import Calendar

SEED = 20261122
_STATUS = (("todo", 25), ("doing", 30), ("done", 38), ("paused", 7))
_METHODS = (("phone", 50), ("online", 22), ("visit", 18), ("wechat", 8), ("mail", 2))


@dataclass(frozen=True)
class SampleTeam:
    """Sheets by code (columns are field codes, values as typed), and the list of planted faults."""

    tables: Mapping[str, pd.DataFrame]
    faults: pd.DataFrame
    as_of: date


def sample_team(as_of: date = date(2026, 11, 20), *, customers: int = 200, faults: bool = True) -> SampleTeam:
    """A team of ``customers`` invented customers up to ``as_of``; the same arguments give the same team.

    >>> team = sample_team(customers=20, faults=False)
    >>> len(team.tables["profiles"]), set(team.tables) >= {"records", "orders", "interactions"}
    (20, True)
    """
    random = Random(SEED)
    calendar = Calendar.around(as_of)
    people = invent_customers(random, customers, as_of)
    contacts = {one.customer_id: _contact_days(random, one, as_of, calendar) for one in people}
    orders = {one.customer_id: _order_rows(random, one, as_of) for one in people}
    records = [row for one in people for row in _record_rows(random, one, contacts[one.customer_id], as_of)]
    recommended = referrals(random, people)
    tables = {
        "records": _frame(records),
        "profiles": _frame(
            [
                _profile(random, one, orders[one.customer_id], recommended.get(one.customer_id))
                for one in people
            ]
        ),
        "interactions": _frame(
            [
                row
                for one in people
                for row in _interaction_rows(random, one, contacts[one.customer_id], as_of)
            ]
        ),
        "orders": _frame([row for one in people for row in orders[one.customer_id]]),
        "feedback": _frame(feedback_rows(random, people, as_of)),
        "contracts": _frame(contract_rows(random, people, as_of)),
        "tasks": _frame(task_rows(random, records, as_of)),
    }
    tables["interactions"] = tables["interactions"].sort_values(
        "contacted_on", kind="stable", ignore_index=True
    )
    tables["orders"] = tables["orders"].sort_values("order_date", kind="stable", ignore_index=True)
    tables = {code: _as_typed(table, code) for code, table in tables.items()}
    if not faults:
        return SampleTeam(tables, pd.DataFrame(), as_of)
    planted, answers = plant_faults(random, tables, as_of)
    return SampleTeam(planted, answers, as_of)


def _as_typed(table: pd.DataFrame, sheet: str) -> pd.DataFrame:
    """Codes as the words people type."""
    labels = Labels.load()
    typed = {}
    for field in SHEETS[sheet].fields:
        if field.code in table and field.kind in {"choice", "yes_no"}:
            vocabulary = field.vocabulary or "yes_no"
            typed[field.code] = table[field.code].map(lambda code, v=vocabulary: _word(code, v, labels))
    return table.assign(**typed)


def _word(code: Any, vocabulary: str, labels: Labels) -> Any:
    if isinstance(code, bool):
        return labels.choice("yes_no", "yes" if code else "no")
    return labels.choice(vocabulary, code) or code


def _frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, dtype=object)


def _weighted(random: Random, choices: tuple[tuple[str, int], ...]) -> str:
    return random.choices([code for code, _ in choices], [weight for _, weight in choices])[0]


def _poisson(random: Random, mean: float) -> int:
    """Knuth's method; the means here are below 60."""
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _active_until(random: Random, one: Customer, as_of: date) -> date:
    silent = random.uniform(*one.kind.silent)
    return max(as_of - timedelta(days=round(silent * 30.4)), one.since)


def _order_rows(random: Random, one: Customer, as_of: date) -> list[dict[str, Any]]:
    """Orders at a rate of the customer's own; amounts log-normal around the customer's own level; 3 % refunds."""
    if not one.kind.orders_a_year:
        return []
    end = _active_until(random, one, as_of)
    span = max((end - one.since).days, 1)
    rate = one.kind.orders_a_year * random.gammavariate(4, 0.25)
    level = math.log(one.kind.median_amount) + random.gauss(0, 0.5)
    days = sorted(
        one.since + timedelta(days=random.randint(0, span))
        for _ in range(_poisson(random, rate * span / 365))
    )
    rows = []
    for number, day in enumerate(days or [one.since], start=1):
        amount = max(round(random.lognormvariate(level, 0.6) / 10) * 10, 100)
        rows.append(_order(random, one, day, amount, f"{one.customer_id}-D{number:03d}"))
        if random.random() < 0.03:
            back = day + timedelta(days=random.randint(3, 40))
            if back <= as_of:
                part = amount if random.random() < 0.6 else round(amount * random.uniform(0.2, 0.6) / 10) * 10
                refund = _order(random, one, back, -part, f"{one.customer_id}-D{number:03d}")
                rows.append({**refund, "is_refund": True})
    return rows


def _order(random: Random, one: Customer, day: date, amount: float, order_id: str) -> dict[str, Any]:
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "order_id": order_id,
        "order_date": day,
        "amount": float(amount),
        "product": pick(random, words()["products"]),
        "profit": round(amount * random.uniform(0.15, 0.4)),
        "is_refund": None,
    }


def _contact_days(random: Random, one: Customer, as_of: date, calendar: Calendar) -> list[date]:
    """Days on which someone spoke with the customer, workdays only, the latest last."""
    end = _active_until(random, one, as_of) if one.kind.name == "dormant" else as_of
    latest = end - timedelta(days=round(random.expovariate(1 / 14)))
    span = max((latest - one.since).days, 1)
    count = max(1, _poisson(random, 16))
    days = {one.since + timedelta(days=round(span * math.sqrt(random.random()))) for _ in range(count)}
    days.add(max(latest, one.since))
    return sorted({_workday_before(day, calendar) for day in days})


def _workday_before(day: date, calendar: Calendar) -> date:
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def _mood(random: Random, one: Customer) -> str:
    """The customer's mood; dormant customers are more often unhappy."""
    moods = list(words()["talk"])
    weights = (25, 42, 33) if one.kind.name == "dormant" else (48, 41, 11)
    return str(random.choices(moods, weights)[0])


def _need(random: Random) -> tuple[str, str]:
    """Orientation and text of one need."""
    data = words()
    kind = pick(random, list(data["needs"].values()))
    orientation = "explicit" if random.random() < 0.65 else "implicit"
    slots = {name: pick(random, values) for name, values in data["slots"].items()}
    return orientation, pick(random, kind[orientation]).format(**slots, n=random.randint(2, 9))


def _record_rows(random: Random, one: Customer, days: list[date], as_of: date) -> list[dict[str, Any]]:
    """One to three rows, each a contact with its needs, the latest contact last."""
    count = min(len(days), 1 + (random.random() < 0.45) + (random.random() < 0.15))
    return [_record(random, one, day, as_of) for day in days[-count:]]


def _record(random: Random, one: Customer, day: date, as_of: date) -> dict[str, Any]:
    data = words()
    needs = [_need(random) for _ in range(1 + _poisson(random, 0.85))]
    mood = _mood(random, one)
    status = _weighted(random, _STATUS)
    scored = random.random() < 0.7
    impact = random.randint(2, 10)
    plan_day = day + timedelta(days=random.randint(3, 25))
    raised = day - timedelta(days=random.randint(0, 60))
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "industry": one.industry,
        "contact": one.contact,
        "job_title": one.job_title,
        "phone": one.phone,
        "last_contact": day,
        "contact_method": _weighted(random, _METHODS),
        "contact_notes": pick(random, data["talk"][mood]),
        "explicit_needs": _listed(text for side, text in needs if side == "explicit"),
        "implicit_needs": _listed(text for side, text in needs if side == "implicit"),
        "priority": random.choices(["high", "medium", "low", None], [20, 50, 30, 60])[0],
        "status": status,
        "owner": one.owner,
        "next_plan": f"{plan_day.isoformat()}{pick(random, data['plans'])}"
        if random.random() < 0.75
        else None,
        "remark": pick(random, data["remarks"]) or None,
        "impact": impact if scored else None,
        "confidence": min(10, max(1, round(8 - 0.3 * impact + random.gauss(0, 1.8)))) if scored else None,
        "ease": random.randint(2, 10) if scored else None,
        "urgency": random.choices(["high", "medium", "low", None], [15, 35, 20, 30])[0],
        "affects_renewal": True if random.random() < 0.08 else None,
        "feasibility": random.choices(["feasible", "partial", "infeasible", None], [45, 20, 5, 30])[0],
        "raised_on": raised,
        "promised_on": raised + timedelta(days=random.randint(10, 60)) if random.random() < 0.3 else None,
        "solved_on": min(day + timedelta(days=random.randint(0, 3)), as_of) if status == "done" else None,
    }


def _listed(texts: Any) -> str | None:
    return "\u3001".join(dict.fromkeys(texts)) or None


def _interaction_rows(random: Random, one: Customer, days: list[date], as_of: date) -> list[dict[str, Any]]:
    rows = []
    for day in days:
        mood = _mood(random, one)
        late = 0 if random.random() < 0.78 else random.randint(2, 6)
        rows.append(
            {
                "customer_id": one.customer_id,
                "customer_name": one.name,
                "contacted_on": day,
                "contact_method": _weighted(random, _METHODS),
                "participants": one.contact,
                "contact_notes": pick(random, words()["talk"][mood]),
                "sentiment": mood,
                "entered_on": min(day + timedelta(days=late), as_of),
                "owner": one.owner,
                "executive_visit": True if one.kind.name == "core" and random.random() < 0.12 else None,
            }
        )
    return rows


def _profile(
    random: Random, one: Customer, orders: list[dict[str, Any]], referrer: str | None
) -> dict[str, Any]:
    bought = [row for row in orders if not row["is_refund"]]
    heads = random.choice([20, 50, 100, 300, 500, 1000])
    budget = random.choice([3, 5, 8, 10, 20, 50])
    orientation, core = _need(random)
    rated = random.random() < 0.6
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "industry": one.industry,
        "company_size": f"{heads}-{heads * 5}" + chr(0x4EBA),  # people
        "contact": one.contact,
        "job_title": one.job_title,
        "phone": one.phone,
        "email": f"contact{one.customer_id[1:]}@example.com" if random.random() < 0.7 else None,
        "core_need": core,
        "budget": f"{budget}-{budget * 2}" + chr(0x4E07),  # ten thousand
        "deal_count": len(bought),
        "deal_amount": float(sum(row["amount"] for row in orders)),
        "last_deal": max((row["order_date"] for row in bought), default=None),
        "cooperation": _cooperation(one, bool(bought)),
        "region": one.place,
        "founded": date(random.randint(1995, 2022), random.randint(1, 12), 1),
        "source": words()["referred"] if referrer else pick(random, words()["sources"]),
        "referrer": referrer,
        **{
            name: random.randint(1, 5) if rated else None
            for name in (
                "influence",
                "referral_willingness",
                "upsell_likelihood",
                "benchmark_value",
                "test_feedback",
            )
        },
        "owner": one.owner,
    }


def _cooperation(one: Customer, bought: bool) -> str:  # noqa: FBT001
    if not bought:
        return "none"
    return "lost" if one.kind.name == "dormant" else "active"
