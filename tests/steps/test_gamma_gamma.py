"""Gamma-Gamma: agreement with the published note, and what is done where the model has no mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from order_samples import cdnow_sample, published, published_parameters

from crmsheet.steps.clv import GammaGamma, fit_gamma_gamma

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def cdnow() -> pd.DataFrame:
    return cdnow_sample()


@pytest.mark.parametrize(("quantity", "value"), published_parameters("gg"))
def test_gamma_gamma_meets_every_published_parameter(cdnow, quantity, value):
    model = fit_gamma_gamma(cdnow["frequency"], cdnow["monetary_value"])
    names = {"gamma": "v", "LL": "log_likelihood"}
    assert getattr(model, names.get(quantity, quantity)) == pytest.approx(value, rel=0.01)
    assert model.notes == ()


def test_spend_of_ten_customers_meets_note_025(cdnow):
    rows = published()[published()["dataset"].str.startswith("cdnow customer")]
    first_ten = cdnow.iloc[:10]
    found = GammaGamma(6.25, 3.74, 15.44).expected_spend(first_ten["frequency"], first_ten["monetary_value"])
    np.testing.assert_allclose(found, rows["value"], atol=0.1)


def test_an_infinite_mean_falls_back_to_the_shrunk_mean():
    model = GammaGamma(2.0, 0.9, 50.0, population_mean=100.0)
    assert model.expected_spend([3, 0], [200.0, 0.0]).tolist() == [175.0, 100.0]
    assert np.isfinite(GammaGamma(2.0, 0.9, 50.0).expected_spend(0, 0.0))


def test_notes_of_the_spend_model():
    x = np.arange(1, 61)
    assert "spend_follows_frequency" in fit_gamma_gamma(x, x * 10.0).notes
    assert "spend_falls_with_frequency" in fit_gamma_gamma(x, 1000.0 - x * 10.0).notes
    assert fit_gamma_gamma(x, np.where(x == 3, -5.0, 100.0)).notes[:1] == ("spend_excluded",)
    assert fit_gamma_gamma([], []).notes == ("no_spend", "indicative")
    assert np.isnan(fit_gamma_gamma([], []).expected_spend(0, 0.0))
