"""Trends, markets, months, behaviour and the need pool by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from fact_samples import EMPTY, dated, facts_of, purchases

from crmsheet.rules import Rules
from crmsheet.steps.columns import WAITING, standing
from crmsheet.steps.orders import prepare_orders, summarize_orders
from crmsheet.tables.behavior import contact_correlation, signal_purchases, spearman
from crmsheet.tables.need_pool import rank_needs
from crmsheet.tables.notes import missing_facts
from crmsheet.tables.segments import need_status, segment_counts, segment_markets, segment_needs
from crmsheet.tables.trends import monthly_needs, monthly_sales

RULES = Rules.load()
AS_OF = date(2026, 11, 20)
CUSTOMERS = pd.DataFrame(
    {
        "industry": ["制造业", "制造业", "教育", None],
        "owner": ["张*", "李*", "张*", "张*"],
        "tier": ["potential", "low_value", "potential", "high_value"],
        "frequency": [1.0, 0.0, 2.0, 1.0],
        "amount_12m": [100.0, 0.0, 300.0, 400.0],
    },
    index=["A", "B", "C", "D"],
)
NEEDS = pd.DataFrame(
    {
        "customer": ["A", "A", "B", "C", "D", "X"],
        "requirement_tags": [("function",), ("function", "price"), ("function",), (), ("price",), ("price",)],
        "status": ["done", "todo", "paused", None, "doing", "done"],
    }
)


def test_shares_are_of_customers_with_a_need() -> None:
    lines = segment_needs(CUSTOMERS, NEEDS, "industry")
    assert lines[["segment", "tag", "asking", "customers", "share"]].values.tolist() == [
        ["制造业", "function", 2, 2, 1.0],
        ["制造业", "price", 1, 2, 0.5],
    ]
    assert (lines["low"] <= lines["share"]).all()


def test_states_of_needs_add_up() -> None:
    lines = need_status(CUSTOMERS, NEEDS, "owner").set_index("segment")
    assert lines.loc["张*", ["todo", "doing", "done", "paused", "total"]].tolist() == [2, 1, 1, 0, 4]
    assert lines.loc["李*", ["paused", "total"]].tolist() == [1, 1]
    assert np.isnan(lines.loc["李*", "share"])  # nothing but a paused one
    assert lines.loc["张*", "share"] == 0.25
    own = need_status(CUSTOMERS, NEEDS.assign(owner="王*"), "owner")
    assert own[["segment", "total"]].values.tolist() == [["王*", 6]]


def test_markets_share_money_and_promise() -> None:
    lines = segment_markets(CUSTOMERS, RULES, "industry").set_index("segment")
    assert lines.loc["制造业", ["customers", "buyers", "amount_12m", "potential", "share"]].tolist() == [
        2,
        1,
        100,
        1,
        0.5,
    ]
    assert lines["amount_share"].to_dict() == {"制造业": 0.25, "教育": 0.75}
    assert not lines["is_market"].any()  # too small to tell
    assert len(segment_markets(pd.DataFrame(), RULES, "industry")) == 0


def test_a_market_stands_out_beyond_chance() -> None:
    rows = pd.DataFrame(
        {"industry": ["甲"] * 20 + ["乙"] * 80, "tier": ["potential"] * 16 + ["low_value"] * 84}
    )
    assert segment_markets(rows, RULES, "industry")["is_market"].tolist() == [False, True]
    some = rows.assign(intent=[False] * 20 + [True] * 40 + [False] * 40)
    assert segment_markets(some, RULES, "industry")["potential"].tolist() == [40, 16]


def test_counts_of_a_column_by_segment() -> None:
    rows = CUSTOMERS.assign(purchase_behavior=["one_time", "none", "", "frequent"])
    lines = segment_counts(rows, "industry", "purchase_behavior")
    assert lines[["segment", "item", "n", "customers"]].values.tolist() == [
        ["制造业", "one_time", 1, 2],
        ["制造业", "none", 1, 2],
    ]


def test_needs_open_at_the_end_of_each_month() -> None:
    needs = dated(
        [
            {"raised_on": "2026-08-31", "solved_on": "2026-10-01"},
            {"raised_on": "2026-10-15", "solved_on": None},
            {"raised_on": "2026-10-31", "solved_on": "2026-11-21"},  # solved tomorrow
            {"raised_on": "2026-11-25", "solved_on": None},  # raised next week
            {"raised_on": None, "solved_on": "2026-11-01"},
        ],
        "raised_on",
        "solved_on",
    )
    lines = monthly_needs(needs, AS_OF, months=3)
    assert lines.index.astype(str).tolist() == ["2026-09", "2026-10", "2026-11"]
    assert lines.values.tolist() == [[0, 0, 2], [2, 1, 2], [0, 1, 2]]
    assert monthly_needs(EMPTY, AS_OF, months=2).to_numpy().sum() == 0


def test_the_last_month_leaves_open_what_waits_now() -> None:
    needs = dated(
        [
            {"status": "todo", "raised_on": "2026-09-01", "solved_on": None},
            {"status": None, "raised_on": None, "solved_on": None},  # undated: was always there
            {"status": "doing", "raised_on": "2026-10-01", "solved_on": "2026-10-09"},  # not solved after all
            {"status": "done", "raised_on": "2026-09-01", "solved_on": None},  # solved who knows when
            {"status": "paused", "raised_on": "2026-09-01", "solved_on": None},
            {"status": "done", "raised_on": None, "solved_on": "2026-11-03"},
        ],
        "raised_on",
        "solved_on",
    )
    paused = pd.to_datetime([None] * 4 + ["2026-10-20", None])
    assert monthly_needs(needs, AS_OF, months=3)["open"].tolist() == [3, 4, 3]
    assert monthly_needs(needs.assign(paused_on=paused), AS_OF, months=3)["open"].tolist() == [4, 4, 3]
    assert int(standing(needs).isin(WAITING).sum()) == 3


def test_sales_by_month() -> None:
    orders = purchases(
        A=["2026-08-03", "2026-09-01", "2026-09-20", "2026-10-05"],
        B=["2026-09-10"],
        C=["2025-01-05", "2026-10-09"],
    )
    lines = monthly_sales(orders, date(2026, 10, 31), months=3)
    assert lines["buyers"].tolist() == [1, 2, 2]
    assert lines["occasions"].tolist() == [1, 3, 2]
    assert lines["amount"].tolist() == [100, 300, 200]
    assert lines["new_buyers"].tolist() == [1, 1, 0]  # C is an old customer
    assert lines["repurchase"].tolist() == [0.0, 0.5, 0.0]
    assert lines["rebuy"].tolist()[:2] == [1.0, 0.5]
    assert np.isnan(lines["rebuy"].iloc[2])
    unfinished = monthly_sales(orders, date(2026, 10, 30), months=3)
    assert unfinished["rebuy"].isna().tolist() == [False, True, True]  # October is not over
    empty = monthly_sales(EMPTY, AS_OF, months=2)
    assert empty["amount"].tolist() == [0, 0]
    assert empty["repurchase"].isna().all()


def test_december_is_followed_by_january() -> None:
    lines = monthly_sales(purchases(A=["2025-12-31", "2026-01-01"]), date(2026, 1, 31), months=2)
    assert lines["rebuy"].tolist()[0] == 1.0


def test_signals_against_purchases() -> None:
    customers = pd.DataFrame({"signals": [("training",), ("training",), (), ()]}, index=list("ABCD"))
    facts = facts_of(
        customers=customers, orders=purchases(A=["2026-11-02"], B=["2026-10-02"], C=["2026-01-02"])
    )
    line = signal_purchases(facts, RULES, AS_OF).loc["training"]
    assert line[["with_signal", "bought_with", "without", "bought_without", "phi"]].tolist() == [
        2,
        2,
        2,
        0,
        1.0,
    ]
    assert line["few"]
    unused = signal_purchases(facts, RULES, AS_OF).loc["competitor"]
    assert unused["with_signal"] == 0
    assert np.isnan(unused["phi"])


def test_contacts_against_purchases() -> None:
    customers = pd.DataFrame({"amount_12m": [300.0, 200.0, 100.0]}, index=list("ABC"))
    rows = [("A", "phone"), ("A", "phone"), ("B", "phone"), ("C", "bulk"), ("C", "bulk"), ("C", "bulk")]
    log = dated(
        [{"customer": c, "contact_method": m, "contacted_on": "2026-11-02"} for c, m in rows], "contacted_on"
    )
    lines = contact_correlation(facts_of(customers=customers, interactions=log), RULES, AS_OF)
    assert lines.index.tolist() == ["all", "phone"]  # mass mail is no contact
    assert lines["rho"].tolist() == [1.0, 1.0]
    assert contact_correlation(facts_of(), RULES, AS_OF)["rho"].isna().all()


@pytest.mark.parametrize(
    ("a", "b", "rho"),
    [
        ([1, 2, 3], [3, 2, 1], -1.0),
        (
            [106, 100, 86, 101, 99, 103, 97, 113, 112, 110],
            [7, 27, 2, 50, 28, 29, 20, 12, 6, 17],
            -0.175757575758,
        ),
        ([1, 1, 2, 2], [1, 2, 1, 2], 0.0),
        ([1, 1, 1], [1, 2, 3], np.nan),
        ([1, 2], [1, 2], np.nan),
    ],
)
def test_rank_correlation(a: list[int], b: list[int], rho: float) -> None:
    """The second case is the worked example of Wikipedia's article on Spearman's rho: −29/165."""
    assert spearman(pd.Series(a), pd.Series(b)) == pytest.approx(rho, abs=1e-12, nan_ok=True)


def test_the_need_pool_ranks_by_demand() -> None:
    needs = pd.DataFrame(
        {
            "need_key": ["导出", "导出", "培训", "培训", "发票", ""],
            "customer": list("ABCDEF"),
            "requirement": ["Excel导出", "Excel导出", "技术培训", "培训", "发票改版", ""],
            "demand": [4.0, 4.0, 5.0, 5.0, 0.0, 0.0],
            "waiting_customers": [2, 2, 2, 2, 0, 0],
            "waiting_high_value": [1, 1, 1, 1, 0, 0],
            "status": ["todo", "doing", "todo", None, "done", "todo"],
            "ice": [7.0, np.nan, 5.0, 6.0, 9.0, 1.0],
            "promise": ["overdue", "", "kept", "", "", ""],
            "requirement_id": ["1", "2", "3", "4", "5", "6"],
        }
    )
    ranked = rank_needs(needs)
    assert ranked[["need", "demand", "rows", "ice", "broken", "examples"]].values.tolist() == [
        ["技术培训", 5.0, 2, 6.0, 0, ("3", "4")],
        ["Excel导出", 4.0, 2, 7.0, 1, ("1", "2")],
    ]
    assert len(rank_needs(EMPTY)) == 0


def test_notes_name_what_is_missing() -> None:
    assert missing_facts(facts_of(), None, RULES) == ()
    bare = facts_of(
        customers=pd.DataFrame({"tier": ["potential"]}), interactions=pd.DataFrame({"customer": ["A"]})
    )
    notes = missing_facts(bare, None, RULES)
    codes = {note.code for note in notes}
    assert {
        "no_feedback",
        "no_contracts",
        "no_tasks",
        "no_snapshots",
        "no_potential",
        "no_executive_visits",
    } <= codes
    assert "no_raised_days" not in codes  # no needs at all
    assert "换一天" in RULES.labels.phrase("note.no_snapshots")  # of one day only the last snapshot is kept
    assert all(RULES.labels.phrase(f"note.{note.code}", **note.facts) for note in notes)


def test_scores_above_the_scale_are_pointed_out() -> None:
    facts = facts_of(
        customers=pd.DataFrame({"tier": ["potential"]}), feedback=pd.DataFrame({"satisfaction": [9.0, 4.0]})
    )
    note = next(note for note in missing_facts(facts, None, RULES) if note.code == "satisfaction_scale")
    assert note.facts == {"count": 1, "top": 5}


@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_few_customers_give_defined_tables(size: int) -> None:
    customers = pd.DataFrame(
        {"industry": ["甲"] * size, "signals": [()] * size}, index=[f"C{i}" for i in range(size)]
    )
    facts = facts_of(customers=customers)
    assert len(segment_markets(customers, RULES, "industry")) == min(size, 1)
    assert len(segment_needs(customers, EMPTY, "industry")) == 0
    assert len(need_status(customers, EMPTY, "owner")) == 0
    assert signal_purchases(facts, RULES, AS_OF)["with_signal"].sum() == 0


def test_months_up_to_the_end_of_one_are_the_year_of_the_key_figure() -> None:
    """A refund that names its order is taken from that order's month, as the sum of twelve months takes it."""
    rows = pd.DataFrame(
        {
            "customer_id": ["A", "A", "A", "B", "B"],
            "order_id": ["1", "1", "2", "3", "3"],
            "order_date": pd.to_datetime(
                ["2025-11-28", "2026-02-01", "2026-03-05", "2026-05-31", "2026-06-02"]
            ),
            "amount": [900.0, -900.0, 500.0, 300.0, -100.0],
        }
    )
    day = date(2026, 11, 30)
    orders = prepare_orders(rows, as_of=day).assign(customer=rows["customer_id"])
    sales = monthly_sales(orders, day)["amount"]
    assert sales.sum() == summarize_orders(rows, as_of=day)["amount_12m"].sum() == 700.0
    assert (sales["2026-02"], sales["2026-05"], sales["2026-06"]) == (0.0, 200.0, 0.0)
