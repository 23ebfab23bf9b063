"""Merging workbooks: nothing dropped, every disagreement listed, choices honoured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import crmsheet as crm
from crmsheet import teams
from crmsheet.errors import SheetNotFound, TargetExists, UsageError
from tests.workbooks import RECORD_HEADERS, record, table_of, write_rows

SHEET = "客户需求记录"


def book(path: Path, *rows: Sequence[Any], headers: Sequence[str] = RECORD_HEADERS) -> Path:
    return write_rows(path, [list(headers), *rows])


def rows_in(path: Path, sheet: str = SHEET) -> list[dict[str, Any]]:
    return table_of(path, sheet, "客户编号")


def edit(path: Path, change: Callable[[Any], object], *, sheet: str = SHEET) -> None:
    """Change a workbook as a person would, in another program."""
    opened = openpyxl.load_workbook(path)
    change(opened[sheet])
    opened.save(path)


ALPHA = record(客户编号="C2024001", 客户名称="杭州云帆测试有限公司")
BETA = record(客户编号="C2024002", 客户名称="宁波海川测试有限公司")
GAMMA = record(客户编号="C2024003", 客户名称="苏州木禾测试有限公司")


def but(row: Sequence[Any], **cells: Any) -> list[Any]:
    return [cells.get(header, value) for header, value in zip(RECORD_HEADERS, row, strict=True)]


@pytest.mark.parametrize(
    ("first", "second", "expected", "conflicts"),
    [
        ([ALPHA], [BETA], [ALPHA, BETA], 0),  # each their own customer
        ([ALPHA], [ALPHA], [ALPHA], 0),  # the same row twice is one row
        ([but(ALPHA, 职位=None)], [ALPHA], [ALPHA], 0),  # a blank is filled from the other file
        ([ALPHA], [but(ALPHA, 职位="总经理")], [ALPHA], 1),  # two values: the first stays, the pair is listed
        ([ALPHA, ALPHA], [ALPHA], [ALPHA, ALPHA], 0),  # a row typed twice in one file stays twice
        ([ALPHA], [but(ALPHA, 最近接触时间=None, 备注=None)], [ALPHA], 0),
        ([], [ALPHA], [ALPHA], 0),
    ],
)
def test_without_a_base_what_is_filled_counts(
    tmp_path: Path, first: list[Any], second: list[Any], expected: list[Any], conflicts: int
) -> None:
    one, two = book(tmp_path / "甲.xlsx", *first), book(tmp_path / "乙.xlsx", *second)
    if not first:
        edit(one, lambda sheet: sheet.append([None] * 3 + ["x"]))
        edit(one, lambda sheet: sheet.delete_rows(2))
    result = teams.merge([one, two], tmp_path / "团队.xlsx")
    assert [list(row.values()) for row in rows_in(tmp_path / "团队.xlsx")] == expected
    assert len(result.conflicts) == result.open == conflicts


@pytest.mark.parametrize(
    ("mine", "theirs", "expected", "conflicts"),
    [
        ({"职位": "总经理"}, {}, {"职位": "总经理"}, 0),  # one changed it
        ({"职位": None}, {}, {"职位": None}, 0),  # one emptied it
        ({"职位": "总经理"}, {"职位": "总经理"}, {"职位": "总经理"}, 0),  # both the same
        ({"职位": "总经理"}, {"备注": "已签约"}, {"职位": "总经理", "备注": "已签约"}, 0),  # different cells
        ({"职位": "总经理"}, {"职位": "董事长"}, {"职位": "总经理"}, 1),  # both, differently
        ({"职位": None}, {"职位": "董事长"}, {"职位": None}, 1),  # emptied against changed
    ],
)
def test_with_a_base_what_was_changed_counts(
    tmp_path: Path, mine: dict[str, Any], theirs: dict[str, Any], expected: dict[str, Any], conflicts: int
) -> None:
    base = book(tmp_path / "底稿.xlsx", ALPHA, BETA)
    one = book(tmp_path / "甲.xlsx", but(ALPHA, **mine), BETA)
    two = book(tmp_path / "乙.xlsx", BETA, but(ALPHA, **theirs))  # the order of rows means nothing
    result = teams.merge([one, two], tmp_path / "团队.xlsx", base=base)
    assert [list(row.values()) for row in rows_in(tmp_path / "团队.xlsx")] == [but(ALPHA, **expected), BETA]
    assert len(result.conflicts) == conflicts
    assert result.added == 0


def test_a_row_missing_from_every_copy_is_kept(tmp_path: Path) -> None:
    base = book(tmp_path / "底稿.xlsx", ALPHA, BETA)
    one = book(tmp_path / "甲.xlsx", ALPHA)
    teams.merge([one], tmp_path / "团队.xlsx", base=base)
    assert [row["客户编号"] for row in rows_in(tmp_path / "团队.xlsx")] == ["C2024001", "C2024002"]


def test_a_conflict_says_where_who_and_what_and_a_choice_is_honoured(tmp_path: Path) -> None:
    base = book(tmp_path / "底稿.xlsx", ALPHA, BETA)
    one = book(tmp_path / "甲.xlsx", ALPHA, but(BETA, 职位="总经理", 负责人="周*"))
    two = book(tmp_path / "乙.xlsx", ALPHA, but(BETA, 职位="董事长", 负责人="吴*"))
    out = tmp_path / "团队.xlsx"
    first = teams.merge([one, two], out, base=base)
    line = first.conflicts[first.conflicts["field"] == "职位"].iloc[0]
    assert (line["conflict_sheet"], line["conflict_cell"], line["row_key"]) == (SHEET, "E3", "C2024002")
    assert (line["base_value"], line["first_value"], line["second_value"]) == ("采购总监", "总经理", "董事长")
    assert line["first_by"].startswith("甲.xlsx") and line["second_by"].startswith("乙.xlsx")
    assert line["first_at"][:2] == "20"

    def choose(sheet: Any) -> None:
        head = next(row for row in sheet.iter_rows() if "采用" in [cell.value for cell in row])
        places = {cell.value: cell.column for cell in head}
        for row in range(head[0].row + 1, head[0].row + 3):
            wanted = "值二" if sheet.cell(row, places["字段"]).value == "职位" else "原值"
            sheet.cell(row, places["采用"]).value = wanted

    edit(out, choose, sheet="冲突")
    for files in ([one, two], [two, one]):  # again and again, in whatever order
        result = teams.merge(files, out, base=base)
        assert result.open == 0 and len(result.conflicts) == 2
        merged = rows_in(out)[1]
        assert (merged["职位"], merged["负责人"]) == ("董事长", "李*")
    assert (tmp_path / "团队.bak.xlsx").exists()


def test_three_values_are_two_conflicts(tmp_path: Path) -> None:
    files = [book(tmp_path / f"{n}.xlsx", but(ALPHA, 职位=n)) for n in ("经理", "总监", "总裁")]
    result = teams.merge(files, tmp_path / "团队.xlsx")
    assert result.conflicts[["first_value", "second_value"]].to_numpy().tolist() == [
        ["经理", "总监"],
        ["经理", "总裁"],
    ]


def choose(path: Path, *words: str) -> None:
    """Type choices into the first lines of the sheet of conflicts."""

    def type_in(sheet: Any) -> None:
        head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == "采用")
        for place, word in enumerate(words, start=1):
            sheet.cell(head.row + place, head.column).value = word

    edit(path, type_in, sheet="冲突")


@pytest.mark.parametrize(
    ("words", "value", "open_then"),
    [
        (("值二", "值一"), "乙", 0),  # 乙 over 甲, 甲 over 丙
        (("值一", "值一"), "甲", 0),
        (("值二", "值二"), "乙", 1),  # both over 甲: which of them is not decided
        (("值二",), "乙", 1),  # 丙 is neither chosen nor put aside
    ],
)
def test_choices_among_three_count_in_whatever_order_the_files_come(
    tmp_path: Path, words: tuple[str, ...], value: str, open_then: int
) -> None:
    files = [book(tmp_path / f"{name}.xlsx", but(ALPHA, 职位=name)) for name in "甲乙丙"]
    out = tmp_path / "团队.xlsx"
    teams.merge(files, out)
    choose(out, *words)
    for order in (files, [files[2], files[0], files[1]]):
        result = teams.merge(order, out)
        if open_then == 0:
            assert [row["职位"] for row in rows_in(out)] == [value]
        assert result.open == open_then


def test_one_id_for_two_customers_keeps_both_and_says_so(tmp_path: Path) -> None:
    one = book(tmp_path / "甲.xlsx", ALPHA)
    two = book(tmp_path / "乙.xlsx", but(BETA, 客户编号="C2024001"))
    result = teams.merge([one, two], tmp_path / "团队.xlsx")
    assert [row["客户名称"] for row in rows_in(tmp_path / "团队.xlsx")] == [ALPHA[1], BETA[1]]
    assert result.conflicts["field"].tolist() == ["客户编号"]
    assert result.conflicts["second_value"].tolist() == [BETA[1]]


def test_columns_of_ones_own_come_along(tmp_path: Path) -> None:
    one = book(tmp_path / "甲.xlsx", [*ALPHA, "校区A"], headers=[*RECORD_HEADERS, "校区类型"])
    two = book(tmp_path / "乙.xlsx", [*BETA, 88], headers=[*RECORD_HEADERS, "渠道偏好"])
    teams.merge([one, two], tmp_path / "团队.xlsx")
    first, second = rows_in(tmp_path / "团队.xlsx")
    assert (first["校区类型"], first["渠道偏好"]) == ("校区A", None)
    assert (second["校区类型"], second["渠道偏好"]) == (None, 88)


def test_a_table_that_only_one_file_has_gets_a_sheet(tmp_path: Path) -> None:
    one = book(tmp_path / "甲.xlsx", ALPHA)
    two = book(tmp_path / "乙.xlsx", BETA)
    opened = openpyxl.load_workbook(two)
    orders = opened.create_sheet("订单记录")
    for row in (["客户编号", "订单编号", "订单日期", "订单金额"], ["C2024002", "D1", "2026-03-05", 5000]):
        orders.append(row)
    opened.save(two)
    result = teams.merge([one, two], tmp_path / "团队.xlsx")
    assert [note.code for note in result.notes] == ["sheet_added"]
    (order,) = rows_in(tmp_path / "团队.xlsx", "订单记录")
    assert (order["客户编号"], order["订单编号"]) == ("C2024002", "D1")
    again = teams.merge(
        [tmp_path / "团队.xlsx", two], tmp_path / "再次.xlsx"
    )  # and is read again as that table
    assert again.rows["orders"] == 1


def test_what_is_not_merged_stays_in_the_first_file_as_it_was(tmp_path: Path) -> None:
    one = book(tmp_path / "甲.xlsx", ALPHA)
    opened = openpyxl.load_workbook(one)
    opened.create_sheet("我的笔记")["B2"] = "=1+1"
    opened[SHEET]["R2"] = "=A2"
    opened.save(one)
    teams.merge([one, book(tmp_path / "乙.xlsx", BETA)], tmp_path / "团队.xlsx")
    merged = openpyxl.load_workbook(tmp_path / "团队.xlsx")
    assert merged["我的笔记"]["B2"].value == "=1+1"
    assert merged[SHEET]["R2"].value == "=A2"


def test_text_never_becomes_a_formula(tmp_path: Path) -> None:
    one = book(tmp_path / "甲.xlsx", ALPHA)
    two = book(tmp_path / "乙.xlsx", BETA)

    def type_text(sheet: Any) -> None:
        sheet["P2"].value = '=HYPERLINK("http://example.com")'
        sheet["P2"].data_type = "s"

    edit(two, type_text)
    teams.merge([one, two], tmp_path / "团队.xlsx")
    cell = openpyxl.load_workbook(tmp_path / "团队.xlsx")[SHEET]["P3"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://example.com")')


def test_misuse_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    one, two = book(tmp_path / "甲.xlsx", ALPHA), book(tmp_path / "乙.xlsx", BETA)
    before = one.read_bytes(), two.read_bytes()
    for paths, out, base in (
        ([one], tmp_path / "团队.xlsx", None),
        ([one, one], tmp_path / "团队.xlsx", None),
        ([one, two], one, None),
        ([one], two, two),
        ([one, two], tmp_path / "团队.csv", None),
    ):
        with pytest.raises(UsageError):
            teams.merge(paths, out, base=base)
    other = book(tmp_path / "别人的.xlsx", GAMMA)
    with pytest.raises(TargetExists):
        teams.merge([one, two], other)
    assert (one.read_bytes(), two.read_bytes()) == before
    assert not (tmp_path / "团队.xlsx").exists()
    assert SheetNotFound.exit_code == 2


def test_a_choice_that_is_no_word_of_the_list_is_told_and_stays(tmp_path: Path) -> None:
    files = [book(tmp_path / f"{name}.xlsx", but(ALPHA, 职位=name)) for name in "甲乙"]
    out = tmp_path / "团队.xlsx"
    teams.merge(files, out)
    choose(out, "听老王的")
    issues = crm.check(out, as_of="2026-11-20")
    told = issues[issues["code"] == "conflict_mark_unknown"].iloc[0]
    result = teams.merge(files, out)
    note = next(note for note in result.notes if note.code == "conflict_choice_unknown")
    assert note.facts["cell"] == f"冲突!{told['cell']}"
    assert (note.facts["value"], note.facts["allowed"]) == ("听老王的", "值一/值二/原值")
    assert result.open == 1 and result.conflicts["conflict_choice"].tolist() == ["听老王的"]
    choose(out, "值二")
    assert teams.merge(files, out).open == 0
