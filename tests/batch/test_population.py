"""What all buckets decide together does not depend on how customers were dealt."""

from __future__ import annotations

import pandas as pd
import pytest

from crmsheet.batch import population
from crmsheet.batch.population import sampled


def test_the_models_see_the_same_customers_whatever_the_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(population, "MOST_FITTED", 50)
    names = [f"C{number:04d}" for number in range(400)]
    history = pd.DataFrame({"frequency": range(400)}, index=names)
    first = sampled(history)
    again = sampled(pd.concat([history[200:], history[:200].iloc[::-1]]))
    pd.testing.assert_frame_equal(first, again)
    assert len(first) == 50
    assert first.index.tolist() != names[:50]  # no part of the list is preferred
    assert len(sampled(history[:50])) == 50
