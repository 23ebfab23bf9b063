"""The record sheet of the invented team: contacts with the needs that came up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random
from typing import Any

from crmsheet.sample.chance import poisson, weighted
from crmsheet.sample.contacts import contact_method, mood_of, what_was_said
from crmsheet.sample.pace import next_workday
from crmsheet.sample.people import Customer, pick, words
from crmsheet.workdays import Calendar

_STATUS = (("todo", 25), ("doing", 30), ("done", 38), ("paused", 7))


def record_rows(
    random: Random, one: Customer, days: list[date], as_of: date, calendar: Calendar
) -> list[dict[str, Any]]:
    """One to three rows, each a contact with its needs, the latest contact last."""
    count = min(len(days), 1 + (random.random() < 0.45) + (random.random() < 0.15))
    return [_record(random, one, day, as_of, calendar) for day in days[-count:]]


def _record(random: Random, one: Customer, day: date, as_of: date, calendar: Calendar) -> dict[str, Any]:
    data = words()
    needs = [invent_need(random) for _ in range(1 + poisson(random, 0.85))]
    mood = mood_of(random, one)
    status = weighted(random, _STATUS)
    scored = random.random() < 0.7
    impact = random.randint(2, 10)
    plan_day = next_workday(day + timedelta(days=random.randint(3, 25)), calendar)
    raised = day - timedelta(days=random.randint(0, 60))
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "industry": one.industry,
        "contact": one.contact,
        "job_title": one.job_title,
        "phone": one.phone,
        "last_contact": day,
        "contact_method": contact_method(random, day, calendar),
        "contact_notes": what_was_said(random, mood, f"{one.customer_id} {day} record"),
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
        **_judged(one, day),
        "feasibility": random.choices(["feasible", "partial", "infeasible", None], [45, 20, 5, 30])[0],
        "raised_on": raised,
        "promised_on": raised + timedelta(days=random.randint(10, 60)) if random.random() < 0.3 else None,
        "solved_on": min(day + timedelta(days=random.randint(0, 3)), as_of) if status == "done" else None,
    }


def invent_need(random: Random) -> tuple[str, str]:
    """Orientation and text of one need."""
    data = words()
    kind = pick(random, list(data["needs"].values()))
    orientation = "explicit" if random.random() < 0.65 else "implicit"
    slots = {name: pick(random, values) for name, values in data["slots"].items()}
    text = pick(random, kind[orientation]).format(**slots, n=random.randint(2, 9))
    return orientation, text.replace(slots["item"] * 2, slots["item"])


def _judged(one: Customer, day: date) -> dict[str, str | None]:
    """What makes a need feasible; drawn apart, so that the rest of the sample stays as it was without."""
    random = Random(f"{one.customer_id} {day}")
    if random.random() < 0.55:
        return {}
    return {
        "technical_difficulty": random.choices(["low", "medium", "high"], [45, 40, 15])[0],
        "resources": random.choices(["ample", "tight", "short"], [65, 28, 7])[0],
        "compliance": random.choices(["compliant", "adjustable", "noncompliant", None], [75, 10, 2, 13])[0],
    }


def _listed(texts: Iterable[str]) -> str | None:
    return "\u3001".join(dict.fromkeys(texts)) or None
