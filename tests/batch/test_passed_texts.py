"""Frames that pass from one stage to the next come out cell by cell as they went in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from crmsheet.batch.parts import arrow_table, stow, stowed
from crmsheet.batch.passed_texts import keep_frame, kept_frame, texts_of, unchanged

COLUMNS = {
    "texts": ["a", "b", "a"],
    "gaps": ["a", None, ""],
    "none": [None, None, None],
    "nan": [np.nan, np.nan, np.nan],
    "both": ["a", None, np.nan],
    "nan first": [np.nan, "a", "b"],
    "lists": [("a", "b"), (), ("c",)],
    "answers": [True, None, False],
    "mixed": ["a", 1, 2.5],
    "days": [pd.Timestamp("2026-01-02"), pd.NaT, None],
}


@pytest.fixture
def frame() -> pd.DataFrame:
    columns = {name: pd.Series(cells, dtype=object) for name, cells in COLUMNS.items()}
    columns |= {
        "number": pd.Series([1.5, np.nan, 2]),
        "whole": pd.Series([1, 2, 3]),
        "text": pd.Series(["x", None, "y"]),
    }
    made = pd.DataFrame(columns)[["number", *COLUMNS, "whole", "text"]]
    return made.set_axis(pd.Index(["K1", "K2", "K3"], dtype=object, name="customer"))


@pytest.mark.parametrize("rows", [3, 0])
def test_a_kept_frame_is_what_it_was(frame: pd.DataFrame, rows: int, tmp_path: Path) -> None:
    given = frame.head(rows)
    keep_frame(given, tmp_path / "texts", tmp_path / "rest")
    found, _ = kept_frame(tmp_path / "texts", tmp_path / "rest")
    pd.testing.assert_frame_equal(found, given)
    for name in given:  # None and NaN are equal to pandas
        assert [type(cell) for cell in found[name]] == [type(cell) for cell in given[name]], name


def test_only_texts_go_as_texts(frame: pd.DataFrame, tmp_path: Path) -> None:
    keep_frame(frame, tmp_path / "texts", tmp_path / "rest")
    _, texts = kept_frame(tmp_path / "texts", tmp_path / "rest")
    assert texts.column_names == ["texts", "gaps", "none", "nan"]


def test_the_table_is_the_same_whether_texts_are_made_anew_or_not(
    frame: pd.DataFrame, tmp_path: Path
) -> None:
    keep_frame(frame, tmp_path / "texts", tmp_path / "rest")
    before, texts = kept_frame(tmp_path / "texts", tmp_path / "rest")
    after = before.assign(gaps=["a", "new", ""], tier="high_value").drop(columns="none")
    known = unchanged(texts, before, after)
    assert known.column_names == ["texts", "nan"]
    table, types = arrow_table(after, coded=True, known=known)
    anew, expected = arrow_table(after, coded=True)
    assert types == expected
    assert table.to_pydict() == anew.to_pydict()
    assert table.schema == anew.schema


def test_texts_of_several_parts_are_published_as_they_stand(tmp_path: Path) -> None:
    coded = [pa.array(cells).dictionary_encode() for cells in (["a", None], ["b", "a"])]
    texts = texts_of(
        pa.table({"need": pa.chunked_array(coded), "row": [1, 2, 3, 4], "note": ["x", "y", "x", None]})
    )
    assert texts.column_names == ["need"]
    frame = pd.DataFrame({"need": pd.Series(["a", None, "b", "a"], dtype=object)})
    table, types = arrow_table(frame, coded=True, known=unchanged(texts, frame, frame))
    stow(table, tmp_path / "needs")
    assert types == {"need": "string"}
    assert stowed(tmp_path / "needs").to_pydict() == {"need": ["a", None, "b", "a"]}
