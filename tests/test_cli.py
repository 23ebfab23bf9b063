"""The command line is a contract: stdout data, stderr narration, one clear line and the right exit code."""

from __future__ import annotations

import csv
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from crmsheet import cli
from crmsheet.views.sheets import VIEWS
from tests.workbooks import RECORD_HEADERS, S0_ROWS, record, table_of, write_records, write_rows

Run = Callable[..., tuple[int, str, str]]
DAY = "2024-03-18"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["crmsheet", *map(str, words)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as stopped:
            cli.main()
        done = capfd.readouterr()
        return int(stopped.value.code or 0), done.out, done.err

    return call


def test_check_as_json_has_exactly_the_promised_keys(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    code, out, _ = run("check", path, "--format", "json", "--as-of", DAY)
    issues = json.loads(out)
    assert code == 1 and issues
    keys = ["sheet", "cell", "field", "code", "severity", "value", "suggestion", "message"]
    assert all(list(issue) == keys for issue in issues)
    assert {"sheet": "客户需求记录", "cell": "H2"}.items() <= issues[_at(issues, "H2")].items()


def _at(issues: list[dict[str, str]], cell: str) -> int:
    return next(i for i, issue in enumerate(issues) if issue["cell"] == cell)


def test_check_as_csv_and_table_lists_the_same(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    _, out, _ = run("check", path, "--format", "csv", "--as-of", DAY)
    rows = list(csv.DictReader(io.StringIO(out)))
    code, table, _ = run("check", path, "--as-of", DAY)
    assert code == 1 and f"共 {len(rows)} 处" in table
    assert path.read_bytes()[:2] == b"PK"


def test_check_of_a_clean_sheet_is_fine(run: Run, tmp_path: Path) -> None:
    clean = record(
        客户名称="北京恒达科技有限公司",
        所属行业="互联网和相关服务",
        接触方式="拜访",
        当前状态="跟进中",
        需求优先级="高",
    )
    code, out, _ = run(
        "check", write_records(tmp_path / "a.xlsx", [clean]), "--format", "json", "--as-of", DAY
    )
    assert (code, json.loads(out)) == (0, [])


def test_check_notes_what_it_could_not_read(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    sheet.append(["合计：2家"])
    sheet["M1"] = "当前状太"
    sheet["G2"] = "=DATE(2024,3,15)"
    book.save(path)
    expected = ["当前状太", "还没有计算结果", "第 4 行是合计行"]
    _, out, _ = run("check", path, "--as-of", DAY)
    assert [word in out for word in expected] == [True] * 3
    _, out, told = run("check", path, "--as-of", DAY, "--format", "json")
    assert json.loads(out) and [word in told for word in expected] == [True] * 3


def test_refresh_prints_a_summary_and_json_is_data(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    code, out, _ = run("refresh", path, "-o", tmp_path / "b.xlsx", "--as-of", DAY)
    assert code == 0 and "客户 2 家" in out and "b.xlsx" in out
    code, out, _ = run("refresh", path, "-o", tmp_path / "c.xlsx", "--as-of", DAY, "--format", "json")
    summary = json.loads(out)
    assert code == 0 and summary["customers"] == 2
    promised = {"customers", "requirements", "issues", "tiers", "overdue", "sheets", "notes"}
    assert promised <= set(summary)


def test_new_demo_and_clean(run: Run, tmp_path: Path) -> None:
    assert run("new", tmp_path / "模板.xlsx")[0] == 0
    assert run("new", tmp_path / "模板.xlsx")[0] == 4
    code, out, _ = run("refresh", tmp_path / "模板.xlsx", "--format", "json")
    assert code == 0 and json.loads(out)["customers"] == 0
    code, out, _ = run("demo", tmp_path / "演示")
    assert code == 0 and "客户" in out
    demo = next((tmp_path / "演示").glob("*.xlsx"))
    code, out, _ = run("clean", demo, "-o", tmp_path / "干净.xlsx")
    assert code == 0 and "改正" in out


def test_help_has_a_chinese_line(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0 and "今天该联系谁" in out
    for command in ("new", "check", "refresh", "clean", "demo"):
        assert command in out
        assert run(command, "--help")[0] == 0


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _no_table(path: Path) -> Path:
    return write_rows(path, [["产品", "库存"], ["甲", 3]], sheet="仓库")


def _too_wide(path: Path) -> Path:
    return write_rows(path, [[*RECORD_HEADERS, *[f"列{i}" for i in range(16_384 - 16)]], S0_ROWS[0]])


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le") * 60
BAD_FILES: list[tuple[str, Callable[[Path], Path], int, str]] = [
    ("missing.xlsx", lambda path: path, 3, "找不到"),
    ("folder.xlsx", lambda path: (path.mkdir(), path)[1], 3, "文件夹"),
    ("empty.xlsx", _empty, 3, "空文件"),
    ("text.xlsx", lambda path: _bytes(path, "客户,名称".encode()), 3, "不是 Excel"),
    ("old.xls", lambda path: _bytes(path, OLD_EXCEL), 3, ".xls"),
    ("broken.xlsx", lambda path: _bytes(path, write_records(path).read_bytes()[:3000]), 3, "损坏"),
    ("warehouse.xlsx", _no_table, 3, "仓库"),
]  # fmt: skip


@pytest.mark.parametrize("command", ["check", "refresh"])
@pytest.mark.parametrize(("name", "make", "code", "said"), BAD_FILES, ids=[bad[0] for bad in BAD_FILES])
def test_bad_files_give_one_clear_line(
    run: Run, tmp_path: Path, command: str, name: str, make: Callable[[Path], Path], code: int, said: str
) -> None:
    path = make(tmp_path / name)
    before = path.read_bytes() if path.is_file() else None
    got, out, err = run(command, path)
    assert (got, out) == (code, "")
    assert said in err and "Traceback" not in err
    assert before is None or path.read_bytes() == before


def test_the_error_for_a_foreign_workbook_names_what_it_saw(run: Run, tmp_path: Path) -> None:
    path = write_rows(tmp_path / "a.xlsx", [["客户编码号", "名称"], ["甲", 3]], sheet="台账")
    _, _, err = run("refresh", path)
    assert "台账" in err and "客户编码号" in err and "客户编号" in err


@pytest.mark.parametrize(
    "rows",
    [
        [RECORD_HEADERS],
        [RECORD_HEADERS, S0_ROWS[0]],
        [RECORD_HEADERS, [None] * 16, [" "] * 16],
        [["客户表"], [], RECORD_HEADERS, *S0_ROWS, ["合计", None, 2]],
        [RECORD_HEADERS, record(沟通要点="长" * 32_767)],
        [RECORD_HEADERS, record(客户编号=None, 客户名称=None)],
    ],
    ids=["no rows", "one row", "blank cells", "title and total", "long text", "no name"],
)
def test_odd_sheets_are_refreshed(run: Run, tmp_path: Path, rows: list[list[object]]) -> None:
    path = write_rows(tmp_path / "a.xlsx", rows)
    code, out, err = run("refresh", path, "--as-of", DAY, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["customers"] == sum(1 for row in rows if str(row[:1])[2:4] == "C2")
    assert len(openpyxl.load_workbook(path).sheetnames) == 1 + len(VIEWS)


def test_a_very_wide_sheet_is_read(run: Run, tmp_path: Path) -> None:
    path = _too_wide(tmp_path / "wide.xlsx")
    code, out, err = run("refresh", path, "-o", tmp_path / "b.xlsx", "--as-of", DAY, "--format", "json")
    assert code == 0, err
    assert json.loads(out)["customers"] == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "ro"
    folder.mkdir()
    path = write_records(folder / "a.xlsx")
    before = path.read_bytes()
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        code, _, err = run("refresh", path, "--as-of", DAY)
    finally:
        folder.chmod(stat.S_IRWXU)
    assert (code, path.read_bytes()) == (4, before)
    assert "写不了" in err


def test_a_target_in_a_missing_folder_is_refused(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    code, out, err = run("refresh", path, "-o", tmp_path / "none" / "b.xlsx", "--as-of", DAY)
    assert (code, out) == (4, "") and "写不了" in err


def test_an_open_workbook_is_warned_about(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    (tmp_path / "~$a.xlsx").write_bytes(b"\x06Somebody" + b"\0" * 156)
    code, _, err = run("refresh", path, "-o", tmp_path / "b.xlsx", "--as-of", DAY)
    assert code == 0 and "Excel" in err


@pytest.mark.parametrize(
    "words",
    [
        ("refresh",),
        ("refresh", "a.xlsx", "--as-of", "2026-02-30"),
        ("refresh", "a.xlsx", "--format", "yaml"),
        ("nonsense",),
        ("clean", "a.xlsx", "--all"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    write_records(tmp_path / "a.xlsx")
    monkeypatch.chdir(tmp_path)
    assert run(*words)[0] == 2


def test_wrong_rules_write_nothing(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    before = path.read_bytes()
    (tmp_path / "r.toml").write_text("[value_score]\nhistorical = 50\n", encoding="utf-8")
    code, out, err = run("refresh", path, "--rules", tmp_path / "r.toml", "--as-of", DAY)
    assert (code, out) == (2, "") and "r.toml" in err and "100" in err
    assert path.read_bytes() == before


def test_a_macro_workbook_keeps_its_macros(run: Run, tmp_path: Path) -> None:
    source = write_records(tmp_path / "a.xlsx")
    macro = tmp_path / "a.xlsm"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(macro, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "[Content_Types].xml":
                main = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
                data = data.replace(main, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
                data = data.replace(
                    b"<Default ",
                    b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Default ',
                    1,
                )
            new.writestr(name, data)
        new.writestr("xl/vbaProject.bin", b"\xd0\xcf macro bytes")
    assert run("refresh", macro, "--as-of", DAY)[0] == 0
    with zipfile.ZipFile(macro) as done:
        assert done.read("xl/vbaProject.bin") == b"\xd0\xcf macro bytes"


@pytest.mark.skipif(os.name == "nt", reason="no named pipes")
def test_a_special_file_is_never_replaced(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    code, _, err = run("refresh", path, "-o", pipe, "--as-of", DAY)
    assert code == 4 and stat.S_ISFIFO(pipe.stat().st_mode) and "普通文件" in err


def test_a_wrong_extension_is_refused(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx")
    code, _, err = run("refresh", path, "-o", tmp_path / "a.txt", "--as-of", DAY)
    assert code == 2 and ".xlsx" in err and not (tmp_path / "a.txt").exists()


def test_clean_changes_the_file_itself_and_undo_brings_it_back(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(接触方式="线下会议")])
    code, out, _ = run("clean", path, "--as-of", DAY)
    assert code == 0 and "清洗日志" in out and (tmp_path / "a.bak.xlsx").exists()
    assert openpyxl.load_workbook(path)["客户需求记录"]["H2"].value == "拜访"
    code, out, _ = run("clean", path, "--undo", "--as-of", DAY)
    assert code == 0 and "已撤销" in out
    assert openpyxl.load_workbook(path)["客户需求记录"]["H2"].value == "线下会议"


def test_a_second_refresh_of_a_text_file_says_that_the_workbook_exists(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        ",".join(RECORD_HEADERS) + "\n" + ",".join(str(cell or "") for cell in S0_ROWS[0]), "utf-8"
    )
    assert run("refresh", path, "--as-of", DAY)[0] == 0
    code, _, err = run("refresh", path, "--as-of", DAY)
    assert code == 4 and "已经存在" in err


def test_what_a_person_marks_on_the_quality_sheet_counts(run: Run, tmp_path: Path) -> None:
    path = write_records(tmp_path / "a.xlsx", [record(联系方式="13800138000", 接触方式="线下会议")])
    assert run("refresh", path, "--as-of", DAY)[0] == 0
    book = openpyxl.load_workbook(path)
    sheet = book["数据质量"]
    header = next(row for row in sheet.iter_rows() if row[0].value == "程度")
    at = {cell.value: cell.column - 1 for cell in header}
    for row in sheet.iter_rows(min_row=header[0].row + 1):
        marks = {"个人手机号": "是", "同义写法": "否"}
        row[at["采纳"]].value = marks.get(row[at["规则"]].value)
    book.save(path)
    assert run("refresh", path, "-o", tmp_path / "kept.xlsx", "--as-of", DAY)[0] == 0
    kept = {line["规则"]: line["采纳"] for line in table_of(tmp_path / "kept.xlsx", "数据质量", "程度")}
    assert "个人手机号" not in kept and kept["同义写法"] == "否"
    sheet = openpyxl.load_workbook(tmp_path / "kept.xlsx")["客户需求记录"]
    assert sheet["F2"].value == "138****8000"
    assert run("clean", path, "-o", tmp_path / "b.xlsx", "--as-of", DAY)[0] == 0
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["客户需求记录"]
    assert sheet["F2"].value == "138****8000"
    assert sheet["H2"].value == "线下会议"


def test_two_customers_under_one_id_are_both_followed_up(run: Run, tmp_path: Path) -> None:
    rows = [record(客户名称="甲甲甲有限公司"), record(客户名称="乙乙乙有限公司")]
    path = write_records(tmp_path / "a.xlsx", rows)
    assert run("refresh", path, "--as-of", DAY)[0] == 0
    names = {line["客户名称"] for line in table_of(path, "跟进清单", "跟进提醒")}
    assert names >= {"甲甲甲有限公司", "乙乙乙有限公司"}


def test_a_value_of_another_column_is_called_misplaced(run: Run, tmp_path: Path) -> None:
    path = write_records(
        tmp_path / "a.xlsx", [record(当前状态="高", 接触方式="天上", 需求优先级="010-62345678")]
    )
    issues = {
        i["cell"]: i["code"] for i in json.loads(run("check", path, "--format", "json", "--as-of", DAY)[1])
    }
    assert (issues["M2"], issues["H2"], issues["L2"]) == ("misplaced", "choice_unknown", "misplaced")


def test_a_summary_of_no_customers_ends_no_line_in_a_colon(run: Run, tmp_path: Path) -> None:
    assert run("new", str(tmp_path / "empty.xlsx"))[0] == 0
    summary = run("refresh", str(tmp_path / "empty.xlsx"))[1]
    assert "客户 0 家\n" in summary


MISUSE = [
    (["export", "a.xlsx"], "缺少 --out。写法见：crmsheet export --help", "--out is missing"),
    (["export"], "缺少 PATH", "PATH is missing"),
    (["refrsh", "a.xlsx"], "没有 refrsh，是不是 refresh", "There is no refrsh; did you mean refresh"),
    (["refresh", "a.xlsx", "--as-off", "x"], "没有 --as-off，是不是 --as-of", "did you mean --as-of"),
    (["export", "a.xlsx", "-o", "b", "--to", "pdf"], "--to 只能是 csv、parquet", "--to must be one of csv"),
    (["batch", "a", "-o", "b", "--workers", "两"], "--workers 的值读不懂", "--workers has a value"),
    (["refresh", "a.xlsx", "b.xlsx"], "多写了 b.xlsx", "b.xlsx is one too many"),
]


@pytest.mark.parametrize(("words", "chinese", "english"), MISUSE)
def test_words_it_cannot_follow_are_told_in_the_language_asked_for(
    run: Run, words: list[str], chinese: str, english: str
) -> None:
    code, out, told = run(*words)
    assert (code, out) == (2, "") and chinese in told and "Usage" not in told and "Traceback" not in told
    code, _, told = run(*words, "--lang", "en")
    assert code == 2 and english in told


def test_no_command_shows_the_help(run: Run) -> None:
    code, out, told = run()
    assert code == 2 and "refresh" in out + told
