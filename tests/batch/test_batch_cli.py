"""`crmsheet batch` as somebody types it: what it prints, and how it ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from crmsheet.batch.reading import GroupTask
from crmsheet.book.encryption import encrypted
from crmsheet.cli import main
from tests.batch.workbooks import company, order_rows, record, write_book, write_group

DAY = "2026-11-20"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in this process, one task after the other."""
    from crmsheet.batch import options
    from crmsheet.batch.executors import Serial

    monkeypatch.setattr(options, "executor", lambda *_, **__: Serial())

    def typed(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["crmsheet", "batch", *map(str, arguments), "--as-of", DAY])
        with pytest.raises(SystemExit) as ended:
            main()
        return (int(ended.value.code or 0), *capfd.readouterr())

    return typed


def test_a_group_is_summed_up_with_an_account_of_every_row(run: Run, tmp_path: Path) -> None:
    write_group(tmp_path / "in", 12, 2)
    order_rows(24, 60).to_parquet(tmp_path / "orders.parquet")
    code, out, _ = run(
        tmp_path / "in" / "**" / "*.xlsx", "-o", tmp_path / "out", "--orders", tmp_path / "orders.parquet"
    )
    assert code == 0
    assert "已汇总 12 个文件、24 家客户" in out
    assert "订单记录：读入 60 行 = 写出 60 行 + 另行列出 0 行" in out
    code, out, _ = run(tmp_path / "in", "-o", tmp_path / "out", "--resume", "--format", "json")
    facts = json.loads(out)
    assert (code, facts["files"], facts["balanced"]) == (0, {"kept": 12}, True)


def test_a_file_that_cannot_be_read_is_named_and_the_exit_code_tells(run: Run, tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "好.xlsx", records=[record(1, company(1))])
    (tmp_path / "in" / "坏.xlsx").write_bytes(b"PK\x03\x04")
    (tmp_path / "in" / "旧.xls").write_bytes(b"old")
    code, out, _ = run(tmp_path / "in", "-o", tmp_path / "out")
    assert code == 1
    assert "读不了 1，没有读 1" in out and "坏.xlsx" in out.splitlines()[-1]
    assert out.splitlines()[-2].endswith(
        "旧.xls: 给的是文件夹，里面只读 .xlsx 和 .xlsm；请另存为 .xlsx，或把这个文件直接写在命令里"
    )
    code, out, _ = run(tmp_path / "in", "-o", tmp_path / "out", "--format", "json")
    facts = json.loads(out)
    assert (code, facts["complete"], facts["lost_buckets"]) == (1, False, 0)
    assert [Path(one["file"]).name for one in (*facts["failed"], *facts["skipped"])] == ["坏.xlsx", "旧.xls"]
    assert facts["failed"][0]["message"]


def test_many_files_that_cannot_be_read_leave_the_account_on_the_screen(run: Run, tmp_path: Path) -> None:
    write_book(tmp_path / "in" / "好.xlsx", records=[record(1, company(1))])
    for number in range(23):
        other = pd.DataFrame({"Ort": [number], "Wetter": ["Regen"]})
        other.to_excel(tmp_path / "in" / f"天气{number:02}.xlsx", index=False)
    code, out, _ = run(tmp_path / "in", "-o", tmp_path / "out")
    lines = out.splitlines()
    named = [line for line in lines if "没有找到客户表" in line]
    assert code == 1 and len(named) == 20 and len(lines) < 30
    assert all("请把标题改成标准名称" in line for line in named)  # each in one line, with what to do
    assert lines[-1] == "另有 3 个文件读不了，原因见“各文件质量”表"
    book = tmp_path / "out" / "批量汇总.xlsx"
    sheet = pd.read_excel(book, sheet_name="各文件质量", header=None, engine="calamine")
    remarks = [text for text in sheet.iloc[:, -1].dropna().astype(str) if "没有找到客户表" in text]
    assert len(remarks) == 23
    assert not any("\n" in text or str(tmp_path) in text for text in remarks)
    _, out, _ = run(tmp_path / "in", "-o", tmp_path / "out", "--format", "json")
    assert all("Wetter" in one["message"] for one in json.loads(out)["failed"])


