"""The sample team's service sheets: feedback, contracts, solutions and their tasks, referrals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from crmsheet.sample.people import Customer, pick, words

Row = dict[str, Any]
REFERRALS = 14


def feedback_rows(random: Random, people: Sequence[Customer], as_of: date) -> list[Row]:
    """Scores of buyers, 3.9 of 5 in the mean; the unhappy ones say why, and most were dealt with."""
    buyers = [one for one in people if one.kind.orders_a_year]
    return [_feedback(random, one, as_of) for one in random.sample(buyers, k=min(len(buyers), 120))]


def _feedback(random: Random, one: Customer, as_of: date) -> Row:
    data = words()["feedback"]
    score = random.choices([1, 2, 3, 4, 5], [4, 8, 18, 34, 36])[0]
    unhappy = score <= 2
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "given_on": as_of - timedelta(days=random.randint(1, 300)),
        "satisfaction": score,
        "recommendation": min(10, max(0, round(score * 2 + random.gauss(0.3, 1.2)))),
        "complaint": pick(random, data["complaints"]) if unhappy else None,
        "suggestion": pick(random, data["suggestions"]) if random.random() < 0.3 else None,
        "handling": pick(random, data["handling"]) if unhappy and random.random() < 0.6 else None,
    }


def contract_rows(random: Random, people: Sequence[Customer], as_of: date) -> list[Row]:
    """60 contracts with due dates on both sides of the day; most that fell due were renewed."""
    holders = [one for one in people if one.kind.name in {"core", "growing", "dormant"}]
    chosen = random.sample(holders, k=min(len(holders), 60))
    return [_contract(random, one, as_of, number) for number, one in enumerate(chosen, start=1)]


def _contract(random: Random, one: Customer, as_of: date, number: int) -> Row:
    due = as_of + timedelta(days=random.randint(-300, 120))
    amount = random.randint(2, 30) * 10_000
    renewed = due <= as_of and random.random() < (0.35 if one.kind.name == "dormant" else 0.82)
    signed = min(due + timedelta(days=random.randint(-20, 25)), as_of)
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "contract_id": f"HT{due.year}{number:03d}",
        "due_on": due,
        "due_amount": float(amount),
        "renewed": renewed if due <= as_of else None,
        "renewed_on": signed if renewed else None,
        "renewed_amount": float(round(amount * random.uniform(0.8, 1.3), -2)) if renewed else None,
    }


def task_rows(random: Random, records: Sequence[Row], as_of: date) -> list[Row]:
    """Solutions for some of the latest needs that are worked on or solved, each taken apart into tasks."""
    ready = [row for row in records if row["status"] in {"doing", "done"} and row["explicit_needs"]]
    recent = sorted(ready, key=lambda row: row["last_contact"])[-60:]
    solutions = random.sample(recent, k=min(len(recent), 26))
    return [task for row in solutions for task in _solution(random, row, as_of)]


def _solution(random: Random, record: Row, as_of: date) -> list[Row]:
    data = words()["tasks"]
    version = random.choices(["basic", "advanced", "premium"], [40, 40, 20])[0]
    start = record["last_contact"] + timedelta(days=random.randint(-20, 6))
    confirmed = start - timedelta(days=random.randint(0, 5))
    changes = _changes(random)
    rows = []
    for step in data["steps"][: random.randint(2, len(data["steps"]))]:
        end = start + timedelta(days=random.randint(4, 16))
        finished = end + timedelta(days=random.choices([-2, 0, 1, 6], [30, 40, 20, 10])[0])
        done = finished <= as_of and (record["status"] == "done" or random.random() < 0.8)
        rows.append(
            {
                "requirement_id": f"{record['customer_id']}-01",
                "customer_id": record["customer_id"],
                "solution": version,
                "scope": pick(random, data["scopes"]),
                "task": step["task"],
                "owner": record["owner"],
                "starts_on": start,
                "ends_on": end,
                "deliverable": step["deliverable"],
                "status": "done" if done else "doing" if start <= as_of else "todo",
                "finished_on": finished if done else None,
                "confirmed_on": confirmed if confirmed <= as_of else None,
                "delivery_risk": pick(random, data["risks"]) or None,
                **changes,
            }
        )
        start = end + timedelta(days=1)
    if all(row["status"] == "done" for row in rows) and random.random() < 0.7:
        rows[-1]["accepted_on"] = min(rows[-1]["finished_on"] + timedelta(days=3), as_of)
    return rows


def _changes(random: Random) -> Row:
    """How far a change of the solution has come: mostly there is none, sometimes a step was skipped."""
    steps = ("change_assessed", "change_agreed", "change_planned", "change_confirmed")
    if random.random() > 0.25:
        return dict.fromkeys(steps)
    reached = random.randint(1, len(steps))
    return {step: place < reached or None for place, step in enumerate(steps)}


def referrals(random: Random, people: Sequence[Customer]) -> dict[str, str]:
    """Customer id → id of the customer who recommended it; nobody is recommended by a later customer."""
    old = sorted((one for one in people if one.kind.name in {"core", "growing"}), key=lambda one: one.since)
    young = sorted(people, key=lambda one: one.since)[len(people) // 3 :]
    chosen = random.sample(young, k=min(len(young), REFERRALS))
    found = {}
    for one in chosen:
        earlier = [other for other in old if other.since < one.since and other is not one]
        if earlier:
            found[one.customer_id] = pick(random, earlier).customer_id
    return found
