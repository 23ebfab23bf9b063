"""Rates of retention, satisfaction and delivery, each with its interval and the period before (R-106, §7)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.labels import wan
from crmsheet.rules import Rules
from crmsheet.tables.facts import Facts, Span
from crmsheet.tables.intervals import net_interval, wilson
from crmsheet.tables.rate_members import COUNTING, Members

Kind = Literal["share", "net", "ratio", "points", "money"]

COLUMNS: Final = (
    "kind", "numerator", "denominator", "rate_value", "low", "high", "few", "previous", "change", "start", "end",
    "rate_reason",
)  # fmt: skip
_KINDS: Final[Mapping[str, Kind]] = {
    "renewal_amount": "ratio",
    "net_renewal": "ratio",
    "satisfaction": "points",
    "nps": "net",
    "mood": "net",
    "average_order": "money",
    "arpu": "money",
}
_TODAY_ONLY = ("need_satisfaction",)  # what stood solved half a year ago is not recorded


def measure_rates(facts: Facts, rules: Rules, as_of: date, span: Span | None = None) -> pd.DataFrame:
    """One row per rate, index its code, columns ``COLUMNS`` (R-106, ANALYTICS §7).

    ``rate_value`` is Σ ``amount`` ÷ Σ ``base`` of the rate's members, NaN where nothing counts (n/a): a share
    (0–1), a net score (times 100, so −100 … 100), a ratio of money, points or yuan, as ``kind`` says.
    ``low`` and ``high`` are 95 % bounds of shares (Wilson) and net scores. ``few`` marks fewer answers than
    the rules ask for. ``previous`` is the value of the period before, ``start`` and ``end`` bound this one.
    ``span`` measures another period than the months up to ``as_of`` that the rules ask for.
    """
    lines = [_line(code, facts, rules, _spans(code, rules, as_of, span)) for code in COUNTING]
    return pd.DataFrame(lines, index=pd.Index(list(COUNTING), name="rate"), columns=list(COLUMNS))


def rate_members(facts: Facts, rules: Rules, as_of: date, span: Span | None = None) -> pd.DataFrame:
    """Every row that counts in a rate of ``measure_rates``: ``rate``, ``key``, ``amount``, ``base``."""
    parts = {
        code: count(facts, rules, _spans(code, rules, as_of, span)[0]) for code, count in COUNTING.items()
    }
    return pd.DataFrame(
        {
            "rate": [code for code, members in parts.items() for _ in members.key],
            "key": [key for members in parts.values() for key in members.key],
            "amount": np.concatenate([members.amount for members in parts.values()]),
            "base": np.concatenate([members.base for members in parts.values()]),
        }
    )


def _spans(code: str, rules: Rules, as_of: date, span: Span | None) -> tuple[Span, Span]:
    """This period and the one before."""
    if span is not None:
        return span, span.preceding(rules.rates.period_months)
    if code == "mood":
        now = Span.of_days(as_of, rules.rates.mood_days)
        return now, Span.of_days(now.start, rules.rates.mood_days)
    now = Span.of_months(as_of, rules.rates.period_months)
    return now, now.preceding(rules.rates.period_months)


def _line(code: str, facts: Facts, rules: Rules, spans: tuple[Span, Span]) -> tuple[object, ...]:
    now, before = spans
    count, kind = COUNTING[code], _KINDS.get(code, "share")
    members = count(facts, rules, now)
    value = _value(members, kind)
    previous = math.nan if code in _TODAY_ONLY else _value(count(facts, rules, before), kind)
    low, high = _bounds(members, kind)
    few = len(members.key) < rules.rates.few_answers if kind in ("share", "net", "points") else False
    total, base = _sum(members.amount), _sum(members.base)
    reason = _reason(code, rules, (total, base, value)) + _bounds_text(kind, low, high, rules)
    return (kind, total, base, value, low, high, few, previous, value - previous, now.start, now.end, reason)


def _value(members: Members, kind: Kind) -> float:
    base = _sum(members.base)
    return _sum(members.amount) / base * (100 if kind == "net" else 1) if base else math.nan


def _sum(numbers: npt.NDArray[np.float64]) -> float:
    """What is known of them, added up."""
    return float(np.nansum(numbers))


def _bounds(members: Members, kind: Kind) -> tuple[float, float]:
    amount, n = members.amount, len(members.key)
    if kind == "share":
        return wilson(_sum(amount), n)
    if kind == "net":
        low, high = net_interval(float((amount > 0).sum()), float((amount < 0).sum()), n)
        return 100 * low, 100 * high
    return math.nan, math.nan


def _reason(code: str, rules: Rules, counted: tuple[float, float, float]) -> str:
    """What was counted, in words; why there is no value where there is none."""
    total, base, value = counted
    limits = rules.rates
    spans = {"months": limits.period_months, "days": limits.active_days, "mood_days": limits.mood_days}
    if math.isnan(value):
        return rules.labels.phrase(f"rate_none.{code}", **spans)
    money = {"total_wan": wan(total), "base_wan": wan(base)}
    return rules.labels.phrase(f"rate.{code}", total=total, base=base, value=value, **money, **spans)


def _bounds_text(kind: Kind, low: float, high: float, rules: Rules) -> str:
    """The interval in words; blank where there is none."""
    if math.isnan(low):
        return ""
    return rules.labels.phrase("net_bounds" if kind == "net" else "rate_bounds", low=low, high=high)
