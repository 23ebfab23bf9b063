"""The customer sheet of the invented team."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from crmsheet.sample.people import Customer, pick, words
from crmsheet.sample.records import invent_need


def profile(
    random: Random, one: Customer, orders: list[dict[str, Any]], referrer: str | None
) -> dict[str, Any]:
    bought = [row for row in orders if not row["is_refund"]]
    heads = random.choice([20, 50, 100, 300, 500, 1000])
    budget = random.choice([3, 5, 8, 10, 20, 50])
    orientation, core = invent_need(random)
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
