"""Who counts in each rate (R-106, ANALYTICS §7): one row per thing counted, so that every rate ties to rows.

A member has a ``key`` (id of the requirement, contract, customer …), an ``amount`` and a ``base``; the rate
is Σ amount ÷ Σ base. In a share both are 0 or 1, in a net score the amount is −1, 0 or 1, in money both are
yuan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from crmsheet.clean.text import match_key
from crmsheet.rules import Rules
from crmsheet.steps.columns import day_column, is_true, optional, standing, text
from crmsheet.tables.facts import Facts, Span, having, within


class Members(NamedTuple):
    """Who counts, row by row. Plain arrays: most rates count little, and a table costs more than the counting."""

    key: list[object]
    amount: npt.NDArray[np.float64]
    base: npt.NDArray[np.float64]


Counting = Callable[[Facts, Rules, Span], Members]


def _members(key: Iterable[object], amount: pd.Series | list[bool], base: pd.Series | None = None) -> Members:
    """Each key with its amount, and its base, which is 1 unless told."""
    amounts = _numbers(amount)
    return Members(list(key), amounts, np.ones(len(amounts)) if base is None else _numbers(base))


def _numbers(values: pd.Series | list[bool]) -> npt.NDArray[np.float64]:
    return pd.Series(values).to_numpy(dtype="float64", na_value=np.nan)


def _of(table: str) -> Callable[[Counting], Counting]:
    """What counts are rows of ``table``: nobody does where the workbook lacks it."""

    def of_table(count: Counting) -> Counting:
        @wraps(count)
        def counted(facts: Facts, rules: Rules, span: Span) -> Members:
            return count(facts, rules, span) if len(getattr(facts, table)) else _members((), [])

        return counted

    return of_table


@_of("requirements")
def satisfied_needs(facts: Facts, rules: Rules, span: Span) -> Members:
    """Requirements that are not paused, of all time; solved ones count."""
    rows = having(facts.requirements, "requirement_id", "status")
    status = standing(rows)
    counted = status != "paused"
    return _members(rows["requirement_id"][counted], status[counted] == "done")


@_of("requirements")
def solved_on_time(facts: Facts, rules: Rules, span: Span) -> Members:
    """Requirements solved in the span that had a promised day; solved by that day counts."""
    rows = within(facts.requirements, "solved_on", span, "requirement_id", "promised_on")
    rows = rows[rows["promised_on"].notna()]
    return _members(rows["requirement_id"], day_column(rows, "solved_on") <= day_column(rows, "promised_on"))


@_of("contracts")
def renewed_contracts(facts: Facts, rules: Rules, span: Span) -> Members:
    """Contracts due in the span; renewed by the due day plus grace counts."""
    rows = within(facts.contracts, "due_on", span)
    return _members(_contract_keys(rows), _renewed(rows, rules))


@_of("contracts")
def renewed_amount(facts: Facts, rules: Rules, span: Span) -> Members:
    """Yuan renewed of the yuan due, no contract above what was due."""
    due = net_renewal(facts, rules, span)
    return due._replace(amount=np.fmin(due.amount, due.base))


@_of("contracts")
def net_renewal(facts: Facts, rules: Rules, span: Span) -> Members:
    """Yuan renewed, with expansion, of the yuan due; a renewal without an amount renews what was due."""
    rows = within(having(facts.contracts, "due_on", "due_amount"), "due_on", span)
    rows = rows[rows["due_amount"] > 0]
    amount = optional(rows, "renewed_amount").astype("float64")
    amount = amount.where(amount.notna(), rows["due_amount"]).where(_renewed(rows, rules), 0.0)
    return _members(_contract_keys(rows), amount, rows["due_amount"])


@_of("orders")
def repeat_buyers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Customers who bought in the span; on two days or more counts."""
    bought = _buyers(facts, span).value_counts().sort_index()
    return _members(bought.index, bought >= 2)


@_of("orders")
def returning_buyers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Customers who bought in the span before this one; bought again in this one counts."""
    before = _buyers(facts, span.preceding(rules.rates.period_months)).unique()
    again = set(_buyers(facts, span))
    return _members(before, [who in again for who in before])


@_of("orders")
def lost_buyers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Customers who had bought lately when the last stretch of that length began; not since counts."""
    since = Span.of_days(span.end, rules.rates.active_days)
    active = _buyers(facts, Span.of_days(since.start, rules.rates.active_days)).unique()
    stayed = set(_buyers(facts, since))
    return _members(active, [who not in stayed for who in active])


@_of("orders")
def referring_customers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Customers who bought lately; who brought a new customer in the span counts."""
    active = _buyers(facts, Span.of_days(span.end, rules.rates.active_days)).unique()
    brought = set(_referrers(facts, _new_customers(facts, span)))
    return _members(active, [who in brought for who in active])


@_of("customers")
def referred_customers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Customers whose first order lies in the span; brought by somebody counts."""
    new = _new_customers(facts, span)
    source = text(optional(new, "source", None))
    told = source.map(lambda said: any(word in said for word in rules.rates.referral_sources))
    return _members(new.index, (text(optional(new, "referrer", None)) != "") | told.astype(bool))


@_of("feedback")
def satisfied_answers(facts: Facts, rules: Rules, span: Span) -> Members:
    """Satisfaction scores of the span; the two highest of five (9 and 10 of ten) count."""
    rows = _scores(facts, rules, span)
    return _members(rows["key"], rows["score"] >= rules.rates.satisfaction_top - 1)


