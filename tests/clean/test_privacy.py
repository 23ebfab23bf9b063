"""Personal data in free text against lists with known answers, and the laws of masking."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean.identity_numbers import is_issued_card, is_resident_id, passes_luhn
from crmsheet.clean.privacy import Finding, find_sensitive, mask

CASES = Path(__file__).parents[1] / "cases"


def rows(name: str) -> list[tuple[str, set[str]]]:
    lines = (CASES / name).read_text(encoding="utf-8").split("\n")[1:]
    pairs = (line.partition("\t") for line in lines if line)
    return [(cell, {item for item in expected.split(" ; ") if item}) for cell, _, expected in pairs]


ALL_ROWS = rows("sensitive.tsv") + rows("sensitive_more.tsv")

PIECES = st.sampled_from(
    [
        "身份证",
        "110101199003071233",
        "11010119900307123X",
        "卡号",
        "6222020200012345670",
        "13800138000",
        "138-0013-8000",
    ]
    + [
        "+86 ",
        "微信",
        "号：",
        "zhangsan2024",
        "wxid_abc123xyz",
        "QQ",
        "12345678",
        "@",
        "qq.com",
        "z***",
        "车牌",
        "京A12345",
    ]
    + [
        "护照",
        "E12345678",
        "家住北京市朝阳区建国路88号3号楼2单元1501",
        "一三八零零一三八零零零",
        "订单号",
        "元",
        "*",
        "（",
        "）",
    ]
    + [
        " ",
        "-",
        ".",
        "，",
        "1",
        "38",
        "０",
        "x",
        "张三",
        "军官证 军字第2001988号",
        "通行证C12345678",
        "010-62345678",
    ]
)
CELLS = st.one_of(st.text(max_size=100), st.lists(PIECES, max_size=8).map("".join))


@pytest.mark.parametrize(
    ("cell", "masked"),
    [
        ("手机13800138000", "手机138****8000"),
        ("+86 138 0013 8000", "+86 138****8000"),
        ("１３８００１３８０００", "138****8000"),
        ("一三八零零一三八零零零", "一三八****八零零零"),
        ("身份证110101199003071233", "身份证110101********1233"),
        ("卡号6222 0202 0001 2345 670", "卡号622202*********5670"),
        ("发zhangsan@qq.com", "发z***@qq.com"),
        ("zhangsan(at)qq.com", "z***@qq.com"),
        ("微信zhangsan2024", "微信zh**********"),
        ("QQ：12345678", "QQ：12****78"),
        ("车牌京A12345", "车牌京A***45"),
        ("护照号E12345678", "护照号E1*****78"),
        ("军官证号 军字第2001988号", "军官证号 军字第*******号"),
        ("家住北京市朝阳区建国路88号3号楼2单元1501", "家住北京市朝阳区****"),
        ("张三11010119900307123313800138000", "张三110101********1233138****8000"),
        ("固话010-62345678，订单号202403150001230", "固话010-62345678，订单号202403150001230"),
    ],
)
def test_every_kind_has_its_mask(cell: str, masked: str) -> None:
    assert mask(cell) == masked


def test_a_finding_says_where_it_stands() -> None:
    assert find_sensitive("张三 138 0013 8000") == (Finding("mobile", "138 0013 8000", 3, 16),)


@given(CELLS)
def test_findings_are_exact_slices_in_order_without_overlap(cell: str) -> None:
    end = 0
    for finding in find_sensitive(cell):
        assert finding.text == cell[finding.start : finding.end] != ""
        assert finding.start >= end
        end = finding.end


@given(CELLS)
def test_a_masked_text_has_no_findings_and_stays_as_it_is(cell: str) -> None:
    masked = mask(cell)
    assert find_sensitive(masked) == ()
    assert mask(masked) == masked


def test_no_item_of_the_lists_survives_masking() -> None:
    cells = [cell for cell, expected in ALL_ROWS if expected]
    assert len(cells) > 200
    assert not [cell for cell in cells if find_sensitive(mask(cell))]
    kept = [cell for cell in cells if any(found.text in mask(cell) for found in find_sensitive(cell))]
    assert not kept


def test_a_text_without_findings_is_not_touched() -> None:
    assert not [cell for cell, expected in ALL_ROWS if not expected and mask(cell) != cell]


@pytest.mark.parametrize("cell", [None, float("nan"), True, pd.NA, 3.14, [], b"x"], ids=repr)
def test_no_cell_value_raises(cell: object) -> None:
    assert find_sensitive(cell) == ()


def test_a_number_typed_as_number_is_found() -> None:
    assert [finding.kind for finding in find_sensitive(13800138000.0)] == ["mobile"]


@given(st.integers(min_value=0, max_value=9), st.integers(min_value=0, max_value=16))
def test_one_wrong_digit_spoils_identity_and_card_numbers(digit: int, place: int) -> None:
    for number, holds in (("110101199003071233", is_resident_id), ("6222020200012345670", is_issued_card)):
        changed = number[:place] + str(digit) + number[place + 1 :]
        assert holds(changed) == (changed == number)


def test_luhn_agrees_with_published_examples() -> None:
    assert passes_luhn("79927398713")
    assert not any(passes_luhn(f"7992739871{digit}") for digit in "012456789")


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "1 ",
        "12 ",
        "a@",
        "a.",
        "微信",
        "微信a",
        "京A1",
        "家住",
        "一",
        "住",
        "1-",
        " ",
        "#",
        "q ",
        "家住一号",
        "a at ",
    ]
    + ["13800138000", "6222020200012345670 ", "订单", "单元1", "省", "收货"],
)
def test_a_hostile_cell_takes_no_time(unit: str) -> None:
    cell = unit * (100_000 // len(unit))
    start = time.process_time()
    find_sensitive(cell)
    assert time.process_time() - start < 0.25  # 0.1 s on an idle machine


def test_many_distinct_cells_are_read_fast() -> None:
    draw = random.Random(1)
    words = "客户提到竞品报价低需突出性价比优势系统响应速度慢提升数据处理效率预算8-10万微信2024-03-15"
    cells = ["".join(draw.choices(words, k=54)) + f"{number:06d}" for number in range(5_000)]
    start = time.process_time()
    for cell in cells:
        find_sensitive(cell)
    assert time.process_time() - start < 1.0  # 100,000 cells in 4 s are 0.2 s
