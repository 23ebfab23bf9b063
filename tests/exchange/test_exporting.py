"""Typed tables for other programs: every format holds what the result holds."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.errors import NoCustomerTable, TargetExists, UsageError
from crmsheet.exchange import export_workbook
from tests.workbooks import S0_ROWS, record, write_records

AS_OF = "2024-03-18"


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    rows = [*S0_ROWS, record(客户编号="C2024003", 客户名称="苏州木禾测试有限公司")]
    path = write_records(tmp_path / "客户.xlsx", rows)
    book = openpyxl.load_workbook(path)
    cell = book.active["P4"]
    cell.value, cell.data_type = '=HYPERLINK("http://example.com")', "s"  # typed as text
    book.save(path)
    return path


def read(kind: str, out: Path, table: str) -> pd.DataFrame:
    if kind == "csv":
        return pd.read_csv(out / f"{table}.csv")
    if kind == "parquet":
        return pd.read_parquet(out / f"{table}.parquet")
    if kind == "sqlite":
        connection = sqlite3.connect(out)
        frame = pd.read_sql(f"SELECT * FROM {table}", connection)
        connection.close()
        return frame
    with duckdb.connect(str(out), read_only=True) as found:
        return found.execute(f"SELECT * FROM {table}").df()


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite", "duckdb"])
def test_every_format_holds_the_result(tmp_path: Path, workbook: Path, kind: str) -> None:
    rows = export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF)  # type: ignore[arg-type]
    result = crm.analyze_workbook(workbook, as_of=AS_OF)
    assert rows["customers"] == len(result.customers) == 3
    for table, count in rows.items():
        if count:
            assert len(read(kind, tmp_path / "out", table)) == count
    customers = read(kind, tmp_path / "out", "customers")
    assert customers["customer_id"].tolist() == result.customers["customer_id"].tolist()
    assert pd.to_datetime(customers["due"]).tolist() == pd.to_datetime(result.customers["due"]).tolist()
    assert not list(tmp_path.glob(".~crm-*"))


@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
def test_days_are_days_and_numbers_are_numbers(tmp_path: Path, workbook: Path, kind: str) -> None:
    export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF)  # type: ignore[arg-type]
    customers = read(kind, tmp_path / "out", "customers")
    assert pd.api.types.is_datetime64_any_dtype(customers["due"])
    assert pd.api.types.is_numeric_dtype(customers["overdue_days"])


def test_csv_opened_in_a_spreadsheet_calculates_nothing(tmp_path: Path, workbook: Path) -> None:
    export_workbook(workbook, tmp_path / "out", to="csv", as_of=AS_OF)
    remarks = read("csv", tmp_path / "out", "customers")["remark"].dropna()
    assert remarks.str.startswith("'=HYPERLINK").sum() == 1 and not remarks.str.startswith("=").any()
    assert (tmp_path / "out" / "customers.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_columns_may_carry_their_labels(tmp_path: Path, workbook: Path) -> None:
    export_workbook(workbook, tmp_path / "out", to="csv", as_of=AS_OF, headers="label")
    columns = read("csv", tmp_path / "out", "customers").columns
    assert {"客户编号", "客户名称"} <= set(columns) and columns.is_unique


def test_an_earlier_export_is_replaced_only_on_request_and_only_by_a_whole_one(
    tmp_path: Path, workbook: Path
) -> None:
    out = tmp_path / "out"
    export_workbook(workbook, out, to="csv", as_of=AS_OF)
    before = (out / "customers.csv").read_bytes()
    with pytest.raises(TargetExists):
        export_workbook(workbook, out, to="csv", as_of=AS_OF)
    (tmp_path / "空.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with pytest.raises(NoCustomerTable):
        export_workbook(tmp_path / "空.csv", out, to="csv", replace=True)
    assert (out / "customers.csv").read_bytes() == before
    export_workbook(workbook, out, to="csv", as_of=AS_OF, replace=True)
    with pytest.raises(UsageError, match="parquet"):
        export_workbook(workbook, tmp_path / "x", to="json")  # type: ignore[arg-type]
