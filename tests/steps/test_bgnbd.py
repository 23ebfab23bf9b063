"""BG/NBD: agreement with published and independent numbers, laws of the forecasts, small samples."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from order_samples import cdnow_parameters, cdnow_sample, published, published_parameters

from crmsheet.errors import UsageError
from crmsheet.steps.clv import BgNbd, LogNormalPrior, fit_bgnbd

pytestmark = pytest.mark.filterwarnings("error")

PUBLISHED = BgNbd(0.243, 4.414, 0.793, 2.426)
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
def fitted() -> BgNbd:
    return BgNbd(*cdnow_parameters()[["r", "alpha", "a", "b"]])


@pytest.mark.parametrize(("quantity", "value"), published_parameters("bgnbd"))
def test_bgnbd_by_maximum_likelihood_meets_every_published_parameter(cdnow, quantity, value):
    model = fit_bgnbd(cdnow["frequency"], cdnow["recency"], cdnow["T"], prior=None)
    found = model.log_likelihood if quantity == "LL" else getattr(model, quantity)
    printed = 5e-4 if round(value, 3) == value else 0.0  # FHL2005 prints three decimals
    assert found == pytest.approx(value, rel=1e-3, abs=printed)
    assert model.notes == ()


def test_the_weak_prior_moves_no_parameter_by_more_than_three_percent(cdnow, fitted):
    model = fit_bgnbd(cdnow["frequency"], cdnow["recency"], cdnow["T"])
    for name in ("r", "alpha", "a", "b"):
        assert getattr(model, name) == pytest.approx(getattr(fitted, name), rel=0.0301)


@pytest.mark.parametrize(
    ("t", "value"),
    [(0.1429, 0.0078), (1, 0.0532), (3, 0.1506), (31.8571, 1.0405), (32, 1.0437), (78, 1.8576)],
)
def test_purchases_of_a_newcomer_meet_the_published_sheet(fitted, t, value):
    assert f"E[X({t})]" in set(published()["quantity"])
    assert fitted.expected_purchases(t, 0, 0, 0) == pytest.approx(value, rel=1e-3, abs=1e-4)


def test_purchases_of_a_customer_meet_the_published_sheet():
    assert PUBLISHED.expected_purchases(39, 2, 30.43, 38.86) == pytest.approx(1.226, abs=5e-4)


def test_purchases_equal_the_integral_the_paper_starts_from():
    """E[X(t)] of an active customer is a mean over dropout chances p; summed here on a fine grid."""
    for a, b, x, age, t in [(0.8, 2.4, 0, 0.0, 39), (1.0, 1.0, 3, 20.0, 52), (300.0, 900.0, 5, 50.0, 900)]:
        model = BgNbd(0.5, 4.0, a, b)
        edges = np.linspace(0, 1, 400_001) ** 3  # dense near 0, where the density can be unbounded
        p = (edges[1:] + edges[:-1]) / 2
        weight = np.exp((a - 1) * np.log(p) + (b + x - 1) * np.log1p(-p)) * np.diff(edges)
        bought = -np.expm1(-(model.r + x) * np.log1p(p * t / (model.alpha + age))) / p
        expected = (weight * bought).sum() / weight.sum()
        found = model.expected_purchases(t, x, age, age) / model.probability_alive(x, age, age)
        assert found == pytest.approx(expected, rel=1e-4)


@given(ANY_BGNBD, ANY_HISTORY, st.floats(0, 2000), st.floats(0, 500))
@settings(max_examples=100, deadline=None)
def test_forecasts_are_possible_and_monotone(model, history, t, later):
    x, tx, age = history
    alive = model.probability_alive(x, tx, age)
    soon, late = model.expected_purchases([t, t + later], x, tx, age)
    assert 0 <= alive <= 1
    assert 0 <= soon <= late * (1 + 1e-6) + 1e-9
    assert np.isfinite(late)
    assert model.expected_purchases(0, x, tx, age) == 0
    assert model.probability_alive(x, tx, age + later) <= alive + 1e-12 or not x


def test_the_unit_of_time_does_not_change_the_fit(cdnow):
    some = cdnow.iloc[:200]
    weeks = fit_bgnbd(some["frequency"], some["recency"], some["T"])
    days = fit_bgnbd(some["frequency"], some["recency"] * 7, some["T"] * 7)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-4)
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-4)


def test_the_prior_saves_the_small_samples_that_plain_likelihood_loses(cdnow):
    draws = [cdnow.sample(20, random_state=seed) for seed in range(30)]
    fits = {
        prior: [fit_bgnbd(d["frequency"], d["recency"], d["T"], prior=prior).notes for d in draws]
        for prior in (None, LogNormalPrior())
    }
    assert sum("degenerate" in notes for notes in fits[None]) >= 15
    assert not any("degenerate" in notes for notes in fits[LogNormalPrior()])


def test_numbers_lists_arrays_and_series_are_accepted():
    expected = PUBLISHED.probability_alive(2, 30.43, 38.86)
    for kind in (list, np.array, pd.Series, lambda values: pd.Series(values, dtype="Float64")):
        found = PUBLISHED.probability_alive(kind([2.0, 0.0]), kind([30.43, 0.0]), kind([38.86, 9.0]))
        assert found.tolist() == [expected, 1.0]


def test_histories_that_cannot_be_are_left_out_and_forecast_as_unknown():
    x, tx, age = [2, -1, 1, None, 3], [5, 0, 30, 1, 2], [20, 20, 20, 20, np.inf]
    assert np.isnan(PUBLISHED.probability_alive(x, tx, age)).tolist() == [False, True, True, True, True]
    assert np.isnan(PUBLISHED.expected_purchases(9, x, tx, age)).tolist() == [False, True, True, True, True]
    assert fit_bgnbd(x, tx, age).notes == ("invalid_rows", "indicative")
    assert fit_bgnbd(x, tx, age).r == fit_bgnbd([2], [5], [20]).r


def test_a_equal_to_one_is_no_hole():
    around = [BgNbd(0.5, 4.0, a, 2.0).expected_purchases(52, 3, 20.0, 30.0) for a in (0.9999, 1.0, 1.0001)]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx(around[0], rel=1e-3)


def test_a_prior_of_another_kind_is_misuse():
    with pytest.raises(UsageError, match="prior"):
        fit_bgnbd([1], [2.0], [3.0], prior="x")
