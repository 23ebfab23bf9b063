"""Tables on their way to Parquet are what a single workbook exports."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from crmsheet.batch.parts import arrow_table, plain, read_table, write_table
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
        [("a", "b"), (), ("a", "b")],
        [(1,), (True,), ("1",)],
        [(["a"],), ("a",)],
        [pd.Timestamp("2026-01-01"), None],
    ],
)
def test_a_column_that_arrow_reads_by_itself_is_the_typed_one(cells: list[Any]) -> None:
    frame = pd.DataFrame({"cells": pd.Series(cells, dtype=object)})
    table, types = arrow_table(frame)
    coded, coded_types = arrow_table(frame, coded=True)
    assert coded["cells"].to_pylist() == table["cells"].to_pylist() and coded_types == types
    expected = pa.array(typed(frame)["cells"], from_pandas=True)
    assert table["cells"].to_pylist() == expected.to_pylist()
    assert pa.types.is_boolean(table["cells"].type) == pa.types.is_boolean(expected.type)


def test_parts_of_other_types_and_dictionaries_are_read_as_one(tmp_path: Path) -> None:
    texts, numbers, without = (tmp_path / f"{name}.parquet" for name in "abc")
    write_table(pa.table({"said": ["x", None, "y"], "n": [1, 2, 3]}), texts)
    write_table(pa.table({"said": [5, 6], "n": [4, None]}), numbers)
    write_table(pa.table({"n": [7]}), without)
    table = read_table([texts, numbers, without], {"said": "string", "n": "double"})
    assert table.to_pydict() == {"said": ["x", None, "y", "5", "6", None], "n": [1, 2, 3, 4, None, 7]}
    assert plain(table)["said"].tolist() == ["x", None, "y", "5", "6", None]


def test_equal_texts_are_one_object() -> None:
    cells = ["one of many", None, "another", "one of many"]
    for kind in (pa.string(), pa.dictionary(pa.int32(), pa.string())):
        frame = plain(
            pa.table({"said": pa.chunked_array([pa.array(cells, kind), pa.array(cells[:1], kind)])})
        )
        assert frame["said"].tolist() == [*cells, cells[0]]
        assert frame["said"].dtype == object
        assert frame["said"][0] is frame["said"][3] is frame["said"][4]


def test_a_file_says_nothing_of_dictionaries(tmp_path: Path) -> None:
    """Else pandas would read categories, or texts, as the memory of a worker happened to hold them."""
    path = tmp_path / "part.parquet"
    write_table(pa.table({"said": pa.array(["x", None, "x"]).dictionary_encode()}), path)
    assert pq.read_table(path).schema.field("said").type == pa.string()