def test_strict_tells_by_the_exit_code_what_is_pointed_out(run: Run, tmp_path: Path) -> None:
    write_group(tmp_path / "in", 1, 2)
    words = (tmp_path / "in", "-o", tmp_path / "out", "--strict")
    assert run(*words)[0] == 0
    rows = order_rows(2, 8)
    rows[rows["customer_id"] > "C202600001"].to_parquet(tmp_path / "orders.parquet")  # of nobody
    assert run(*words, "--orders", tmp_path / "orders.parquet")[0] == 1
    (tmp_path / "in" / "旧.xls").write_bytes(b"old")
    assert (run(*words)[0], run(*words[:-1])[0]) == (1, 0)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["{in}/*.nothing"], 3, "*.nothing"),
        (["{in}", "--orders", "{in}/none.parquet"], 3, "none.parquet"),
        (["{in}", "--orders", "{in}/a.xlsx"], 3, "a.xlsx"),
        (["{in}", "--memory", "64MB"], 2, "64MB"),
        (["{in}", "--memory", "much"], 2, "much"),
        (["{in}", "--rules", "{in}/none.toml"], None, "none.toml"),
        (["{in}", "--scheduler", "tcp://127.0.0.1:9"], 2, "--engine dask"),
    ],
)
def test_what_is_wrong_is_said_before_any_work(
    run: Run, tmp_path: Path, arguments: list[str], code: int | None, told: str
) -> None:
    write_book(tmp_path / "in" / "a.xlsx", records=[record(1, company(1))])
    words = [text.replace("{in}", str(tmp_path / "in")) for text in arguments]
    found, out, err = run(*words, "-o", tmp_path / "out")
    assert found == code if code is not None else found > 1
    assert told in "".join(err.split()) or told in err
    assert out == "" and not (tmp_path / "out").exists()
    assert "Traceback" not in err


def test_only_files_nobody_can_read_end_in_a_report_of_each(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.xlsx").write_bytes(b"no workbook")
    code, out, err = run(tmp_path / "*.xlsx", "-o", tmp_path / "out")
    assert code != 0
    assert "读取 0，沿用上次 0，重复 0，读不了 1" in out
    assert "bad.xlsx" in out + err


def test_a_password_opens_what_it_fits_and_is_kept_nowhere(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, sealed, other = write_group(tmp_path / "in", 3, 1)
    sealed.write_bytes(encrypted(sealed.read_bytes(), "open sesame"))
    other.write_bytes(encrypted(other.read_bytes(), "something else"))
    words = (
        tmp_path / "in",
        "-o",
        tmp_path / "out",
        "--resume",
        "--password-file",
        tmp_path / "password.txt",
    )
    (tmp_path / "password.txt").write_text("open sesame\n")
    code, out, _ = run(*words)
    assert code == 1 and str(other) in out and str(sealed) not in out
    # The one that failed is tried again, and neither password is in any file of the runs.
    monkeypatch.setattr("crmsheet.batch.run.remove", lambda _: None)
    (tmp_path / "password.txt").write_text("something else\n")
    assert run(*words)[0] == 0
    files = pd.read_parquet(tmp_path / "out" / "files")
    assert files["state"].tolist() == ["kept", "kept", "read"]
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert any(path.name == "setup.pkl" for path in written)
    for word in (b"open sesame", b"something else"):
        assert not any(word in path.read_bytes() for path in written)
    assert "sesame" not in repr(GroupTask((), tmp_path, tmp_path, "open sesame"))


def test_an_interrupted_batch_says_how_to_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crmsheet.batch.run.Run.all", interrupted)
    write_book(tmp_path / "a.xlsx", records=[record(1, company(1))])
    code, out, err = run(tmp_path / "a.xlsx", "-o", tmp_path / "out")
    assert (code, out) == (130, "") and "--resume" in err and "Traceback" not in err
