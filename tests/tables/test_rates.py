"""Rates by hand, their intervals against published values, and that they tie to rows."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from fact_samples import dated, facts_of, purchases
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.model import Setting
from crmsheet.rules import Rules
from crmsheet.tables.facts import Facts
from crmsheet.tables.intervals import net_interval, wilson
from crmsheet.tables.rate_members import COUNTING
from crmsheet.tables.rates import COLUMNS, measure_rates, rate_members

RULES = Rules.load()
AS_OF = date(2026, 11, 20)  # six months back: 2026-05-20; 180 days back: 2026-05-24


def _rate(code: str, facts: Facts, rules: Rules = RULES) -> pd.Series:
    return measure_rates(facts, rules, AS_OF).loc[code]


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, table I, method 3 (score without continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_agrees_with_newcombe(hits: int, n: int, low: float, high: float) -> None:
    assert [round(bound, 4) for bound in wilson(hits, n)] == [low, high]


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_an_interval_holds_its_share_and_stays_in_bounds(n: int, part: float) -> None:
    hits = round(part * n)
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_a_net_interval_is_symmetric(up: int, down: int, same: int) -> None:
    n = up + down + same
    low, high = net_interval(up, down, n)
    if not n:
        assert np.isnan(low)
        return
    mirrored = net_interval(down, up, n)
    assert -1 <= low <= high <= 1
    assert mirrored == pytest.approx((-high, -low))


def test_need_satisfaction_leaves_paused_needs_out() -> None:
    needs = pd.DataFrame(
        {"requirement_id": list("abcde"), "status": ["done", "paused", "doing", None, "done"]}
    )
    rate = _rate("need_satisfaction", facts_of(requirements=needs))
    assert (rate["numerator"], rate["denominator"], rate["rate_value"]) == (2, 4, 0.5)
    assert rate["rate_reason"] == "4 条需求（不含暂停）中 2 条已解决（95% 区间 15% – 85%）"
    assert np.isnan(rate["previous"])


def test_on_time_needs_a_promise_and_a_day() -> None:
    rows = [
        {"solved_on": "2026-11-10", "promised_on": "2026-11-10"},
        {"solved_on": "2026-11-11", "promised_on": "2026-11-10"},
        {"solved_on": "2026-11-11", "promised_on": None},
        {"solved_on": None, "promised_on": "2026-11-01"},
        {"solved_on": "2026-05-20", "promised_on": "2026-05-30"},  # the period before
    ]
    needs = dated(
        [{"requirement_id": str(i), **row} for i, row in enumerate(rows)], "solved_on", "promised_on"
    )
    rate = _rate("on_time", facts_of(requirements=needs))
    assert (rate["numerator"], rate["denominator"], rate["previous"]) == (1, 2, 1.0)


CONTRACTS = [
    {
        "due_on": "2026-06-30",
        "due_amount": 100.0,
        "renewed": True,
        "renewed_on": "2026-07-30",
        "renewed_amount": 150.0,
    },
    {
        "due_on": "2026-06-30",
        "due_amount": 100.0,
        "renewed": True,
        "renewed_on": "2026-07-31",
        "renewed_amount": 100.0,
    },  # late
    {
        "due_on": "2026-08-01",
        "due_amount": 200.0,
        "renewed": True,
        "renewed_on": None,
        "renewed_amount": None,
    },
    {
        "due_on": "2026-09-01",
        "due_amount": 100.0,
        "renewed": False,
        "renewed_on": None,
        "renewed_amount": None,
    },
    {
        "due_on": "2026-10-01",
        "due_amount": None,
        "renewed": None,
        "renewed_on": "2026-09-20",
        "renewed_amount": None,
    },
    {
        "due_on": "2026-12-01",
        "due_amount": 500.0,
        "renewed": None,
        "renewed_on": None,
        "renewed_amount": None,
    },  # not due yet
    {
        "due_on": "2026-05-20",
        "due_amount": 500.0,
        "renewed": True,
        "renewed_on": None,
        "renewed_amount": 500.0,
    },  # before
]


def test_renewal_counts_contracts_due_and_a_month_of_grace() -> None:
    facts = facts_of(contracts=dated(CONTRACTS, "due_on", "renewed_on"))
    assert _rate("renewal", facts)[["numerator", "denominator", "previous"]].tolist() == [3, 5, 1.0]
    # 100 of 150 capped at the 100 due, 0 (late), 200 (no amount typed), 0; the contract without an amount is left out
    assert _rate("renewal_amount", facts)[["numerator", "denominator", "rate_value"]].tolist() == [
        300,
        500,
        0.6,
    ]
    assert _rate("net_renewal", facts)[["numerator", "denominator", "rate_value"]].tolist() == [350, 500, 0.7]
    assert np.isnan(_rate("net_renewal", facts)["low"])


def test_repurchase_rebuy_and_churn() -> None:
    orders = purchases(
        A=["2026-06-01", "2026-07-01"],  # repeats in the period
        B=["2026-01-05", "2026-06-01"],  # bought before, bought again
        C=["2026-03-01"],  # bought before, lost: nothing in the last 180 days
        D=["2026-05-20", "2026-05-22"],  # one day in each period; no order in the last 180 days
        E=["2025-05-01"],  # long gone
        F=["2026-11-21"],  # not yet
    )
    facts = facts_of(orders=orders)
    assert _rate("repurchase", facts)[["numerator", "denominator"]].tolist() == [1, 3]  # A of A, B, D
    assert _rate("rebuy", facts)[["numerator", "denominator"]].tolist() == [2, 3]  # B, D of B, C, D
    assert _rate("churn", facts)[["numerator", "denominator"]].tolist() == [2, 3]  # C, D of B, C, D
    assert _rate("average_order", facts)[["numerator", "denominator", "rate_value"]].tolist() == [
        400,
        4,
        100.0,
    ]
    assert _rate("arpu", facts)["rate_value"] == pytest.approx(400 / 3)


def test_refunds_lower_the_average_order_without_being_one() -> None:
    orders = purchases(A=["2026-06-01", "2026-07-01"]).assign(
        net_amount=[100.0, -40.0], occasion=[True, False], counts=[True, False]
    )
    assert _rate("average_order", facts_of(orders=orders))[["denominator", "rate_value"]].tolist() == [
        1,
        60.0,
    ]


def test_referrals_by_id_by_name_and_by_source() -> None:
    customers = pd.DataFrame(
        {
            "customer_name": ["甲公司", "乙公司", "丙公司", "丁公司"],
            "first_order": pd.to_datetime(["2020-01-01", "2020-01-01", "2026-10-01", "2026-10-01"]),
            "referrer": [None, None, "甲公司", None],
            "source": [None, None, "展会", "老客户推荐"],
        },
        index=["C1", "C2", "C3", "C4"],
    )
    orders = purchases(C1=["2026-10-01"], C2=["2026-10-01"], C3=["2026-10-01"], C4=["2026-10-01"])
    facts = facts_of(customers=customers, orders=orders)
    assert _rate("referral", facts)[["numerator", "denominator"]].tolist() == [1, 4]
    assert _rate("referred_share", facts)[["numerator", "denominator"]].tolist() == [2, 2]
    by_id = facts_of(customers=customers.assign(referrer=[None, None, "c2", "不认识"]), orders=orders)
    assert _rate("referral", by_id)[["numerator", "denominator"]].tolist() == [1, 4]


def _answers(column: str, values: list[float]) -> Facts:
    rows = [{"customer": str(i), "given_on": "2026-11-02", column: value} for i, value in enumerate(values)]
    return facts_of(feedback=dated(rows, "given_on"))


def test_satisfaction_on_five_and_on_ten() -> None:
    assert _rate("csat", _answers("satisfaction", [5, 4, 3, 1, 0, 6]))[
        ["numerator", "denominator"]
    ].tolist() == [2, 4]
    assert _rate("satisfaction", _answers("satisfaction", [5, 4, 3, 1]))["rate_value"] == 3.25
    ten = Rules.load(settings=[Setting("rates.satisfaction_top", 10, "", "")])
    assert _rate("csat", _answers("satisfaction", [10, 9, 8, 1]), ten)[
        ["numerator", "denominator"]
    ].tolist() == [2, 4]
    assert _rate("satisfaction", _answers("satisfaction", [10, 1]), ten)["rate_value"] == 3.0  # 5 and 1


def test_nps() -> None:
    rate = _rate("nps", _answers("recommendation", [10, 9, 8, 7, 6, 0, 11, 7.5, np.nan]))
    assert rate[["numerator", "denominator", "rate_value", "few"]].tolist() == [0, 6, 0.0, True]
    assert _rate("nps", _answers("recommendation", [10] * 30))[["rate_value", "few"]].tolist() == [
        100.0,
        False,
    ]
    assert _rate("nps", _answers("recommendation", [0] * 3))["rate_value"] == -100.0


def test_mood_compares_ninety_days_with_the_ninety_before() -> None:
    rows = [
        ("2026-11-20", "positive"),
        ("2026-08-23", "positive"),
        ("2026-09-01", "negative"),
        ("2026-09-01", None),
    ]
    rows += [("2026-08-22", "negative"), ("2026-05-24", "negative")]
    log = dated(
        [{"customer": "A", "contacted_on": day, "sentiment": mood} for day, mood in rows], "contacted_on"
    )
    rate = _rate("mood", facts_of(interactions=log))
    assert rate["rate_value"] == pytest.approx(100 / 3)
    assert rate["previous"] == -100.0


def test_entries_in_time() -> None:
    states = ["in_time", "in_time", "late", "before", ""]
    log = dated(
        [{"customer": "A", "contacted_on": "2026-11-02", "entry_state": one} for one in states],
        "contacted_on",
    )
    assert _rate("entry_in_time", facts_of(interactions=log))[["numerator", "denominator"]].tolist() == [2, 3]


def test_nothing_to_count_is_no_rate_and_says_so() -> None:
    table = measure_rates(facts_of(), RULES, AS_OF)
    assert table["rate_value"].isna().all()
    assert (table["denominator"] == 0).all()
    assert all(reason and "nan" not in reason for reason in table["rate_reason"])
    assert list(table.columns) == list(COLUMNS)
    assert set(table.index) == set(RULES.labels.words["choices"]["rate"]) == set(COUNTING)


def test_every_rate_is_the_sum_of_its_rows() -> None:
    facts = facts_of(
        requirements=pd.DataFrame({"requirement_id": list("abc"), "status": ["done", "doing", "paused"]}),
        contracts=dated(CONTRACTS, "due_on", "renewed_on"),
        orders=purchases(A=["2026-06-01", "2026-07-01"], B=["2026-03-01"]),
        feedback=_answers("satisfaction", [5, 2, 4]).feedback,
    )
    table, members = measure_rates(facts, RULES, AS_OF), rate_members(facts, RULES, AS_OF)
    sums = members.groupby("rate")[["amount", "base"]].sum().reindex(table.index).fillna(0.0)
    pd.testing.assert_series_equal(sums["amount"], table["numerator"], check_names=False)
    pd.testing.assert_series_equal(sums["base"], table["denominator"], check_names=False)
    shares = table[(table["kind"] == "share") & table["rate_value"].notna()]
    assert (shares["rate_value"] == shares["numerator"] / shares["denominator"]).all()
    assert members["key"].notna().all()


@pytest.mark.parametrize("size", [1, 2, 5])
def test_few_customers(size: int) -> None:
    orders = purchases(**{f"C{i}": ["2026-06-01"] for i in range(size)})
    rate = _rate("repurchase", facts_of(orders=orders))
    assert (rate["denominator"], rate["few"]) == (size, True)
