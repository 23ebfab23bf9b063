"""Orders of the invented team."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import Any

from crmsheet.sample.chance import active_until, poisson
from crmsheet.sample.pace import Pace, next_workday
from crmsheet.sample.people import Customer, pick, words


def order_rows(random: Random, one: Customer, as_of: date, pace: Pace) -> list[dict[str, Any]]:
    """Orders at a rate of the customer's own, from the first contact on; amounts log-normal around its own level.

    3 % are given back, on a workday.
    """
    if not one.kind.orders_a_year:
        return []
    end = active_until(random, one, as_of)
    span = max((end - one.since).days, 1)
    rate = one.kind.orders_a_year * random.gammavariate(4, 0.25)
    level = math.log(one.kind.median_amount) + random.gauss(0, 0.5)
    days = sorted(
        pace.day(one.since, end, random.randint(0, span) / (span + 1))
        for _ in range(poisson(random, rate * span / 365))
    )
    rows = []
    for number, day in enumerate(days or [pace.day(one.since, end, 0.0)], start=1):
        amount = max(round(random.lognormvariate(level, 0.6) / 10) * 10, 100)
        rows.append(_order(random, one, day, amount, f"{one.customer_id}-D{number:03d}"))
        if random.random() < 0.03:
            back = next_workday(day + timedelta(days=random.randint(3, 40)), pace.calendar)
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
