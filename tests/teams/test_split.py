"""Splitting a workbook: everybody gets their own rows and nothing of anybody else; merging returns the whole."""

from __future__ import annotations

import zipfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmsheet import teams
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.data import speaking
from crmsheet.errors import TargetExists, UsageError
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines
from crmsheet.teams.files import TeamFile
from tests.teams.test_merge import ALPHA, BETA, GAMMA, SHEET, book, but, edit, rows_in
from tests.workbooks import RECORD_HEADERS


def contents(path: Path) -> dict[str, Counter[Any]]:
    """Every table of a workbook as a bag of rows, without what is computed."""
    file = TeamFile.read(path, Labels.load())
    bags = {code: Counter(row.identity for row in part.rows) for code in SHEETS if (part := file.part(code))}
    return {code: bag for code, bag in bags.items() if bag}


def team(path: Path) -> Path:
    """Three customers of two colleagues and of nobody, with orders and a column of one's own."""
    rows = [
        but(ALPHA, 负责人="周*"),
        but(BETA, 负责人="吴*"),
        but(GAMMA, 负责人=None),
        but(ALPHA, 负责人="周*", 备注="又谈"),
    ]
    file = book(
        path, *([*row, f"校区{n}"] for n, row in enumerate(rows)), headers=[*RECORD_HEADERS, "校区类型"]
    )
    opened = openpyxl.load_workbook(file)
    orders = opened.create_sheet("订单记录")
    for row in (
        ["客户编号", "订单编号", "订单日期", "订单金额"],
        ["C2024001", "DD-甲", "2026-03-05", 5000],
        ["C2024002", "DD-乙", "2026-03-06", "5万"],
        ["C2024009", "DD-丙", "2026-03-07", 10],
    ):
        orders.append(row)
    opened.create_sheet("我的笔记")["A1"] = "只有我看"
    opened.save(file)
    return file


def small_example(path: Path) -> Path:
    """The template with a few customers of the sample team."""
    tables = sample_team(date(2026, 11, 25), customers=12).tables
    write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return path


def test_a_copy_of_the_template_keeps_its_live_columns_and_merges_again(tmp_path: Path) -> None:
    """What the program computes is no column of the team's own: it is neither copied nor compared."""
    whole = small_example(tmp_path / "团队.xlsx")
    copies = [copy.path for copy in teams.split(whole, tmp_path / "各人", mask=True).copies]
    headers = [cell.value for cell in openpyxl.load_workbook(copies[0])[SHEET][4]]
    assert headers.count("ICE 得分") == 1 and headers[-1] == "团队行号"
    result = teams.merge(copies, tmp_path / "合并.xlsx", base=whole)
    assert (result.added, result.changed, len(result.conflicts), result.notes) == (0, 0, 0, ())


def test_an_english_workbook_is_split_and_merged_in_english(tmp_path: Path) -> None:
    with speaking("en"):
        whole = small_example(tmp_path / "team.xlsx")
    copies = [copy.path for copy in teams.split(whole, tmp_path / "copies").copies]
    assert openpyxl.load_workbook(copies[0]).sheetnames == openpyxl.load_workbook(whole).sheetnames
    result = teams.merge(copies, tmp_path / "merged.xlsx", base=whole)
    assert (result.added, result.changed, len(result.conflicts), result.notes) == (0, 0, 0, ())


def test_everybody_gets_their_own_rows_only(tmp_path: Path) -> None:
    result = teams.split(team(tmp_path / "团队.xlsx"), tmp_path / "各人")
    assert [(copy.path.name, copy.customers) for copy in result.copies] == [
        ("团队-吴＊.xlsx", 1),
        ("团队-周＊.xlsx", 1),
        ("团队-未分配.xlsx", 1),
    ]
    assert [note.code for note in result.notes] == ["sheets_not_split"]
    mine = tmp_path / "各人" / "团队-周＊.xlsx"
    assert [row["客户编号"] for row in rows_in(mine)] == ["C2024001", "C2024001"]
    assert [row["订单编号"] for row in rows_in(mine, "订单记录")] == ["DD-甲"]
    assert [row["校区类型"] for row in rows_in(mine)] == ["校区0", "校区3"]
    everything = b"".join(part for part in _parts(mine))
    for foreign in ("宁波海川", "C2024002", "DD-乙", "只有我看", "吴*"):
        assert foreign.encode() not in everything


