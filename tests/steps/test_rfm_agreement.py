"""RFM against numbers of others: R's rfm on 995 customers, and the Chinese 8-label table of CDNOW."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from order_samples import REFERENCE, cdnow_orders, published
from pandas.testing import assert_frame_equal

from crmsheet.steps.rfm import choose_cuts, score_rfm, summarize_rfm

pytestmark = pytest.mark.filterwarnings("error")

SCORES = ["recency_score", "frequency_score", "monetary_score"]
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


@pytest.fixture
def cdnow() -> pd.DataFrame:
    return cdnow_orders()


@pytest.fixture(scope="module")
def r_orders() -> pd.DataFrame:
    orders = pd.read_csv(REFERENCE / "rfm/rfm_data_orders.csv.gz", parse_dates=["order_date"])
    return orders.rename(columns={"revenue": "amount"})


def r_scores(run: str) -> pd.DataFrame:
    names = {"transaction_count": "frequency", "amount": "monetary"}
    expected = pd.read_csv(REFERENCE / f"rfm/expected_order_{run}.csv.gz").rename(columns=names)
    return expected.set_index("customer_id").sort_index()


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
    constants = published().query("model == 'rfm'")
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


def _type_seven(values: list[float], share: float) -> float:
    """R's quantile(type = 7) line by line: index 1 + (n − 1)p, equal neighbours are not mixed."""
    ordered = sorted(values)
    index = 1 + (len(values) - 1) * share
    low, high = math.floor(index), math.ceil(index)
    found = ordered[low - 1]
    if index > low and ordered[high - 1] != found:
        h = index - low
        found = (1 - h) * found + h * ordered[high - 1]
    return found


def _as_r_scores(values: list[float], levels: int, *, recency: bool) -> list[int]:
    """Bins of rfm 0.3.0: lower bounds min, q + 1 …; upper q + 1 …, max + 1; ``lower <= v < upper``."""
    cuts = [_type_seven(values, j * (1 / levels)) + 1 for j in range(1, levels)]
    lower, upper = [min(values), *cuts], [*cuts, max(values) + 1]
    score = [0] * len(values)
    for bin_, (low, high) in enumerate(zip(lower, upper, strict=True)):
        for place, value in enumerate(values):
            if low <= value < high:
                score[place] = levels - bin_ if recency else bin_ + 1
    return score


def _as_r_counts(orders: pd.DataFrame, as_of: str) -> pd.DataFrame:
    rows = orders.groupby("customer_id").agg(
        last=("order_date", "max"), frequency=("amount", "size"), monetary=("amount", "sum")
    )
    return rows.assign(recency_days=(pd.Timestamp(as_of) - rows["last"]).dt.days)


@pytest.mark.parametrize("levels", range(2, 11))
@pytest.mark.parametrize("kind", ["spread", "ties", "few", "one value", "same days"])
def test_compat_follows_the_bins_of_r_on_orders_of_any_kind(levels, kind):
    random = np.random.default_rng(levels)
    customers = {"few": 7, "ties": 80}.get(kind, 150)
    n = customers * 4
    amount = {
        "ties": random.choice([10, 20, 50], n),
        "one value": np.full(n, 100),
        "spread": random.integers(1, 5000, n),
    }.get(kind, random.integers(1, 300, n))
    ago = random.choice([3, 40, 200], n) if kind in ("ties", "same days") else random.integers(0, 700, n)
    orders = pd.DataFrame(
        {
            "customer_id": random.integers(0, customers, n),
            "order_date": pd.Timestamp("2026-11-20") - pd.to_timedelta(ago, unit="D"),
            "amount": amount.astype(float),
        }
    )
    scores = score_rfm(
        orders, as_of="2026-11-20", method="quantile", levels=levels, window="lifetime", compat="rfm"
    )
    expected = _as_r_counts(orders, "2026-11-20")
    for axis in ("recency_days", "frequency", "monetary"):
        assert scores[axis].tolist() == expected[axis].tolist()
        told = _as_r_scores(expected[axis].tolist(), levels, recency=axis == "recency_days")
        assert scores[f"{axis.removesuffix('_days')}_score"].tolist() == told


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
