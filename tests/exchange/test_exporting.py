"""Typed tables for other programs: every format holds what the result holds."""

from __future__ import annotations

import errno
import os
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.book.locks import lock_file
from crmsheet.book.save import draft_prefix
from crmsheet.errors import (
    DiskFull,
    NoCustomerTable,
    NotAnExport,
    TargetExists,
    TargetNotWritable,
    UsageError,
    WriteError,
)
from crmsheet.exchange import export_workbook, exports
from tests.workbooks import S0_ROWS, record, write_records

AS_OF = "2024-03-18"


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    rows = [*S0_ROWS, record(客户编号="C2024003", 客户名称="苏州木禾测试有限公司")]
    path = write_records(tmp_path_factory.mktemp("content") / "客户.xlsx", rows)
    book = openpyxl.load_workbook(path)
    cell = book.active["P4"]
    cell.value, cell.data_type = '=HYPERLINK("http://example.com")', "s"  # typed as text
    book.save(path)
    return path.read_bytes()


@pytest.fixture
def workbook(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "客户.xlsx"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> crm.Result:
    path = tmp_path_factory.mktemp("result") / "客户.xlsx"
    path.write_bytes(content)
    return crm.analyze_workbook(path, as_of=AS_OF)


@pytest.fixture
def analyzed(monkeypatch: pytest.MonkeyPatch, result: crm.Result) -> None:
    """Analyzed once: what is tested here is what becomes of the result."""
    monkeypatch.setattr(exports, "analyze_workbook", lambda *_, **__: result)


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


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite", "duckdb"])
@pytest.mark.usefixtures("analyzed")
def test_every_format_holds_the_result(tmp_path: Path, workbook: Path, result: crm.Result, kind: str) -> None:
    rows = export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF)  # type: ignore[arg-type]
    assert rows["customers"] == len(result.customers) == 3
    for table, count in rows.items():
        if count:
            assert len(read(kind, tmp_path / "out", table)) == count
    customers = read(kind, tmp_path / "out", "customers")
    assert customers["customer_id"].tolist() == result.customers["customer_id"].tolist()
    assert pd.to_datetime(customers["due"]).tolist() == pd.to_datetime(result.customers["due"]).tolist()
    assert not list(tmp_path.glob(".~crm-*"))


@pytest.mark.usefixtures("analyzed")
@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
def test_days_are_days_and_numbers_are_numbers(tmp_path: Path, workbook: Path, kind: str) -> None:
    export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF)  # type: ignore[arg-type]
    customers = read(kind, tmp_path / "out", "customers")
    assert pd.api.types.is_datetime64_any_dtype(customers["due"])
    assert pd.api.types.is_numeric_dtype(customers["overdue_days"])


@pytest.mark.usefixtures("analyzed")
def test_csv_opened_in_a_spreadsheet_calculates_nothing(tmp_path: Path, workbook: Path) -> None:
    export_workbook(workbook, tmp_path / "out", to="csv", as_of=AS_OF)
    remarks = read("csv", tmp_path / "out", "customers")["remark"].dropna()
    assert remarks.str.startswith("'=HYPERLINK").sum() == 1 and not remarks.str.startswith("=").any()
    assert (tmp_path / "out" / "customers.csv").read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.usefixtures("analyzed")
def test_columns_may_carry_their_labels(tmp_path: Path, workbook: Path) -> None:
    export_workbook(workbook, tmp_path / "out", to="csv", as_of=AS_OF, headers="label")
    columns = read("csv", tmp_path / "out", "customers").columns
    assert {"客户编号", "客户名称"} <= set(columns) and columns.is_unique