def _parts(path: Path) -> list[bytes]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


@pytest.mark.parametrize("mask", [False, True])
@pytest.mark.parametrize("with_base", [False, True])
def test_what_was_split_merges_to_the_same(tmp_path: Path, *, mask: bool, with_base: bool) -> None:
    whole = team(tmp_path / "团队.xlsx")
    copies = [copy.path for copy in teams.split(whole, tmp_path / "各人", mask=mask).copies]
    result = teams.merge(copies, tmp_path / "合并.xlsx", base=whole if with_base else None)
    assert len(result.conflicts) == 0
    if with_base:
        assert (result.added, result.changed) == (0, 0)
    if with_base or not mask:
        assert contents(tmp_path / "合并.xlsx") == contents(whole)


def test_a_masked_copy_hides_contacts_and_an_edit_in_it_counts(tmp_path: Path) -> None:
    row = but(
        ALPHA, 对接人="张三丰", 联系方式="0571-88123456", 备注="手机13800138000，尽快报价", 负责人="周*"
    )
    whole = book(tmp_path / "团队.xlsx", row)
    (copy,) = teams.split(whole, tmp_path / "各人", mask=True).copies
    secret = b"".join(_parts(copy.path))
    for text in ("张三丰", "88123456", "13800138000"):
        assert text.encode() not in secret
    edit(copy.path, lambda sheet: sheet.__setitem__("P5", "已报价"))
    edit(copy.path, lambda sheet: sheet.__setitem__("A5", "C2024777"))  # even the key was corrected
    result = teams.merge([copy.path], tmp_path / "合并.xlsx", base=whole)
    (merged,) = rows_in(tmp_path / "合并.xlsx")
    assert (merged["对接人"], merged["联系方式"]) == ("张三丰", "0571-88123456")
    assert (merged["备注"], merged["客户编号"], result.changed) == ("已报价", "C2024777", 2)


def masked_copy(tmp_path: Path) -> tuple[Path, Path]:
    """A workbook whose row holds personal data, and its masked copy."""
    row = but(
        ALPHA, 对接人="张三丰", 联系方式="0571-88123456", 备注="手机13800138000，尽快报价", 负责人="周*"
    )
    whole = book(tmp_path / "团队.xlsx", row)
    (copy,) = teams.split(whole, tmp_path / "各人", mask=True).copies
    return whole, copy.path


@pytest.mark.parametrize("masked_first", [True, False])
def test_a_mask_never_replaces_what_it_hides(tmp_path: Path, *, masked_first: bool) -> None:
    whole, copy = masked_copy(tmp_path)
    files = [copy, whole] if masked_first else [whole, copy]
    result = teams.merge(files, tmp_path / "合并.xlsx")
    (merged,) = rows_in(tmp_path / "合并.xlsx")
    assert (merged["对接人"], merged["联系方式"]) == ("张三丰", "0571-88123456")
    assert (merged["备注"], len(result.conflicts)) == ("手机13800138000，尽快报价", 0)


def test_an_edit_beside_a_mask_keeps_what_the_mask_hides(tmp_path: Path) -> None:
    whole, copy = masked_copy(tmp_path)
    edit(copy, lambda sheet: sheet.__setitem__("P5", f"{sheet['P5'].value}；已报价"))
    edit(copy, lambda sheet: sheet.__setitem__("D5", f"{sheet['D5'].value}（已离职）"))
    teams.merge([copy], tmp_path / "合并.xlsx", base=whole)
    (merged,) = rows_in(tmp_path / "合并.xlsx")
    assert (merged["备注"], merged["对接人"]) == ("手机13800138000，尽快报价；已报价", "张三丰（已离职）")


