"""CLV: agreement with lifetimes on every customer, laws of the value, the step, and small data."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_samples import AS_OF, cdnow_orders, cdnow_parameters, cdnow_sample, orders_of

from crmsheet.errors import MissingExtra
from crmsheet.steps.clv import (
    BgNbd,
    ClvTerms,
    GammaGamma,
    customer_lifetime_value,
    fit_bgnbd,
    fit_clv,
    fit_gamma_gamma,
    score_clv,
    simple_clv,
    summarize_purchases,
)

pytestmark = pytest.mark.filterwarnings("error")
ANY_BGNBD = st.builds(
    BgNbd,
    r=st.floats(0.01, 50),
    alpha=st.floats(0.01, 500),
    a=st.one_of(st.floats(0.01, 50), st.just(1.0), st.floats(50, 5000)),
    b=st.one_of(st.floats(0.01, 50), st.just(1.0), st.floats(50, 5000)),
)
ANY_HISTORY = st.tuples(
    st.integers(0, 2000), st.floats(0.01, 1), st.one_of(st.floats(0.1, 500), st.just(3.0))
).map(lambda h: (h[0], h[1] * h[2] if h[0] else 0.0, h[2]))


@pytest.fixture
def cdnow() -> pd.DataFrame:
    return cdnow_sample()


@pytest.fixture
def given_models() -> tuple[BgNbd, GammaGamma]:
    value = cdnow_parameters()
    return BgNbd(*value[["r", "alpha", "a", "b"]]), GammaGamma(*value[["p", "q", "v"]])


def test_every_customer_agrees_with_lifetimes_at_its_parameters(cdnow, given_models):
    bgnbd, gamma_gamma = given_models
    past = cdnow["frequency"], cdnow["recency"], cdnow["T"]
    spend = gamma_gamma.expected_spend(cdnow["frequency"], cdnow["monetary_value"])
    value = customer_lifetime_value(bgnbd, gamma_gamma, *past, cdnow["monetary_value"])
    np.testing.assert_allclose(bgnbd.probability_alive(*past), cdnow["palive"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(bgnbd.expected_purchases(52, *past), cdnow["cet_52w"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(spend, cdnow["exp_avg_profit"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(value, cdnow["clv_12m_d001"], rtol=0, atol=1e-9)


@given(ANY_BGNBD, ANY_HISTORY, st.floats(1.01, 50), st.floats(0.1, 1e6), st.floats(0, 0.1))
@settings(max_examples=100, deadline=None)
def test_value_grows_with_months_and_margin_and_shrinks_with_discount(model, history, q, m, discount):
    spend = GammaGamma(6.0, q, m)
    args = (model, spend, *history, m)
    year = customer_lifetime_value(*args, monthly_discount=discount)
    assert (
        0 <= customer_lifetime_value(*args, months=6, monthly_discount=discount) <= year * (1 + 1e-6) + 1e-9
    )
    assert year <= customer_lifetime_value(*args, monthly_discount=0.0) * (1 + 1e-9)
    half = customer_lifetime_value(*args, monthly_discount=discount, margin=0.5)
    assert half == pytest.approx(year / 2)
    months = customer_lifetime_value(*args, monthly_discount=0.0)
    whole = spend.expected_spend(history[0], m) * model.expected_purchases(12 * 4.345, *history)
    assert months == pytest.approx(whole, rel=1e-6, abs=1e-9)


@given(st.lists(st.tuples(ANY_HISTORY, st.floats(-10, 1e5)), max_size=12), st.booleans())
@settings(max_examples=100, deadline=None)
def test_any_small_sample_has_a_defined_fit(rows, plain):
    x, tx, age = (np.array([history[i] for history, _ in rows], dtype=float) for i in range(3))
    m = np.array([spend for _, spend in rows], dtype=float)
    model = fit_bgnbd(x, tx, age, prior=None) if plain else fit_bgnbd(x, tx, age)
    assert min(model.r, model.alpha, model.a, model.b) > 0
    assert np.isfinite([model.r, model.alpha, model.a, model.b, model.log_likelihood]).all()
    assert "indicative" in model.notes
    assert np.isfinite(model.expected_purchases(52, x, tx, age)).all()
    spend = fit_gamma_gamma(x, m)
    if (usable := (x > 0) & (m > 0)).any():
        assert (spend.expected_spend(x, m)[usable] > 0).all()
    else:
        assert "no_spend" in spend.notes


def test_simple_clv_by_hand():
    assert simple_clv([5_000, -10, 0], [4, 2, 0], margin=0.3, years=3).tolist() == [18_000, 0, 0]


def test_histories_merge_days_and_take_refunds_off_the_purchase_before():
    orders = orders_of(
        A=[
            ("2026-01-01", 100),
            ("2026-01-15", 60),
            ("2026-01-15", 40),
            ("2026-01-29", 200),
            ("2026-02-01", -50),
        ],
        B=[("2026-01-01", 100), ("2026-01-03", -40)],
        C=[("2026-01-01", -40), ("2026-01-03", 100), ("2026-01-10", 80)],
    )
    history = summarize_purchases(orders, as_of="2026-02-12")
    assert history["frequency"].tolist() == [2, 0, 1]
    assert history["recency"].tolist() == [4.0, 0.0, 1.0]
    assert history["T"].tolist() == pytest.approx([6.0, 6.0, 40 / 7])
    assert history["monetary"].tolist() == [125.0, 0.0, 80.0]
    assert history["average_purchase"].tolist() == pytest.approx([350 / 3, 60.0, 90.0])
    assert history.loc["A", "interval_cv"] == 0.0


def test_cdnow_transactions_become_the_published_histories():
    """The sample of the papers is every tenth customer, followed for 39 of 78 weeks."""
    sample = cdnow_orders()[cdnow_orders()["customer_id"] % 10 == 4]
    history = summarize_purchases(sample, as_of="1997-09-30")
    assert len(history) == pytest.approx(2357, abs=1)
    expected = cdnow_orders().drop_duplicates(["customer_id", "order_date"])
    expected = expected[expected["order_date"] <= "1997-09-30"].groupby("customer_id")["order_date"]
    assert (history["frequency"] == expected.size().reindex(history.index) - 1).all()
    assert (
        history["T"] == (pd.Timestamp("1997-09-30") - expected.min().reindex(history.index)).dt.days / 7
    ).all()


def test_one_purchase_is_insufficient_not_certainly_alive():
    orders = orders_of(A=[("2026-01-01", 100), ("2026-03-01", 100)], B=[("2026-01-01", 100)])
    scores = score_clv(orders, as_of=AS_OF)
    assert scores["clv_state"].tolist() == ["indicative", "insufficient"]
    assert np.isnan(scores.loc["B", "probability_alive"])
    assert 0 < scores.loc["A", "probability_alive"] < 1
    assert (scores[["clv_simple", "expected_purchases_12m", "expected_spend", "clv_12m"]] > 0).all(axis=None)


@pytest.mark.parametrize("b", [2.4, 400.0], ids=["closed form", "quadrature"])
def test_a_forecast_does_not_depend_on_who_stands_beside(b):
    """To the last bit: batches divide customers among buckets."""
    models = BgNbd(0.24, 4.4, 0.79, b), GammaGamma(6.25, 3.74, 15.44)
    random = np.random.default_rng(5)
    T = random.uniform(1, 150, 60)
    past = random.integers(0, 900, 60), T * random.random(60), T, random.uniform(10, 9_000, 60)
    together = customer_lifetime_value(*models, *past)
    for size in (1, 2, 7):
        each = [
            customer_lifetime_value(*models, *(fact[start : start + size] for fact in past))
            for start in range(0, 60, size)
        ]
        assert (np.concatenate(each) == together).all(), size


def test_scores_use_the_models_and_terms_they_are_given():
    orders = cdnow_orders()[cdnow_orders()["customer_id"] % 10 == 4]
    history = summarize_purchases(orders, as_of="1998-06-30")
    models = fit_clv(history)
    terms = ClvTerms(months=6, monthly_discount=0.02, margin=0.4, years=2.0)
    scores = score_clv(orders, as_of="1998-06-30", terms=terms, models=models)
    past = history["frequency"], history["recency"], history["T"], history["monetary"]
    expected = customer_lifetime_value(
        models.bgnbd, models.gamma_gamma, *past, months=6, monthly_discount=0.02, margin=0.4
    )
    np.testing.assert_allclose(scores["clv_6m"], expected)
    simple = simple_clv(history["average_purchase"], history["purchases_per_year"], margin=0.4, years=2.0)
    np.testing.assert_allclose(scores["clv_simple"], simple)
    assert set(scores["clv_state"]) == {"estimated", "insufficient"}


def test_calendar_renewals_are_noted_as_regular():
    every_year = [(day, 100.0) for day in pd.date_range("2020-01-01", periods=6, freq="365D")]
    by_chance = [
        (day, 100.0) for day in pd.to_datetime(["2020-01-01", "2020-01-03", "2022-05-01", "2022-05-09"])
    ]
    regular, irregular = (
        fit_clv(summarize_purchases(orders_of(A=rows), as_of=AS_OF)).notes for rows in (every_year, by_chance)
    )
    assert "clv_regular_purchases" in [note.code for note in regular]
    assert "clv_regular_purchases" not in [note.code for note in irregular]


@pytest.mark.parametrize(
    "orders",
    [
        pd.DataFrame(),
        orders_of(A=[("2026-01-01", -5.0)]),
        orders_of(A=[(AS_OF, 5.0)]),
        orders_of(A=[("2026-01-01", 5.0)], B=[("2026-01-01", 5.0)]),
        orders_of(A=[("2026-01-01", 0.0), ("2026-02-01", 0.0)]),
        orders_of(A=[("2026-01-01", None), ("2026-02-01", None)]),
        orders_of(**{f"C{i}": [("2026-01-01", 5.0), ("2026-02-01", 5.0)] for i in range(5)}),
        orders_of(A=[("2026-01-01", 5.0), ("2026-02-01", 5.0), ("2026-03-01", -50.0)]),
        orders_of(A=[("2027-01-01", 5.0)]),
    ],
)
def test_little_data_gives_a_defined_table(orders):
    scores = score_clv(orders, as_of=AS_OF)
    forecast = scores.drop(columns=["clv_state", "probability_alive"])
    assert np.isfinite(forecast.to_numpy(dtype=float)).all()
    assert (forecast >= 0).all(axis=None)
    assert scores["clv_state"].isin(["indicative", "insufficient"]).all()


def test_without_scipy_the_error_names_the_extra_and_the_simple_value_remains(monkeypatch):
    for module in ("scipy", "scipy.special", "scipy.optimize"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtra) as caught:
        fit_bgnbd([1], [2], [3])
    assert caught.value.extra == "clv"
    with pytest.raises(MissingExtra):
        BgNbd(0.243, 4.414, 0.793, 2.426).probability_alive(2, 30.43, 38.86)
    scores = score_clv(orders_of(A=[("2026-01-01", 5.0)]), as_of=AS_OF)
    assert scores.loc["A", "clv_simple"] == 15.0
    assert scores.loc["A", "clv_state"] == "unavailable"
    assert np.isnan(scores.loc["A", "clv_12m"])


def test_importing_the_step_loads_no_scipy():
    code = "import sys, crmsheet.steps.clv; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