def test_an_earlier_export_is_replaced_only_on_request_and_only_by_a_whole_one(
    tmp_path: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch, result: crm.Result
) -> None:
    out = tmp_path / "out"
    (tmp_path / "空.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    with monkeypatch.context() as patch:
        patch.setattr(exports, "analyze_workbook", lambda *_, **__: result)
        export_workbook(workbook, out, to="csv", as_of=AS_OF)
        before = (out / "customers.csv").read_bytes()
        with pytest.raises(TargetExists):
            export_workbook(workbook, out, to="csv", as_of=AS_OF)
    with pytest.raises(NoCustomerTable):
        export_workbook(tmp_path / "空.csv", out, to="csv", replace=True)
    assert (out / "customers.csv").read_bytes() == before
    monkeypatch.setattr(exports, "analyze_workbook", lambda *_, **__: result)
    for kind in ("sqlite", "duckdb", "parquet", "csv"):
        export_workbook(workbook, out, to=kind, as_of=AS_OF, replace=True)  # type: ignore[arg-type]
    assert (out / "customers.csv").read_bytes() == before
    with pytest.raises(UsageError, match="parquet"):
        export_workbook(workbook, tmp_path / "x", to="json")  # type: ignore[arg-type]


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as opened:
        opened.executescript("CREATE TABLE customers (name); CREATE TABLE my_deals (name);")


def foreign_duckdb(path: Path) -> None:
    with duckdb.connect(str(path)) as opened:
        opened.execute("CREATE VIEW my_view AS SELECT 1")


def folder_with(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.mkdir()
        (path / "customers.csv").write_text("x")
        (path / name).write_text("x")

    return make


@pytest.mark.usefixtures("analyzed")
@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda path: write_records(path, S0_ROWS), "mine"),
        (lambda path: path.write_text("notes"), "mine"),
        (lambda path: path.touch(), "mine"),
        (lambda path: path.write_bytes(b"SQLite format 3\0 cut off"), "mine"),
        (lambda path: path.write_bytes(b"12345678DUCK cut off"), "mine"),
        (foreign_database, "my_deals"),
        (foreign_duckdb, "my_view"),
        (folder_with("notes.txt"), "notes.txt"),
        (folder_with("issues.xlsx"), "issues.xlsx"),
        (folder_with("提案.csv"), "提案.csv"),
    ],
)
def test_what_no_export_wrote_is_never_replaced(
    tmp_path: Path, workbook: Path, make: Callable[[Path], object], found: str
) -> None:
    target = tmp_path / "mine"
    make(target)
    before = contents(tmp_path)
    with pytest.raises(NotAnExport) as refused:
        export_workbook(workbook, target, to="csv", as_of=AS_OF, replace=True)
    assert refused.value.found == found and refused.value.exit_code == 4
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("analyzed")
def test_the_workbook_and_folders_around_it_are_no_target(tmp_path: Path, workbook: Path) -> None:
    (tmp_path / "link.xlsx").symlink_to(workbook)
    os.link(workbook, tmp_path / "hard.xlsx")
    before = contents(tmp_path)
    for target in (workbook, tmp_path / "link.xlsx", tmp_path / "hard.xlsx", tmp_path):
        for kind in ("csv", "sqlite"):
            with pytest.raises(UsageError, match="客户.xlsx"):
                export_workbook(workbook, target, to=kind, as_of=AS_OF, replace=True)  # type: ignore[arg-type]
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("analyzed")
@pytest.mark.parametrize("kind", ["csv", "parquet", "sqlite", "duckdb"])
@pytest.mark.parametrize(("step", "error"), [("fsync", TargetNotWritable), ("write", DiskFull)])
def test_an_export_that_fails_leaves_the_earlier_one(
    tmp_path: Path,
    workbook: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    step: str,
    error: type[WriteError],
) -> None:
    export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF)  # type: ignore[arg-type]
    before = contents(tmp_path)

    def fail(*_: object) -> None:
        raise OSError(errno.EIO if step == "fsync" else errno.ENOSPC, "torn")

    if step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setitem(exports._WRITERS, kind, fail)  # type: ignore[arg-type]
    with pytest.raises(error):
        export_workbook(workbook, tmp_path / "out", to=kind, as_of=AS_OF, replace=True)  # type: ignore[arg-type]
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("analyzed")
def test_what_stands_there_is_looked_at_again_before_it_goes(
    tmp_path: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    write = exports._WRITERS["csv"]

    def slow(frames: exports.Frames, draft: Path) -> None:
        write(frames, draft)
        assert lock_file(out).exists()
        out.write_text("somebody's notes")

    monkeypatch.setitem(exports._WRITERS, "csv", slow)  # type: ignore[arg-type]
    with pytest.raises(NotAnExport):
        export_workbook(workbook, out, to="csv", as_of=AS_OF)
    assert out.read_text() == "somebody's notes"


@pytest.mark.usefixtures("analyzed")
def test_a_folder_that_a_killed_run_left_aside_comes_back(
    tmp_path: Path, workbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_workbook(workbook, out, to="csv", as_of=AS_OF)
    before = contents(tmp_path)
    out.rename(out.with_name(f"{draft_prefix(out)}.old"))
    with monkeypatch.context() as patch, pytest.raises(TargetNotWritable):
        patch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError(errno.EIO, "torn")))
        export_workbook(workbook, out, to="csv", as_of=AS_OF)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("kind", ["sqlite", "duckdb"])
def test_a_database_that_does_not_fit_is_told_of(tmp_path: Path, kind: str) -> None:
    frames = {"customers": pd.DataFrame({"a": [str(n) * 20 for n in range(20_000)]})}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        with pytest.raises(OSError, match="."):
            exports._WRITERS[kind](frames, tmp_path / "draft")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
