"""What all buckets decide together does not depend on how customers were dealt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from crmsheet.batch import population
from crmsheet.batch.population import by_part, in_order, sampled


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


@pytest.mark.parametrize("unseen", [np.nan, 0])
def test_customers_of_all_buckets_stand_as_files_name_them_and_get_back_to_their_bucket(
    unseen: float,
) -> None:
    """Those whom no sheet names, who share a place, by their key."""
    parts = {
        3: pd.DataFrame({"customer": ["d", "b", "y"], "first_seen": [4, 2, unseen]}),
        5: pd.DataFrame({"customer": ["x", "c", "a"], "first_seen": [unseen, 3, 1]}),
    }
    ordered = in_order(parts.values())
    named = [name for name in ordered["customer"] if name in "abcd"]
    assert named == ["a", "b", "c", "d"]
    assert "".join(ordered["customer"]).find("xy") == (0 if unseen == 0 else 4)
    ranks = pd.DataFrame({"rank": range(6)}, index=ordered.index)
    told = by_part(ranks, parts)
    for bucket, part in parts.items():
        assert told[bucket]["rank"].tolist() == [list(ordered["customer"]).index(n) for n in part["customer"]]
