"""Which files a batch reads, in what groups, and what a second run keeps of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest

import crmsheet as crm
from benchmarks.engine_tables import sorted_hash
from crmsheet.batch.archive import kept_groups
from crmsheet.batch.executors import Serial
from crmsheet.batch.files import find_sources
from crmsheet.batch.intake import Intake, in_tasks
from crmsheet.batch.result import BatchResult, remarks
from crmsheet.batch.setup import Setup
from crmsheet.book.measure import line_count
from crmsheet.labels import Labels
from tests.batch.workbooks import AS_OF, company, record, write_book, write_group


def run(paths: object, out: Path, **options: object) -> BatchResult:
    return crm.batch(paths, out=out, as_of=AS_OF, **{"engine": Serial(), **options})


def read(folder: Path, work: Path) -> tuple[list[str], int]:
    """Only the first stage of a run: what came of each file, and how many records go on."""
    setup = Setup(crm.Rules.load(), AS_OF)
    setup.write(work / "setup.pkl")
    intake = Intake(work, setup)
    files = intake.read(find_sources(folder), 1, lambda _, function, tasks: Serial().run(function, tasks))
    return files["state"].tolist(), intake.rows()["records"]


def _parts(work: Path) -> list[Path]:
    return sorted((work / "parts").iterdir())


def test_a_broken_part_is_read_anew(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 2, 2)
    read(tmp_path / "in", tmp_path)
    part, parts = _parts(tmp_path)[0], tmp_path / "parts"
    whole = (part / "done.json").read_text("utf-8")
    assert len(kept_groups(parts)) == 2
    for damage in ("", "{", "[]", "{}", '{"types": {}, "checksums": {}, "files": {"a": {}}}', whole[:-9]):
        (part / "done.json").write_text(damage, "utf-8")
        assert len(kept_groups(parts)) == 1, damage
    (part / "done.json").write_text(whole, "utf-8")
    kept = (part / "records.parquet").read_bytes()
    middle = len(kept) // 2
    flipped = kept[:middle] + bytes([kept[middle] ^ 1]) + kept[middle + 1 :]
    for damage in (b"PAR1", kept[:-4] + b"\0\0\0\0", flipped):
        (part / "records.parquet").write_bytes(damage)
        states, records = read(tmp_path / "in", tmp_path)
        assert (sorted(states), records) == (["kept", "read"], 4)


def test_parts_of_files_that_are_gone_or_changed_go(tmp_path: Path) -> None:
    first, second, third = write_group(tmp_path / "in", 3, 2)
    read(tmp_path / "in", tmp_path)
    before = _parts(tmp_path)
    first.unlink()
    write_book(second, records=[record(50, company(50))])
    assert read(tmp_path / "in", tmp_path) == (["read", "kept"], 3)
    after = _parts(tmp_path)
    assert (len(before), len(after), len(set(before) & set(after))) == (3, 2, 1)


def test_a_group_serves_those_of_its_files_that_are_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmsheet.batch.intake._TASKS_PER_WORKER", 1)
    _, second, _ = write_group(tmp_path / "in", 3, 2)
    read(tmp_path / "in", tmp_path)
    assert len(_parts(tmp_path)) == 1
    second.unlink()
    assert read(tmp_path / "in", tmp_path) == (["kept", "kept"], 4)


def test_how_files_are_grouped_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_group(tmp_path / "in", 3, 6)
    write_book(tmp_path / "in" / "a.xlsx", records=[{**record(90, company(90)), "impact": 3}])
    write_book(
        tmp_path / "in" / "b.xlsx",
        profiles=[{**record(91, company(91)), "email": "x@y.cn", "core_need": "单点登录", "budget": 9}],
    )
    (tmp_path / "in" / "bad.xlsx").write_bytes(b"no workbook")
    alone = run(tmp_path / "in", tmp_path / "alone", workers=8)
    monkeypatch.setattr("crmsheet.batch.intake._TASKS_PER_WORKER", 1)
    together = run(tmp_path / "in", tmp_path / "together", workers=1)
    assert [len(_parts(one.folder / ".work")) for one in (alone, together)] == [5, 1]
    assert alone.files["state"].tolist() == together.files["state"].tolist()
    for table in ("customers", "requirements", "records", "profiles", "issues", "followups"):
        assert sorted_hash(alone.folder / table) == sorted_hash(together.folder / table), table


def test_large_files_stand_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_group(tmp_path / "in", 8, 1)
    sources = find_sources(tmp_path / "in")
    assert [len(task) for task in in_tasks(sources, 1)] == [2, 2, 2, 2]
    monkeypatch.setattr("crmsheet.batch.intake._MOST_BYTES", 1)
    assert [len(task) for task in in_tasks(sources, 1)] == [1] * 8


def test_folders_of_one_name_are_two_units(tmp_path: Path) -> None:
    for number, folder in enumerate(("east/2024", "west/2024")):
        write_book(tmp_path / "in" / folder / "a.xlsx", records=[record(number, company(number))])
    assert [one.unit for one in find_sources(tmp_path / "in")] == ["east/2024", "west/2024"]


def test_what_matches_nothing_beside_good_files_is_reported(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    (tmp_path / "empty").mkdir()
    given = [tmp_path / "in", tmp_path / "gone.xlsx", str(tmp_path / "no*.xlsx"), tmp_path / "empty"]
    result = run(given, tmp_path / "out")
    states = {
        Path(file).name: state
        for file, state in zip(result.files["file"], result.files["state"], strict=True)
    }
    assert states == {"0000.xlsx": "read", "gone.xlsx": "failed", "no*.xlsx": "failed", "empty": "failed"}
    assert not result.complete and result.rows["customers"] == 2
    assert result.failed["message"].str.len().min() > 5


def test_what_lies_in_a_folder_and_is_not_read_is_told(tmp_path: Path) -> None:
    (book,) = write_group(tmp_path / "in", 1, 2)
    beside = book.parent
    for name in (
        "旧.xls",
        "二.XLSB",
        "wps.et",
        "表.ods",
        "导出.csv",
        "~$锁.xls",
        ".隐.csv",
        "说明.txt",
        "a.bak.xlsx",
    ):
        (beside / name).write_bytes(book.read_bytes())
    (beside / "断.xlsx").symlink_to(tmp_path / "gone.xlsx")
    (beside / "同一份.xlsx").symlink_to(book)
    (tmp_path / "in" / "别处").symlink_to(tmp_path)
    found = {source.path.name: source.skipped for source in find_sources(tmp_path / "in")}
    assert found == {
        "0000.xlsx": "", "旧.xls": "format", "二.XLSB": "format", "wps.et": "format", "表.ods": "format",
        "导出.csv": "format", "断.xlsx": "broken", "同一份.xlsx": "link", "别处": "folder",
    }  # fmt: skip
    named = [tmp_path / "in", beside / "导出.csv"]  # what is asked for by name is read
    assert {one.path.name for one in find_sources(named) if not one.skipped} == {"0000.xlsx", "导出.csv"}
    links = find_sources(str(beside / "*.xlsx"))
    assert {one.path.name: one.skipped for one in links if one.skipped} == {
        "断.xlsx": "broken",
        "同一份.xlsx": "link",
    }


def test_versions_of_a_file_are_told_and_the_same_cells_count_once(tmp_path: Path) -> None:
    day = pd.Timestamp("2026-10-01")
    who = [record(n, company(n)) for n in range(4)]
    sold = [
        {"customer_id": who[n]["customer_id"], "order_id": f"D{n}", "order_date": day, "amount": 100 + n}
        for n in range(4)
    ]
    first = write_book(tmp_path / "in" / "a.xlsx", records=who, orders=sold)
    write_book(tmp_path / "in" / "b.xlsx", records=[{**who[0], "owner": "李强"}, *who[1:]], orders=sold)
    with ZipFile(first) as packed, ZipFile(tmp_path / "in" / "c.xlsx", "w") as other:
        for name in packed.namelist():
            other.writestr(name, packed.read(name))
    write_book(tmp_path / "in" / "d.xlsx", records=[record(n, company(n)) for n in range(3, 8)])
    result = run(tmp_path / "in", tmp_path / "out")
    files = result.files.assign(file=result.files["file"].map(lambda path: Path(path).name)).set_index("file")
    assert files["state"].to_dict() == {
        "a.xlsx": "read", "b.xlsx": "read", "c.xlsx": "repeated", "d.xlsx": "read"
    }  # fmt: skip
    assert files["version_of"].tolist() == ["", str(first), "", ""]
    assert "a.xlsx 有 7 行完全相同" in files.loc["b.xlsx", "message"]
    assert "每一格都与" in files.loc["c.xlsx", "message"]
    lines = result.accounts.set_index("table")[["read", "written", "reported"]]
    assert lines.loc["records"].tolist() == [17, 13, 4] and lines.loc["orders"].tolist() == [12, 8, 4]
    assert result.balanced and set(result.table("issues")["source_number"]) <= {0, 1, 3}
    remark, repeated = remarks(result, Labels.load())
    assert "1 个文件" in remark and "b.xlsx" in remark and "4 行" in repeated


def test_remarks_on_a_file_fit_the_row_they_are_printed_in(tmp_path: Path) -> None:
    book = write_book(tmp_path / "in" / "a.xlsx", records=[record(n, company(n)) for n in range(3)])
    labels = Labels.load()
    more = pd.DataFrame([record(n, company(n)) for n in range(3, 5)]).rename(columns=labels.field)
    with pd.ExcelWriter(book, mode="a", engine="openpyxl") as writer:
        for number in range(2, 22):
            more.to_excel(writer, sheet_name=f"{labels.sheet('records')} ({number})", index=False)
    result = run(tmp_path / "in", tmp_path / "out")
    sheet = pd.read_excel(
        tmp_path / "out" / "批量汇总.xlsx", sheet_name="各文件质量", header=None, engine="calamine"
    )
    (remark,) = [text for text in sheet.iloc[:, -1].dropna().astype(str) if "(2)" in text]
    assert line_count(remark, 60) <= 6 and "(21)" not in remark and remark.endswith("见 files 表")
    assert "(21)" in result.files["message"].iloc[0]


def test_what_of_a_workbook_is_not_read_is_told_and_its_rows_are_reported(tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "a.xlsx", records=[record(n, company(n)) for n in range(3)])
    more = pd.DataFrame([record(n, company(n)) for n in range(3, 7)])
    labels = Labels.load()
    with pd.ExcelWriter(tmp_path / "in" / "a.xlsx", mode="a", engine="openpyxl") as book:
        more.rename(columns=labels.field).to_excel(
            book, sheet_name=f"{labels.sheet('records')} (2)", index=False
        )
    result = run(tmp_path / "in", tmp_path / "out")
    line = result.accounts.set_index("table").loc["records"]
    assert (line["read"], line["written"], line["reported"]) == (7, 3, 4)
    assert result.balanced and result.complete and result.rows["customers"] == 3
    assert "客户需求记录 (2)”也像是客户需求记录（4 行），本次没有读取" in result.partly_read["message"].item()
    (remark,) = remarks(result, labels)
    assert "1 个文件" in remark and "a.xlsx" in remark
    again = run(tmp_path / "in", tmp_path / "out", resume=True)
    assert again.files["state"].tolist() == ["kept"]
    assert again.files["message"].tolist() == result.files["message"].tolist()
    assert again.accounts.equals(result.accounts)


@pytest.mark.slow
def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    write_group(tmp_path / "in", 2, 2)
    script = tmp_path / "script.py"
    call = f"crm.batch({str(tmp_path / 'in')!r}, out={str(tmp_path / 'out')!r}, workers=2)"
    script.write_text(f"import crmsheet as crm\nprint(len({call}.failed), 'failed')\n", "utf-8")
    ended = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env=dict(os.environ),
    )
    assert ended.stdout == "0 failed\n"
