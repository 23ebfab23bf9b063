"""RFM scores: agreement with R's rfm, the default rules at their edges, and laws of scoring."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from crmsheet.errors import UsageError
from crmsheet.steps.rfm import choose_cuts, score_rfm, summarize_rfm

pytestmark = pytest.mark.filterwarnings("error")

REFERENCE = Path(__file__).parents[1] / "reference"
AS_OF = "2026-11-20"
SCORES = ["recency_score", "frequency_score", "monetary_score"]
VALUES = ["recency_days", "frequency", "monetary"]
CUSTOM = {
    "recency": (115, 181, 297, 482),
    "frequency": (4, 5, 6, 8),
    "monetary": (256, 382, 506, 666),
}
R_RUNS = {
    "quintiles": {"method": "quantile", "levels": 5},
    "terciles": {"method": "quantile", "levels": 3},
    "custom_threshold": {"method": "threshold", "thresholds": CUSTOM},
}


@pytest.fixture(scope="module")
def r_orders() -> pd.DataFrame:
    orders = pd.read_csv(REFERENCE / "rfm/rfm_data_orders.csv.gz", parse_dates=["order_date"])
    return orders.rename(columns={"revenue": "amount"})


@pytest.fixture(scope="module")
def cdnow() -> pd.DataFrame:
    path = REFERENCE / "cdnow/cdnow_master_transactions.csv.gz"
    names = {"user_id": "customer_id", "order_dt": "order_date", "order_amount": "amount"}
    return pd.read_csv(path, parse_dates=["order_dt"]).rename(columns=names)


def r_scores(run: str) -> pd.DataFrame:
    names = {"transaction_count": "frequency", "amount": "monetary"}
    expected = pd.read_csv(REFERENCE / f"rfm/expected_order_{run}.csv.gz").rename(columns=names)
    return expected.set_index("customer_id").sort_index()


def orders_of(**days_and_amounts: list[tuple[str, float]]) -> pd.DataFrame:
    rows = [(name, day, amount) for name, orders in days_and_amounts.items() for day, amount in orders]
    frame = pd.DataFrame(rows, columns=["customer_id", "order_date", "amount"])
    return frame.assign(order_date=pd.to_datetime(frame["order_date"]))


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


ANY_SUMMARY = st.lists(
    st.tuples(
        st.integers(0, 900), st.integers(0, 9), st.sampled_from([-50.0, 0.0, 1.5, 5e4, 99_999.99, 1e5])
    ),
    max_size=60,
).map(lambda rows: pd.DataFrame(rows, columns=VALUES).astype({"monetary": float}))


@pytest.mark.parametrize("run", R_RUNS)
def test_compat_agrees_with_r_on_every_customer(r_orders, run):
    scores = score_rfm(r_orders, as_of="2006-12-31", window="lifetime", compat="rfm", **R_RUNS[run])
    expected = r_scores(run)
    assert len(scores) == 995
    wrong = scores[(scores != expected[scores.columns]).any(axis=1)]
    assert wrong.empty, wrong.to_string()


@pytest.mark.parametrize("run", ["quintiles", "terciles"])
def test_compat_cuts_where_r_cuts(r_orders, run):
    summary = summarize_rfm(r_orders, as_of="2006-12-31", window="lifetime", compat="rfm")
    cuts = choose_cuts(summary, compat="rfm", **R_RUNS[run])
    expected = pd.read_csv(REFERENCE / f"rfm/expected_order_{run}_threshold.csv")
    for axis, found in cuts.axes.items():
        assert found.points == pytest.approx(tuple(expected[f"{axis}_lower"][1:]))


def segment(scores: pd.DataFrame, rules: pd.DataFrame) -> pd.Series:
    """First rule whose three intervals hold a customer."""
    found = pd.Series("Others", index=scores.index)
    for rule in rules[::-1].itertuples():
        inside = (
            scores["recency_score"].between(rule.r_lo, rule.r_hi)
            & scores["frequency_score"].between(rule.f_lo, rule.f_hi)
            & scores["monetary_score"].between(rule.m_lo, rule.m_hi)
        )
        found[inside] = rule.segment
    return found


def test_the_segment_summary_of_r_is_reproduced(r_orders):
    scores = score_rfm(r_orders, as_of="2006-12-31", window="lifetime", compat="rfm", **R_RUNS["quintiles"])
    rules = pd.read_csv(REFERENCE / "rfm/expected_segment_doc_rules.csv")
    groups = scores.groupby(segment(scores, rules))
    summary = groups.agg(
        customers=("monetary", "size"), orders=("frequency", "sum"), revenue=("monetary", "sum")
    )
    summary["aov"] = (summary["revenue"] / summary["orders"]).round(2)
    expected = pd.read_csv(REFERENCE / "rfm/expected_segment_doc_summary.csv").set_index("segment")
    assert_frame_equal(summary, expected, check_dtype=False, check_names=False)


def test_champions_of_the_r_package_tests_are_reproduced(r_orders):
    scores = score_rfm(r_orders, as_of="2006-12-31", window="lifetime", compat="rfm", **R_RUNS["quintiles"])
    champions = scores[(scores[SCORES] >= 4).all(axis=1)]
    constants = pd.read_csv(REFERENCE / "published_constants.csv").query("model == 'rfm'")
    expected = dict(
        zip(constants["quantity"].str.removeprefix("Champions "), constants["value"], strict=True)
    )
    found = {
        "customers": len(champions),
        "orders": champions["frequency"].sum(),
        "revenue": champions["monetary"].sum(),
    }
    assert found == expected


@pytest.mark.parametrize("run", R_RUNS)
def test_the_default_differs_from_r_only_at_ties_and_same_day_orders(r_orders, run):
    ours = score_rfm(r_orders, as_of="2006-12-31", window="lifetime", **R_RUNS[run])
    theirs = r_scores(run)
    assert (ours[SCORES] == theirs[SCORES]).to_numpy().mean() > 0.99
    assert ((ours["frequency"] < theirs["frequency"]).sum()) == 11  # customers with two orders on one day
    assert (ours[SCORES] - theirs[SCORES]).abs().to_numpy().max() == 1


def test_frequency_of_cdnow_leaves_a_level_unused(cdnow):
    kwargs = {"method": "quantile", "levels": 5, "compat": "rfm"}
    scores = score_rfm(cdnow, as_of="1998-07-01", window="lifetime", **kwargs)
    assert np.bincount(scores["frequency_score"]).tolist() == [0, 11908, 0, 4079, 3658, 3925]
    (note,) = choose_cuts(scores, **kwargs).notes
    assert (note.code, note.facts["axis"], note.facts["used"]) == (
        "rfm_levels_unused",
        "frequency",
        (1, 3, 4, 5),
    )
    assert (note.facts["value"], round(note.facts["share"], 3)) == (1.0, 0.505)


def test_the_chinese_eight_label_table_is_reproduced_in_all_rows(cdnow):
    """That table counts products as F and calls a customer with R above the mean of days old, not recent."""
    summary = summarize_rfm(cdnow, as_of="1998-06-30", window="lifetime")
    summary["F"] = cdnow.groupby("customer_id")["order_products"].sum()
    table = summary.rename(columns={"recency_days": "R", "monetary": "M"})[["R", "F", "M"]]
    above = (table >= table.mean()).astype(int).astype(str).sum(axis=1)
    labels = {
        "111": "重要价值客户",
        "011": "重要保持客户",
        "101": "重要挽留客户",
        "001": "重要发展客户",
        "110": "一般价值客户",
        "010": "一般保持客户",
        "100": "一般挽留客户",
        "000": "一般发展客户",
    }
    groups = table.groupby(above.map(labels))
    found = groups.agg(n=("M", "size"), M=("M", "sum"), F=("F", "sum"), R=("R", "sum"))
    expected = pd.read_csv(REFERENCE / "cdnow/chinese_tutorial_rfm_label_table.csv").set_index("label")
    assert_frame_equal(found, expected.sort_index(), check_dtype=False, check_names=False, rtol=1e-9)


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


def test_thresholds_are_spread_over_more_levels():
    orders = orders_of(A=[(AS_OF, 100_000)], B=[("2026-07-01", 50_000)], C=[("2026-01-01", 1.0)])
    scores = score_rfm(orders, as_of=AS_OF, method="quantile", levels=5)
    assert scores["recency_score"].tolist() == [5, 3, 1]
    assert scores["monetary_score"].tolist() == [5, 3, 1]


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
@settings(max_examples=150, deadline=None)
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
@settings(max_examples=60, deadline=None)
def test_no_customer_moves_because_of_another_customers_orders(rows, data):
    frame = pd.DataFrame(rows, columns=["customer_id", "ago", "amount"])
    frame["order_date"] = pd.Timestamp(AS_OF) - pd.to_timedelta(frame["ago"], unit="D")
    one = data.draw(st.sampled_from(sorted(set(frame["customer_id"]))))
    alone = score_rfm(frame[frame["customer_id"] == one], as_of=AS_OF)
    assert_frame_equal(score_rfm(frame, as_of=AS_OF).query("customer_id == @one"), alone, check_exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["threshold", "quantile"])
def test_a_million_orders_are_scored_in_seconds(method):
    orders = random_orders(170_000)
    start = time.perf_counter()
    scores = score_rfm(orders, as_of=AS_OF, method=method)
    assert time.perf_counter() - start < 3
    assert len(scores) > 160_000
