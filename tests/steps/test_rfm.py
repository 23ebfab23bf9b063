"""RFM scores: the default rules at their edges, small data, and laws of scoring."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_samples import AS_OF, orders_of
from pandas.testing import assert_frame_equal

from crmsheet.errors import UsageError
from crmsheet.steps._rfm_cuts import is_rising
from crmsheet.steps.rfm import DEFAULT_THRESHOLDS, choose_cuts, default_points, score_rfm, summarize_rfm

pytestmark = pytest.mark.filterwarnings("error")

SCORES = ["recency_score", "frequency_score", "monetary_score"]
VALUES = ["recency_days", "frequency", "monetary"]
CUSTOM = {"recency": (115, 181, 297, 482), "frequency": (4, 5, 6, 8), "monetary": (256, 382, 506, 666)}
ANY_SUMMARY = st.lists(
    st.tuples(
        st.integers(0, 900), st.integers(0, 9), st.sampled_from([-50.0, 0.0, 1.5, 5e4, 99_999.99, 1e5])
    ),
    max_size=60,
).map(lambda rows: pd.DataFrame(rows, columns=VALUES).astype({"monetary": float}))


def random_orders(customers: int, seed: int = 7) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = customers * 6
    return pd.DataFrame(
        {
            "customer_id": rng.integers(0, customers, n),
            "order_date": pd.Timestamp("2025-06-01") + pd.to_timedelta(rng.integers(0, 530, n), unit="D"),
            "amount": np.round(rng.lognormal(9, 1, n), 2),
        }
    )


@pytest.mark.parametrize(
    ("days", "score"), [(0, 3), (90, 3), (91, 2), (180, 2), (181, 1), (365, 1), (366, 1), (3000, 1)]
)
def test_recency_levels_are_90_and_180_days(days, score):
    orders = orders_of(A=[(pd.Timestamp(AS_OF) - pd.Timedelta(days=days), 1.0)])
    row = score_rfm(orders, as_of=AS_OF).loc["A"]
    assert (row["recency_days"], row["recency_score"]) == (days, score)


@pytest.mark.parametrize(("occasions", "score"), [(1, 1), (2, 2), (3, 2), (4, 3), (9, 3)])
def test_frequency_levels_are_two_and_four_occasions(occasions, score):
    days = pd.date_range(end=AS_OF, periods=occasions)
    assert score_rfm(orders_of(A=[(d, 1.0) for d in days]), as_of=AS_OF).loc["A", "frequency_score"] == score


@pytest.mark.parametrize(
    ("amount", "score"), [(0.0, 1), (49_999.99, 1), (50_000, 2), (99_999.99, 2), (100_000, 3), (9e9, 3)]
)
def test_monetary_levels_are_five_and_ten_wan(amount, score):
    assert score_rfm(orders_of(A=[(AS_OF, amount)]), as_of=AS_OF).loc["A", "monetary_score"] == score


def test_old_orders_make_recency_but_neither_frequency_nor_money():
    orders = orders_of(A=[("2025-11-20", 9e6)], B=[("2025-11-21", 9e6)])
    scores = score_rfm(orders, as_of=AS_OF)
    assert scores.loc["A"].tolist() == [365, 0, 0, 1, 1, 1]
    assert scores.loc["B"].tolist() == [364, 1, 9e6, 1, 1, 3]
    assert score_rfm(orders, as_of=AS_OF, window="lifetime").loc["A", "frequency"] == 1
    assert score_rfm(orders, as_of=AS_OF, window=13).loc["A", "frequency"] == 1


def test_refunds_cut_money_only_and_are_shown_raw():
    orders = orders_of(A=[("2026-06-01", 100_000), ("2026-11-19", -130_000)], B=[("2026-11-19", -5.0)])
    scores = score_rfm(orders, as_of=AS_OF)
    assert scores.index.tolist() == ["A"]
    assert scores.loc["A"].tolist() == [172, 1, -30_000, 2, 1, 1]


def test_a_value_equal_to_a_quantile_takes_the_lower_bin():
    orders = orders_of(**{f"C{i:02d}": [(AS_OF, float(i))] for i in range(1, 22)})
    cuts = choose_cuts(summarize_rfm(orders, as_of=AS_OF), method="quantile", levels=4)
    assert cuts.axes["monetary"].points == (6.0, 11.0, 16.0)
    scores = score_rfm(orders, as_of=AS_OF, method="quantile", levels=4)["monetary_score"]
    assert [scores[name] for name in ("C06", "C07", "C11", "C12", "C21")] == [1, 2, 2, 3, 4]


def test_other_units_of_money_do_not_change_quantile_scores():
    orders = random_orders(300)
    wan = orders.assign(amount=orders["amount"] / 10_000)
    yuan, ten_thousands = (
        score_rfm(table, as_of=AS_OF, method="quantile", levels=5) for table in (orders, wan)
    )
    assert yuan["monetary_score"].equals(ten_thousands["monetary_score"])


@pytest.mark.parametrize("customers", [0, 1, 2, 5])
@pytest.mark.parametrize("method", ["threshold", "quantile"])
@pytest.mark.parametrize("compat", [None, "rfm"])
@pytest.mark.parametrize("levels", [3, 5])
def test_few_customers_have_defined_scores(customers, method, compat, levels):
    orders = orders_of(**{f"C{i}": [(AS_OF, 100.0), ("2026-01-05", 60_000.0)] for i in range(customers)})
    scores = score_rfm(orders, as_of=AS_OF, method=method, compat=compat, levels=levels)
    assert len(scores) == customers
    assert scores[SCORES].isin(range(1, levels + 1)).all(axis=None)
    notes = [note.code for note in choose_cuts(scores, method=method, compat=compat, levels=levels).notes]
    if method == "quantile" and compat is None:
        assert notes == ["rfm_few_customers"]


def test_few_customers_are_cut_at_the_thresholds():
    orders = random_orders(14)
    assert score_rfm(orders, as_of=AS_OF, method="quantile").equals(score_rfm(orders, as_of=AS_OF))


@pytest.mark.parametrize("method", ["threshold", "quantile"])
def test_five_levels_without_thresholds_use_all_five(method):
    """Four customers are too few for quantiles, so both ways cut where the default thresholds go on."""
    orders = orders_of(
        A=[(AS_OF, 200_000)],
        B=[("2026-09-01", 199_999)],
        C=[("2026-07-01", 50_000)],
        D=[("2026-04-01", 25_000)],
        E=[("2025-11-01", 1.0)],
    )
    scores = score_rfm(orders, as_of=AS_OF, method=method, levels=5)
    assert scores["recency_score"].tolist() == [5, 4, 3, 2, 1]
    assert scores["monetary_score"].tolist() == [5, 4, 3, 2, 1]
    assert scores["frequency_score"].tolist() == [2, 2, 2, 2, 1]


@pytest.mark.parametrize("levels", range(2, 11))
def test_default_thresholds_of_any_number_of_levels_keep_their_three(levels):
    for axis, three in DEFAULT_THRESHOLDS.items():
        points = default_points(axis, levels)
        assert len(points) == levels - 1
        assert is_rising(points)
        assert set(points) >= set(three) or (levels == 2 and set(points) <= set(three))


def test_ties_everywhere_are_noted_and_cut_at_the_thresholds():
    orders = orders_of(**{f"C{i:03d}": [(AS_OF, 100.0)] for i in range(100)})
    scores = score_rfm(orders, as_of=AS_OF, method="quantile")
    assert (scores[SCORES] == [3, 1, 1]).all(axis=None)
    notes = choose_cuts(scores, method="quantile").notes
    assert [(note.code, note.facts["axis"]) for note in notes] == [
        ("rfm_few_values", "recency"),
        ("rfm_few_values", "frequency"),
        ("rfm_few_values", "monetary"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "tercile"},
        {"compat": "R"},
        {"window": "12 months"},
        {"window": 0},
        {"levels": 1},
        {"levels": 2.5},
        {"levels": True},
        {"thresholds": {"recency": (90, 180), "frequency": (1, 2, 3)}},
        {"levels": 3, "thresholds": CUSTOM},
        {"thresholds": {"recency": (180, 90)}},
        {"thresholds": {"recency": (90, 90)}},
        {"thresholds": {"recent": (90, 180)}},
    ],
)
def test_misuse_is_refused(wrong):
    with pytest.raises(UsageError):
        score_rfm(orders_of(A=[(AS_OF, 1.0)]), as_of=AS_OF, **wrong)


@given(
    ANY_SUMMARY, st.sampled_from(["threshold", "quantile"]), st.sampled_from([None, "rfm"]), st.integers(2, 6)
)
@settings(max_examples=100, deadline=None)
def test_better_values_never_score_lower_and_ties_share(summary, method, compat, levels):
    cuts = choose_cuts(summary, method=method, compat=compat, levels=levels)
    for axis, column in zip(cuts.axes.values(), VALUES, strict=True):
        scored = pd.Series(axis.score(summary[column].to_numpy(dtype=float)), index=summary[column])
        assert scored.between(1, levels).all()
        by_value = scored.groupby(level=0)
        assert (by_value.nunique() <= 1).all()
        rising = by_value.first().sort_index(ascending=column != "recency_days")
        assert rising.is_monotonic_increasing


@given(
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 700), st.integers(-900, 9000)), min_size=1),
    st.data(),
)
@settings(max_examples=100, deadline=None)
def test_no_customer_moves_because_of_another_customers_orders(rows, data):
    frame = pd.DataFrame(rows, columns=["customer_id", "ago", "amount"])
    frame["order_date"] = pd.Timestamp(AS_OF) - pd.to_timedelta(frame["ago"], unit="D")
    one = data.draw(st.sampled_from(sorted(set(frame["customer_id"]))))
    alone = score_rfm(frame[frame["customer_id"] == one], as_of=AS_OF)
    assert_frame_equal(score_rfm(frame, as_of=AS_OF).query("customer_id == @one"), alone, check_exact=True)
