"""CLV on simulated customers of seven kinds against lifetimes, and at the edges of what can be simulated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from order_samples import REFERENCE

from crmsheet.errors import UsageError
from crmsheet.steps.clv import (
    BgNbd,
    GammaGamma,
    customer_lifetime_value,
    fit_bgnbd,
    fit_gamma_gamma,
    simple_clv,
)

pytestmark = pytest.mark.filterwarnings("error")

HORIZON = {"W": 26.0, "D": 180.0, "M": 6.0}
UNITS_PER_MONTH = {"W": 4.345, "D": 30.0, "M": 1.0}


@cache
def parameters() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "simulated/parameters.csv", index_col="set")


@cache
def histories() -> pd.DataFrame:
    return pd.read_csv(REFERENCE / "simulated/histories.csv.gz", index_col="set")


@pytest.mark.parametrize("name", parameters().index)
def test_the_likelihood_optimum_is_the_one_lifetimes_finds(name):
    data, expected = histories().loc[name], parameters().loc[name]
    model = fit_bgnbd(data["frequency"], data["recency"], data["T"], prior=None)
    for parameter in ("r", "alpha", "a", "b"):
        assert getattr(model, parameter) == pytest.approx(expected[parameter], rel=1e-4)
    assert model.log_likelihood == pytest.approx(expected["log_likelihood"], rel=1e-6, abs=1e-5)
    spend = fit_gamma_gamma(data["frequency"], data["monetary"])
    for parameter in ("p", "q", "v"):
        assert getattr(spend, parameter) == pytest.approx(expected[parameter], rel=1e-4)
    assert spend.log_likelihood == pytest.approx(expected["spend_log_likelihood"], rel=1e-6)


@pytest.mark.parametrize("name", parameters().index)
def test_forecasts_at_given_parameters_are_those_of_lifetimes(name):
    data, given = histories().loc[name].dropna(), parameters().loc[name]
    model, spend = BgNbd(*given[["r", "alpha", "a", "b"]]), GammaGamma(*given[["p", "q", "v"]])
    past, unit = (data["frequency"], data["recency"], data["T"]), given["unit"]
    found = {
        "alive": model.probability_alive(*past),
        "purchases": model.expected_purchases(HORIZON[unit], *past),
        "spend": spend.expected_spend(data["frequency"], data["monetary"]),
        "clv": customer_lifetime_value(
            model, spend, *past, data["monetary"], weeks_per_month=UNITS_PER_MONTH[unit]
        ),
    }
    for column, values in found.items():
        np.testing.assert_allclose(values, data[column], rtol=1e-8, err_msg=column)


@pytest.mark.parametrize(
    "kind",
    [list, tuple, np.array, pd.Series, lambda v: pd.Series(v, index=[f"c{i}" for i in range(len(v))]),
     lambda v: pd.Series(v, dtype="Float64"), lambda v: np.array(v, dtype=np.float32).astype(object),
     pd.Index],
)  # fmt: skip
def test_histories_may_be_held_in_any_way(kind):
    data = histories().loc["few"].iloc[:60]
    columns = [data[name].round(3).tolist() for name in ("frequency", "recency", "T")]
    plain, held = fit_bgnbd(*columns), fit_bgnbd(*map(kind, columns))
    assert (held.r, held.alpha) == pytest.approx((plain.r, plain.alpha), rel=1e-3)
    assert len(plain.expected_purchases(4, *map(kind, columns))) == 60


def test_whole_numbers_of_numpy_and_one_age_for_all_are_taken():
    x = np.array([0, 1, 3], dtype=np.int8)
    assert fit_bgnbd(x, [0, 2, 3], np.int64(9)).r == fit_bgnbd([0, 1, 3], [0, 2, 3], [9, 9, 9]).r


MODEL, SPEND = BgNbd(0.243, 4.414, 0.793, 2.426), GammaGamma(6.25, 3.74, 15.44)


@pytest.mark.parametrize(
    "call",
    [
        lambda: fit_bgnbd([1, 2], [3, 4], [5, 6, 7]),
        lambda: fit_bgnbd([1, 2], [3], [5, 6]),
        lambda: fit_bgnbd([[1], [2]], [[3, 4]], [5, 6, 7]),
        lambda: fit_bgnbd(["many"], [3], [5]),
        lambda: MODEL.probability_alive([1, 2], [3, 4], [5]),
        lambda: MODEL.expected_purchases([4, 8, 12], [1, 2], [3, 4], [5, 6]),
        lambda: fit_gamma_gamma([1, 2, 3], [5.0, 6.0]),
        lambda: SPEND.expected_spend([1, 2], [5.0]),
        lambda: customer_lifetime_value(MODEL, SPEND, [1, 2], [3, 4], [5, 6], [7.0]),
        lambda: simple_clv([1.0, 2.0], [1.0, 2.0, 3.0]),
        lambda: BgNbd(-1, 4.414, 0.793, 2.426),
        lambda: BgNbd(0.243, 4.414, 0.793, np.inf),
        lambda: GammaGamma(6.25, 0, 15.44),
    ],
)
def test_columns_of_different_lengths_and_impossible_parameters_are_refused(call):
    with pytest.raises(UsageError, match="CLV"):
        call()


@pytest.mark.filterwarnings("error")
def test_a_time_ahead_without_an_end_or_before_now_is_unknown():
    ahead = MODEL.expected_purchases([np.inf, -1, 39], 2, 30.43, 38.86)
    assert np.isnan(ahead).tolist() == [True, True, False]


def test_a_hole_of_the_closed_form_next_to_zero_is_answered():
    nearly = BgNbd(1.00002, 4.0, 0.00002, 1.0)  # r − a is 1, and a is smaller than any step aside
    assert np.isfinite(nearly.expected_purchases(4, 5, 3.0, 3.0))


def test_a_customer_who_returned_more_than_he_bought_spends_like_one_who_bought_for_nothing():
    assert SPEND.expected_spend([1, 1], [-5, 0]).tolist() == [SPEND.expected_spend(1, 0).item()] * 2


def _simulated(r: float, alpha: float, a: float, b: float, ages: np.ndarray) -> tuple[np.ndarray, ...]:
    random = np.random.default_rng(int(1000 * r + a))
    histories_ = []
    for age in ages:
        rate, dropout, now, x, last = random.gamma(r, 1 / alpha), random.beta(a, b), 0.0, 0, 0.0
        while x < 500 and (now := now + random.exponential(1 / max(rate, 1e-9))) <= age:
            x, last = x + 1, now
            if random.random() < dropout:
                break
        histories_.append((x, last, age))
    return tuple(np.array(histories_, dtype=float).T)


@pytest.mark.parametrize("prior", [True, False])
@pytest.mark.parametrize(
    ("truth", "ages"),
    [
        ((0.5, 6.0, 0.9, 1.6), np.linspace(10, 40, 300)),  # the published MBG/NBD parameters
        ((5.0, 1.0, 0.05, 9.0), np.linspace(10, 40, 100)),  # nobody leaves
        ((5.0, 1.0, 9.0, 0.2), np.linspace(10, 40, 100)),  # everybody leaves at once
        ((0.02, 50.0, 1.0, 1.0), np.linspace(10, 40, 200)),  # hardly anybody comes back
        ((1.0, 300.0, 0.7, 2.0), np.linspace(1000, 9000, 150)),  # decades, in days
        ((0.8, 6.0, 0.6, 2.0), np.full(12, 26.0)),  # a dozen of one age
        ((0.8, 0.01, 0.6, 2.0), np.linspace(0.01, 0.2, 100)),  # fractions of a unit
    ],
)
def test_odd_populations_have_a_defined_fit_and_possible_forecasts(truth, ages, prior):
    past = _simulated(*truth, ages)
    model = fit_bgnbd(*past) if prior else fit_bgnbd(*past, prior=None)
    assert np.isfinite([model.r, model.alpha, model.a, model.b, model.log_likelihood]).all()
    assert "not_converged" not in model.notes
    at_truth = BgNbd(*truth)
    alive, ahead = model.probability_alive(*past), model.expected_purchases(ages.mean(), *past)
    assert ((alive >= 0) & (alive <= 1) & np.isfinite(ahead) & (ahead >= 0)).all()
    if not prior:  # the optimum is at least as likely as the truth
        assert model.log_likelihood >= _likelihood(at_truth, *past) - 1e-6 * len(ages)


def _likelihood(model: BgNbd, x: np.ndarray, tx: np.ndarray, age: np.ndarray) -> float:
    """Fader, Hardie and Lee 2005, equation 6, written out customer by customer."""
    from scipy.special import gammaln

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    total = 0.0
    for n, last, whole in zip(x, tx, age, strict=True):
        first = gammaln(r + n) - gammaln(r) + r * np.log(alpha)
        second = gammaln(a + b) + gammaln(b + n) - gammaln(b) - gammaln(a + b + n)
        third = -(r + n) * np.log(alpha + whole)
        fourth = np.log(a) - np.log(b + n - 1) - (r + n) * np.log(alpha + last) if n else -np.inf
        total += first + second + np.logaddexp(third, fourth)
    return float(total)
