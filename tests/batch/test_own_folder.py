"""What a batch may touch, and what it makes of order files and names that others chose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.batch.executors import Serial
from crmsheet.batch.files import find_sources
from crmsheet.batch.result import BatchResult
from crmsheet.batch.setup import Setup, read_setup
from crmsheet.book.locks import exclusive
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.data import speaking
from crmsheet.errors import BatchInUse, TargetExists, UsageError
from crmsheet.labels import Labels
from tests.batch.workbooks import AS_OF, order_rows, write_group


def run(paths: object, out: Path, **options: object) -> BatchResult:
    return crm.batch(paths, out=out, as_of=AS_OF, **{"engine": Serial(), **options})


def test_a_folder_of_ones_own_is_never_taken(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    mine = tmp_path / "out" / "orders" / "mine.parquet"
    mine.parent.mkdir(parents=True)
    order_rows(2, 5).to_parquet(mine)
    for resume in (False, True):
        with pytest.raises(TargetExists):
            run(tmp_path / "in", tmp_path / "out", resume=resume)
        with pytest.raises(UsageError, match="out"):
            run(tmp_path / "in", tmp_path / "out", resume=resume, orders=mine.parent)
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [mine]
    with exclusive(tmp_path / "other"), pytest.raises(BatchInUse, match="另一次批量汇总"):
        run(tmp_path / "in", tmp_path / "other")


def test_results_never_go_where_the_workbooks_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (book,) = write_group(tmp_path / "in", 1, 2)
    monkeypatch.chdir(tmp_path)
    for given, out in (("in", "in"), ("in", "."), ("in/**/*.xlsx", ".")):
        with pytest.raises(UsageError, match=f"{book.name}.*结果文件夹"):
            run(given, Path(out))
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [book]


def test_summaries_of_earlier_batches_are_no_workbooks_of_the_team(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    first = run(tmp_path / "in", tmp_path / "in" / "汇总")
    (summary,) = first.folder.glob("*.xlsx")
    (first.folder / f"{summary.stem} 上月.xlsx").write_bytes(summary.read_bytes())
    assert run(tmp_path / "in", first.folder).files["state"].tolist() == ["read"]
    (tmp_path / "in" / "发给领导.xlsx").write_bytes(summary.read_bytes())
    other = run(tmp_path / "in", tmp_path / "other")
    assert other.files["state"].tolist() == ["read", "skipped", "skipped", "skipped"]
    assert other.complete and "以前的批量汇总" in other.skipped["message"].iloc[0]
    again = run(tmp_path / "in", tmp_path / "other", resume=True)
    assert again.files["state"].tolist() == ["kept", "skipped", "skipped", "skipped"]


def test_nothing_of_an_earlier_run_stays(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    order_rows(2, 5).to_parquet(tmp_path / "orders.parquet")
    first = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
    assert (first.folder / "orders").exists()
    (first.folder / "mine.txt").write_text("mine")
    with speaking("en"):
        again = run(tmp_path / "in", tmp_path / "out")
    assert not (again.folder / "orders").exists() and (again.folder / "mine.txt").exists()
    assert len(list(again.folder.glob("*.xlsx"))) == 1


def test_a_second_run_is_judged_by_its_own_day(tmp_path: Path) -> None:
    place = tmp_path / "setup.pkl"
    for day in (AS_OF, AS_OF.replace(month=6)):
        Setup(crm.Rules.load(), day).write(place)
        assert read_setup(place).as_of == day


def test_a_blank_template_alone_and_a_name_with_brackets(tmp_path: Path) -> None:
    book = tmp_path / "a[1].xlsx"
    write_new(book, template(labels=Labels.load(), rules_rows=[], tables={}))
    assert [one.path for one in find_sources(book)] == [book]
    copy = tmp_path / "[2026]" / "b.xlsx"
    copy.parent.mkdir()
    copy.write_bytes(book.read_bytes())
    assert [one.path for one in find_sources(copy.parent / "*.xlsx")] == [copy]
    result = run(book, tmp_path / "out")
    assert result.balanced and result.rows["customers"] == 0


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "+08:00"])
def test_amounts_as_text_ids_as_numbers_and_days_with_a_zone(tmp_path: Path, zone: str) -> None:
    write_group(tmp_path / "in", 1, 2)
    (tmp_path / "orders").mkdir()
    rows = order_rows(2, 3).assign(order_date=pd.Timestamp("2026-01-01"))
    texts = rows.assign(amount=["1万", "2,000", "3"], customer_id="C202600001")
    texts.to_parquet(tmp_path / "orders" / "a.parquet")
    days = pd.to_datetime(["2026-01-01 00:30"] * 3).tz_localize("Asia/Shanghai").tz_convert(zone)
    numbers = rows.assign(amount=[100.5, 200.0, 300.0], customer_id=[1001.0, 1002.0, 1.0], order_date=days)
    numbers.to_parquet(tmp_path / "orders" / "b.parquet")
    more = rows.assign(amount=[100.5, 0.0, 1000.0], customer_id="C202600001", order_id=["x", "y", "z"])
    more.to_parquet(tmp_path / "orders" / "c.parquet")
    result = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders")
    customers, found = result.table("customers").set_index("customer"), result.table("orders")
    assert customers["amount_total"]["C202600001"] == 10_000 + 2_000 + 3 + 1_100.5
    numbers = found[found["customer"].isin(["1001", "1002", "1"])]
    assert pd.to_datetime(numbers["order_date"]).dt.date.astype(str).tolist() == ["2026-01-01"] * 3


def test_refunds_may_be_said_in_words(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    rows = order_rows(2, 4).assign(customer_id="C202600001", is_refund=["是", "否", None, "YES"])
    rows.to_parquet(tmp_path / "orders.parquet")
    found = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet").table("orders")
    marks = found.set_index("order_id")["is_refund"].reindex(rows["order_id"])
    assert marks.isin([True]).tolist() == [True, False, False, True]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("order_date", [20260101, 20260102]),
        ("amount", [True, False]),
        ("amount", [[1.0], [2.0]]),
        ("is_refund", ["是", "退款"]),
        ("customer_id", [b"x", b"y"]),
    ],
)
def test_a_column_of_another_type_is_refused(tmp_path: Path, column: str, values: list[Any]) -> None:
    write_group(tmp_path / "in", 1, 1)
    order_rows(2, 2).assign(**{column: values}).to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(UsageError, match=f"orders.parquet.*{column}"):
        run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
    order_rows(2, 2).assign(Amount=1.0).to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(UsageError, match="amount"):
        run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
    order_rows(2, 2).assign(File_Row_Number=1).to_parquet(tmp_path / "orders.parquet")
    with pytest.raises(UsageError, match="File_Row_Number"):
        run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "orders.parquet")
