"""Customers to contact are written once, for the table of customers and for the list of calls."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import crmsheet as crm
from crmsheet.batch.executors import Serial
from crmsheet.batch.parts import write_table
from crmsheet.batch.saving import share
from crmsheet.model import Setting
from tests.batch.workbooks import AS_OF, order_rows, write_group

CALLED = ["call_turn", "call_points", "due", "value_rank"]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By rules that let nobody call those who never ordered."""
    folder = tmp_path_factory.mktemp("calls")
    write_group(folder / "in", 2, 30)
    order_rows(20, 100).to_parquet(folder / "orders.parquet")
    rules = crm.Rules.load(settings=[Setting("tiers.prospect.cadence_days", 0, "", "")])
    given = {"orders": folder / "orders.parquet", "rules": rules, "engine": Serial(), "as_of": AS_OF}
    return crm.batch(folder / "in", out=folder / "out", **given).folder


def test_the_list_of_calls_has_all_who_are_due_in_the_order_of_calls(published: Path) -> None:
    customers, calls = pd.read_parquet(published / "customers"), pd.read_parquet(published / "followups")
    assert 0 < len(calls) < len(customers) == 60
    due = customers[customers["due"].notna()]
    assert sorted(calls["customer"]) == sorted(due["customer"])
    assert calls[CALLED].equals(calls[CALLED].sort_values(CALLED, kind="stable"))
    assert list(calls) == list(customers)


def test_a_part_of_both_is_one_file_on_the_disk(published: Path) -> None:
    for part in (published / "followups").iterdir():
        assert part.samefile(published / "customers" / part.name)


def test_where_the_disk_has_no_links_the_file_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    (tmp_path / "a").write_bytes(b"rows")
    share(tmp_path / "a", tmp_path / "folder" / "b")
    assert (tmp_path / "folder" / "b").read_bytes() == b"rows"
    assert not (tmp_path / "a").samefile(tmp_path / "folder" / "b")
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["b"]


@pytest.mark.parametrize("held", ["texts", "dictionaries"])
def test_texts_that_hardly_repeat_are_no_dictionary_on_the_disk(tmp_path: Path, held: str) -> None:
    texts = {"name": [f"公司{n}的名称" for n in range(9_000)], "state": ["open", "done", None] * 3_000}
    table = pa.table({name: pa.array(cells) for name, cells in texts.items()})
    if held == "dictionaries":
        table = pa.table({name: table[name].dictionary_encode() for name in texts})
    write_table(table, tmp_path / "part.parquet")
    assert pq.read_table(tmp_path / "part.parquet").to_pydict() == texts
    columns = pq.read_metadata(tmp_path / "part.parquet").row_group(0)
    sizes = [columns.column(place).total_uncompressed_size for place in (0, 1)]
    plain = sum(len(text.encode()) + 4 for text in texts["name"])
    assert sizes[0] < 1.2 * plain and sizes[1] < 9_000
