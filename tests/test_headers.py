"""Headers as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsheet.clean import headers
from crmsheet.clean.header_text import word_key
from crmsheet.clean.headers import field_of, header_unit, is_standard, recognize_header
from crmsheet.data import read_toml
from crmsheet.fields import SHEETS

# The list's own shorthand → what the product calls it. A core need is an explicit one.


@pytest.mark.parametrize("sheet", [""] + [code for code in SHEETS])
def test_every_standard_header_means_its_own_field(sheet: str) -> None:
    for code in [sheet] if sheet else ["records", "profiles"]:
        for field in SHEETS[code].fields:
            header = headers.standard_header(field.code, sheet=code)
            assert field_of(header, sheet=sheet or code) == field.code, header
            assert is_standard(f"*{header}（必填）", field.code, sheet=code)


def test_no_spelling_means_two_fields_of_one_sheet() -> None:
    tables = read_toml("headers.toml")
    for name, aliases in [("", tables["aliases"]), *tables["sheets"].items()]:
        seen: dict[str, str] = {}
        for field, words in aliases.items():
            for word in words:
                key = word_key(word)
                assert seen.setdefault(key, field) == field, (name, word, field)


@pytest.mark.parametrize(
    "field", [field for part in ("aliases",) for field in read_toml("headers.toml")[part]]
)
def test_aliases_belong_to_known_fields(field: str) -> None:
    assert field in {field.code for sheet in SHEETS.values() for field in sheet.fields}


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("预算(万元)", "万元"),
        ("预算（万）", "万"),
        ("规模（人）", "人"),
        ("决策周期(月)", "月"),
        ("金额 (单位：元)", "元"),
        ("预算/万元", "万元"),
        ("预算万元", "万元"),
        ("合作金额（含税，万元）", "万元"),
        ("联系方式(工作电话/企业微信)", ""),
        ("客户名称", ""),
    ],
)
def test_a_stated_unit_is_told(header: str, unit: str) -> None:
    assert header_unit(header) == unit


def test_a_required_mark_is_told_and_does_not_hide_the_field() -> None:
    for header in ("*客户名称", "客户名称（必填）", "客户名称*", "【必填】客户名称"):
        match = recognize_header(header)
        assert (match.field, match.required) == ("customer_name", True), header
    assert not recognize_header("客户名称").required


def test_likeness_only_suggests() -> None:
    match = recognize_header("客户各称")
    assert (match.field, match.certain, match.suggestion) == ("", False, "customer_name")


def test_two_meanings_in_one_header_are_not_decided() -> None:
    match = recognize_header("姓名/职位")
    assert (match.field, match.suggestion) == ("", "contact")


@pytest.mark.parametrize(
    "header", ["序号", "合计", "身份证号", "列1", "Unnamed: 0", "微信", "", None, 3, 2.5, "  "]
)
def test_what_is_no_field_stays_unknown(header: object) -> None:
    match = recognize_header(header)
    assert (match.field, match.suggestion) == ("", "")


def test_brackets_may_hold_the_half_that_matters() -> None:
    assert [field_of(text) for text in ("需求(显性)", "需求（隐性）")] == ["explicit_needs", "implicit_needs"]


@given(st.text(max_size=200))
def test_any_header_is_survived(text: str) -> None:
    match = recognize_header(text, sheet="records")
    assert match.header == text
    assert match.certain == bool(match.field)


@pytest.mark.parametrize("unit", ["客户", "（", "跟进", "*", "最近", "采购", "a/", "1.", "\n"])
def test_hostile_headers_cost_little(unit: str) -> None:
    assert recognize_header(unit * 50_000).field in {"", "customer_name"}
    assert recognize_header(unit * 25).header == unit * 25
