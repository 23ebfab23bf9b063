"""Order files beside workbooks: their rows are read as on a sheet, and what is left out or in doubt is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from crmsheet.batch.result import BatchResult, remarks
from crmsheet.labels import Labels
from tests.batch.test_batch import run
from tests.batch.workbooks import company, record, write_book

COLUMNS = ["customer_id", "order_id", "order_date", "amount", "customer_name"]
ODD = [
    ("c202600001", "O1", "2026-10-01", "100", None),
    ("Ｃ202600002", "O2", "2026-10-02", "200", None),
    (" C2026 00003 ", "O3", "2026/10/3", "¥1,300.50", None),
    ("C202600004", "O4", "20261004", "4万", None),
    ("C202600005", "O5", "不详", "500", None),
    ("C202600005", "O6", "2026-10-06", "面议", None),
    ("", "O7", "2026-10-07", "700", company(6)),
    (None, "O8", "2026-10-08", "800", company(3)),
    ("无", "O8", "2026-10-08", "800", None),
    ("C202600000", "O9", "2027-12-01", "900", None),
    ("C202600000", "O9", "2026-10-09", "900", None),
    ("C202600000", "O9", "2026-10-09", "900", None),
    ("C202600000", "O10", None, "1000", None),
    ("C202600000", "O11", "2026-10-11", None, None),
    ("C202600000", "O12", "2026-10-12", "-50", None),
]  # fmt: skip


def _customers() -> list[dict[str, Any]]:
    return [
        *(record(number, company(number)) for number in range(6)),
        {**record(6, company(6)), "customer_id": None},
    ]


def _money(result: BatchResult) -> pd.DataFrame:
    return (
        result.table("customers")
        .set_index("customer")[["amount_total", "amount_12m", "frequency", "recency_days"]]
        .sort_index()
    )


def test_rows_of_an_order_file_count_as_those_of_a_sheet(tmp_path: Path) -> None:
    orders = pd.DataFrame(ODD, columns=COLUMNS, dtype=object)
    orders.to_parquet(tmp_path / "o.parquet")
    write_book(tmp_path / "a.xlsx", records=_customers())
    write_book(tmp_path / "b.xlsx", records=_customers(), orders=orders.to_dict("records"))
    file = run(tmp_path / "a.xlsx", tmp_path / "file", orders=tmp_path / "o.parquet")
    sheet = run(tmp_path / "b.xlsx", tmp_path / "sheet")
    pd.testing.assert_frame_equal(_money(file), _money(sheet))
    told = ["order_id", "order_date", "amount", "order_state", "net_amount", "duplicate_of_row"]
    rows = [one.table("orders").sort_values("source_row", ignore_index=True) for one in (file, sheet)]
    pd.testing.assert_frame_equal(rows[0][told], rows[1][told])
    unread = rows[0][["order_date_text", "amount_text"]].melt()["value"].dropna()
    assert unread.tolist() == ["不详", "面议"]
    counts = file.order_files.iloc[0].drop("file")
    with duckdb.connect(str(file.folder / "batch.duckdb"), read_only=True) as database:
        rows = "SELECT reason, count(DISTINCT source_row) FROM order_issues GROUP BY ALL"
        by_row = dict(database.execute(rows).fetchall())
    assert by_row == {
        code: n for code, n in counts.items() if n and code not in ("rows", "in_workbooks", "unclear_id")
    }
    assert counts[counts > 0].to_dict() == {
        "rows": 15, "no_customer": 1, "no_date": 2, "future": 1, "no_amount": 2, "repeated": 1,
    }  # fmt: skip
    assert len(remarks(file, Labels.load())) == 4
    both = run(tmp_path / "b.xlsx", tmp_path / "both", orders=tmp_path / "o.parquet")
    assert both.order_files["in_workbooks"].tolist() == [0, 9]
    assert both.summary()["orders"]["in_workbooks"] == 9 and both.complete
    assert (_money(both)["amount_total"] == 2 * _money(file)["amount_total"]).all()


REFUNDS = [  # order id, amount, whether marked, what it adds
    ("O1", 1000.0, False, 1000.0),
    ("O1", 40.0, True, -40.0),
    (None, 50.0, True, -50.0),
    ("R7", 60.0, True, 0.0),
    ("R8", -70.0, True, -70.0),
    ("R9", -80.0, False, -80.0),
]


def test_a_refund_that_pays_nothing_back_is_counted_0_and_told(tmp_path: Path) -> None:
    orders = pd.DataFrame(REFUNDS, columns=["order_id", "amount", "is_refund", "adds"])
    orders = orders.assign(
        customer_id="C202600001", order_date=pd.date_range("2026-10-01", periods=len(orders))
    )
    adds = orders.pop("adds").tolist()
    orders.to_parquet(tmp_path / "o.parquet")
    write_book(tmp_path / "a.xlsx", records=_customers())
    write_book(tmp_path / "b.xlsx", records=_customers(), orders=orders.to_dict("records"))
    file = run(tmp_path / "a.xlsx", tmp_path / "file", orders=tmp_path / "o.parquet")
    assert file.table("orders").sort_values("source_row")["net_amount"].tolist() == adds
    pd.testing.assert_frame_equal(_money(file), _money(run(tmp_path / "b.xlsx", tmp_path / "sheet")))
    counts = file.order_files.iloc[0].drop("file")
    assert counts[counts > 0].to_dict() == {"rows": 6, "unmatched_refund": 1}
    with duckdb.connect(str(file.folder / "batch.duckdb"), read_only=True) as database:
        told = database.execute("SELECT reason, order_id FROM order_issues").fetchall()
    assert told == [("unmatched_refund", "R7")]
    assert "1 行标为退款" in remarks(file, Labels.load())[0]


def test_an_id_of_two_companies_is_told_apart_by_the_names_of_the_orders(tmp_path: Path) -> None:
    first, other = "北京恒达科技有限公司", "上海远景商贸有限公司"
    write_book(tmp_path / "in" / "a.xlsx", records=[record(1, first, customer_id="C1")])
    write_book(tmp_path / "in" / "b.xlsx", records=[record(1, other, customer_id="C1")])
    names = [first, other, "远景商贸（上海）公司", None, "成都博瑞食品有限公司"]
    facts = {"customer_id": "C1", "order_date": pd.Timestamp("2026-10-01"), "customer_name": names}
    orders = pd.DataFrame({**facts, "amount": [1.0, 20.0, 300.0, 4000.0, 50_000.0]})
    orders.to_parquet(tmp_path / "o.parquet")
    result = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "o.parquet")
    money = result.table("customers").set_index("customer_name")["amount_total"]
    assert money.to_dict() == {first: 54_001.0, other: 320.0}
    assert result.order_files["unclear_id"].tolist() == [2]
    orders.drop(columns="customer_name").to_parquet(tmp_path / "o.parquet")
    result = run(tmp_path / "in", tmp_path / "out", orders=tmp_path / "o.parquet")
    assert result.order_files["unclear_id"].tolist() == [5]
    assert any("5" in said for said in remarks(result, Labels.load()))


def test_columns_keep_their_types_whatever_the_types_of_the_files(tmp_path: Path) -> None:
    write_book(tmp_path / "a.xlsx", records=_customers())
    (tmp_path / "orders").mkdir()
    texts = pd.DataFrame(ODD[:4], columns=COLUMNS)
    texts.to_parquet(tmp_path / "orders" / "a.parquet")
    typed = texts.assign(order_date=pd.Timestamp("2026-10-01"), amount=1.5, customer_id=7)
    typed.to_parquet(tmp_path / "orders" / "b.parquet")
    orders = run(tmp_path / "a.xlsx", tmp_path / "out", orders=tmp_path / "orders").table("orders")
    assert [orders[name].dtype.kind for name in ("order_date", "amount")] == ["M", "f"]
    assert orders["amount"].sum() == 100 + 200 + 1300.5 + 40_000 + 4 * 1.5
