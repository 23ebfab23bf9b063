"""Chance as the invented team needs it: weighted choices, counts, the day a customer fell silent."""

from __future__ import annotations

import math
from datetime import date, timedelta
from random import Random

from crmsheet.sample.people import Customer


def weighted(random: Random, choices: tuple[tuple[str, int], ...]) -> str:
    return random.choices([code for code, _ in choices], [weight for _, weight in choices])[0]


def poisson(random: Random, mean: float) -> int:
    """Knuth's method; the means here are below 60."""
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def active_until(random: Random, one: Customer, as_of: date) -> date:
    silent = random.uniform(*one.kind.silent)
    return max(as_of - timedelta(days=round(silent * 30.4)), one.since)