@_of("feedback")
def mean_satisfaction(facts: Facts, rules: Rules, span: Span) -> Members:
    """The same scores as points from 1 to 5; a scale to ten is mapped linearly."""
    rows = _scores(facts, rules, span)
    return _members(rows["key"], 1 + (rows["score"] - 1) * 4 / (rules.rates.satisfaction_top - 1))


@_of("feedback")
def promoters(facts: Facts, rules: Rules, span: Span) -> Members:
    """Recommendation scores 0–10 of the span; 9 and 10 are +1, 0 to 6 are −1."""
    rows = within(facts.feedback, "given_on", span, "customer", "recommendation")
    score = rows["recommendation"].astype("float64")
    valid = score.between(0, 10) & (score % 1 == 0)
    return _members(rows["customer"][valid], ((score >= 9).astype(float) - (score <= 6).astype(float))[valid])


@_of("interactions")
def moods(facts: Facts, rules: Rules, span: Span) -> Members:
    """Contacts with a known mood; content is +1, discontent −1."""
    rows = within(facts.interactions, "contacted_on", span, "customer", "sentiment")
    points = rows["sentiment"].map({"positive": 1.0, "neutral": 0.0, "negative": -1.0})
    return _members(rows["customer"][points.notna()], points[points.notna()])


@_of("interactions")
def timely_entries(facts: Facts, rules: Rules, span: Span) -> Members:
    """Contacts of the span whose day of entry is known; entered in time counts."""
    rows = within(facts.interactions, "contacted_on", span, "customer", "entry_state")
    rows = rows[rows["entry_state"].isin(["in_time", "late"])]
    return _members(rows["customer"], rows["entry_state"] == "in_time")


@_of("orders")
def average_order(facts: Facts, rules: Rules, span: Span) -> Members:
    """Net yuan of the span's orders and refunds per purchase occasion."""
    rows = within(facts.orders, "order_date", span, "customer", "net_amount", "occasion", "counts")
    rows = rows[rows["counts"].astype(bool) | (rows["net_amount"] != 0)]
    return _members(rows["customer"], rows["net_amount"], rows["occasion"])


@_of("orders")
def revenue_per_customer(facts: Facts, rules: Rules, span: Span) -> Members:
    """Net yuan of the span per customer who bought in it (ARPU)."""
    rows = within(facts.orders, "order_date", span, "customer", "net_amount", "occasion", "counts")
    net = rows["net_amount"].astype("float64").groupby(rows["customer"]).sum()
    bought = rows["occasion"].astype(bool).groupby(rows["customer"]).any()
    return _members(net.index, net, bought.reindex(net.index).astype("float64"))


# Code of the rate → who counts. The order is that of the report.
COUNTING: Final[Mapping[str, Counting]] = {
    "need_satisfaction": satisfied_needs,
    "on_time": solved_on_time,
    "renewal": renewed_contracts,
    "renewal_amount": renewed_amount,
    "net_renewal": net_renewal,
    "repurchase": repeat_buyers,
    "rebuy": returning_buyers,
    "churn": lost_buyers,
    "referral": referring_customers,
    "referred_share": referred_customers,
    "csat": satisfied_answers,
    "satisfaction": mean_satisfaction,
    "nps": promoters,
    "mood": moods,
    "entry_in_time": timely_entries,
    "average_order": average_order,
    "arpu": revenue_per_customer,
}


def _contract_keys(contracts: pd.DataFrame) -> pd.Series:
    """The contract's number, else its Excel row."""
    typed = text(optional(contracts, "contract_id", None))
    return typed.where(typed != "", pd.Series(contracts.index.astype(str), index=contracts.index))


def _renewed(contracts: pd.DataFrame, rules: Rules) -> pd.Series:
    """Renewed, and not later than the grace allows; a yes without a day is believed."""
    day = day_column(contracts, "renewed_on")
    typed = optional(contracts, "renewed", None)
    said = is_true(contracts, "renewed") | (typed.isna() & day.notna())
    latest = day_column(contracts, "due_on") + pd.Timedelta(days=rules.rates.renewal_grace_days)
    return said & (day.isna() | (day <= latest))


def _buyers(facts: Facts, span: Span) -> pd.Series:
    """Customer of each purchase occasion in the span."""
    rows = within(facts.orders, "order_date", span, "customer", "occasion")
    return rows["customer"][rows["occasion"].astype(bool)]


def _new_customers(facts: Facts, span: Span) -> pd.DataFrame:
    told = [name for name in ("first_order", "source", "referrer") if name in facts.customers]
    return within(facts.customers[told], "first_order", span)


def _referrers(facts: Facts, new: pd.DataFrame) -> list[str]:
    """Keys of the customers that the new ones name, by id or by name."""
    typed = [name for name in text(optional(new, "referrer", None)) if name]
    if not typed:  # the usual case; to fold every customer's name takes longer than all the other rates
        return []
    customers = facts.customers
    names = text(optional(customers, "customer_name", None))
    known = {match_key(name): key for name, key in zip(names, customers.index, strict=True) if name}
    known |= {match_key(key): key for key in customers.index}
    return [known[key] for key in map(match_key, typed) if key in known]


def _scores(facts: Facts, rules: Rules, span: Span) -> pd.DataFrame:
    """Satisfaction scores on the scale of the rules; others cannot be read."""
    rows = within(facts.feedback, "given_on", span, "customer", "satisfaction")
    score = rows["satisfaction"].astype("float64")
    valid = score.between(1, rules.rates.satisfaction_top)
    return pd.DataFrame({"key": rows["customer"][valid], "score": score[valid]})
