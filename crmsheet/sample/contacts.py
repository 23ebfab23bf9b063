"""When somebody spoke with a customer of the invented team, and what the log says of it."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random
from typing import Any

from crmsheet.sample.chance import active_until, poisson, weighted
from crmsheet.sample.pace import Pace
from crmsheet.sample.people import Customer, pick, words
from crmsheet.workdays import Calendar

SAYS_NO_MORE = 0.2  # share of notes with the main point alone
ON_DAYS_OFF = {"online": "wechat", "visit": "phone", "mail": "wechat"}  # nobody travels or meets on a weekend
METHODS = (("phone", 50), ("online", 22), ("visit", 18), ("wechat", 8), ("mail", 2))


def contact_days(random: Random, one: Customer, as_of: date, pace: Pace) -> list[date]:
    """Days on which someone spoke with the customer, from the first on, the latest last."""
    end = active_until(random, one, as_of) if one.kind.name == "dormant" else as_of
    span = max((end - one.since).days, 1)
    latest = pace.day(one.since, end, max(0.0, 1 - random.expovariate(1 / 14) / span))
    shares = [math.sqrt(random.random()) for _ in range(max(1, poisson(random, 16)))]
    shares[0] = 0.0  # nobody becomes a customer without a word
    return sorted({latest, *(pace.day(one.since, latest, share) for share in shares)})


def contact_method(random: Random, day: date, calendar: Calendar) -> str:
    """How the customer was spoken with: on a day off by telephone or a message."""
    method = weighted(random, METHODS)
    return method if calendar.is_workday(day) else ON_DAYS_OFF.get(method, method)


def mood_of(random: Random, one: Customer) -> str:
    """The customer's mood; dormant customers are more often unhappy."""
    moods = list(words()["talk"])
    weights = (25, 42, 33) if one.kind.name == "dormant" else (48, 41, 11)
    return str(random.choices(moods, weights)[0])


def what_was_said(random: Random, mood: str, contact: str) -> str:
    """The main point of a contact, mostly with a detail, which is drawn apart so that the rest stays as it was."""
    data, own = words(), Random(f"said {contact}")
    said = str(pick(random, data["talk"][mood]))
    if own.random() < SAYS_NO_MORE:
        return said
    slots = {name: pick(own, values) for name, values in data["slots"].items()}
    return f"{said},{pick(own, data['talk_details'][mood]).format(**slots, n=own.randint(2, 9))}"


def interaction_rows(
    random: Random, one: Customer, days: list[date], as_of: date, calendar: Calendar
) -> list[dict[str, Any]]:
    rows = []
    for day in days:
        mood = mood_of(random, one)
        late = 0 if random.random() < 0.78 else random.randint(2, 6)
        rows.append(
            {
                "customer_id": one.customer_id,
                "customer_name": one.name,
                "contacted_on": day,
                "contact_method": contact_method(random, day, calendar),
                "participants": one.contact,
                "contact_notes": what_was_said(random, mood, f"{one.customer_id} {day}"),
                "sentiment": mood,
                "entered_on": min(day + timedelta(days=late), as_of),
                "owner": one.owner,
                "executive_visit": True if one.kind.name == "core" and random.random() < 0.12 else None,
            }
        )
    return rows