def test_a_mask_of_what_the_base_no_longer_says_is_a_conflict(tmp_path: Path) -> None:
    whole, copy = masked_copy(tmp_path)
    edit(whole, lambda sheet: sheet.__setitem__("F2", "021-55550000"))
    result = teams.merge([copy], tmp_path / "合并.xlsx", base=whole)
    (merged,) = rows_in(tmp_path / "合并.xlsx")
    assert (merged["联系方式"], result.open) == ("021-55550000", 1)
    assert list(result.conflicts["first_value"]) == ["021-55550000"]


def test_a_merged_workbook_holds_no_marks_of_the_copies(tmp_path: Path) -> None:
    copies = [copy.path for copy in teams.split(team(tmp_path / "团队.xlsx"), tmp_path / "各人").copies]
    teams.merge(copies, tmp_path / "合并.xlsx")
    assert {row["团队行号"] for row in rows_in(tmp_path / "合并.xlsx")} == {None}


def test_a_column_may_be_named_by_header_or_code(tmp_path: Path) -> None:
    whole = team(tmp_path / "团队.xlsx")
    for by, folder in (("负责人", "a"), ("owner", "b"), ("跟进人", "c")):
        assert teams.split(whole, tmp_path / folder, by=by).column == "负责人"
    assert len(teams.split(whole, tmp_path / "d", by="校区类型").copies) == 5  # and what belongs to nobody
    with pytest.raises(UsageError, match="负责人"):
        teams.split(whole, tmp_path / "e", by="负责仁")


def test_nothing_is_replaced(tmp_path: Path) -> None:
    whole = team(tmp_path / "团队.xlsx")
    (tmp_path / "各人").mkdir()
    (tmp_path / "各人" / "团队-未分配.xlsx").write_bytes(b"mine")
    with pytest.raises(TargetExists):
        teams.split(whole, tmp_path / "各人")
    assert [path.name for path in (tmp_path / "各人").iterdir()] == ["团队-未分配.xlsx"]


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")), min_size=1, max_size=12
).filter(lambda text: text.strip() and not text.startswith("="))  # openpyxl would type a formula
CELLS = st.none() | TEXTS | st.integers(-(10**9), 10**9) | st.dates().filter(lambda day: day.year >= 1901)
ROWS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["周*", "吴*", None]), CELLS, CELLS), min_size=1, max_size=8
)
EDITS = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["职位", "备注"]), CELLS), max_size=4)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, edits=EDITS)
def test_split_edit_merge_is_editing_the_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Any], edits: list[Any]
) -> None:
    """Whatever people change in their copies is what the whole looks like afterwards, and nothing else."""
    place = tmp_path_factory.mktemp("team")
    lines = [
        but(ALPHA, 客户编号=f"C202400{n}", 客户名称=f"测试{n}号有限公司", 负责人=owner, 职位=one, 备注=other)
        for n, owner, one, other in rows
    ]
    whole = book(place / "团队.xlsx", *lines)
    copies = [copy.path for copy in teams.split(whole, place / "各人").copies]
    expected = [list(line) for line in lines]
    typed: dict[tuple[int, int], Any] = {}
    for number, header, value in edits:
        target = number % len(lines)
        column = RECORD_HEADERS.index(header)
        expected[target][column] = value
        typed[target, column] = value
    for path in copies:
        edit(path, lambda sheet: [_type(sheet, *place, value) for place, value in typed.items()])
    result = teams.merge(copies, place / "合并.xlsx", base=whole)
    assert len(result.conflicts) == 0 and result.added == 0
    edited = book(place / "预期.xlsx", *expected)
    assert contents(place / "合并.xlsx") == contents(edited)


def _type(sheet: Any, target: int, column: int, value: Any) -> None:
    """Type into the row that was row ``target`` of the whole, wherever it stands in this copy."""
    marks = next(cell.column for cell in sheet[4] if cell.value == "团队行号")
    for row in range(5, sheet.max_row + 1):
        if str(sheet.cell(row, marks).value or "").split("-")[0] == str(target + 2):
            cell = sheet.cell(row, column + 1)
            cell.value = value
            cell.number_format = "yyyy-mm-dd" if isinstance(value, date) else "General"
            if isinstance(value, str):
                cell.data_type = "s"
