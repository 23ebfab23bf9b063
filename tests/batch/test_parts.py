"""Tables on their way to Parquet are what a single workbook exports."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmsheet.batch.parts import arrow_table
from crmsheet.exchange.typed import typed


@pytest.mark.parametrize(
    "cells",
    [
        ["a", None, np.nan, pd.NaT, pd.NA],
        [True, None],
        [*np.array([True, False])],
        [None, None],
        [],
        [1, True],
        ["a", 1, True],
        [1, 2.5, None],
        [date(2026, 1, 1), None],
        [("a", "b"), ()],
        [pd.Timestamp("2026-01-01"), None],
    ],
)
def test_a_column_that_arrow_reads_by_itself_is_the_typed_one(cells: list[Any]) -> None:
    frame = pd.DataFrame({"cells": pd.Series(cells, dtype=object)})
    table, _ = arrow_table(frame)
    expected = pa.array(typed(frame)["cells"], from_pandas=True)
    assert table["cells"].to_pylist() == expected.to_pylist()
    assert pa.types.is_boolean(table["cells"].type) == pa.types.is_boolean(expected.type)
