"""Text of cells: what cleaning changes, what it leaves alone, and the laws it keeps."""

from __future__ import annotations

import csv
import re
import time
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc_purepy import OpenCC

from crmsheet.clean.mojibake import repair_mojibake
from crmsheet.clean.simplified import convertible_characters, traditional_characters
from crmsheet.clean.text import as_text, match_key, normalize_text, strip_invisible, to_simplified

CASES = Path(__file__).parent.parent / "cases"
ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|\\([nrt])")
CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}


def unescaped(cell: str) -> str:
    return ESCAPE.sub(lambda code: chr(int(code[1], 16)) if code[1] else CONTROLS[code[2]], cell)


def cases(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_normalised_cell_of_the_list_is_normal() -> None:
    once = [normalize_text(unescaped(row["input"])) for row in cases("textnorm.tsv")]
    assert [normalize_text(text) for text in once] == once


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalize_text(text)
    assert normalize_text(once) == once


@given(
    st.lists(
        st.sampled_from("業(yè)務&amp;lt;br>_x000D_ 'é鍖椾含乾著昇\u200b\u200d\ufe0f👨。，客 戶\n＆±")
    ).map("".join)
)
def test_normalising_twice_changes_nothing_more_near_what_it_repairs(text: str) -> None:
    once = normalize_text(text)
    assert normalize_text(once) == once


@given(st.text(alphabet=st.characters(codec="gb2312", exclude_characters="\x7f")))
def test_text_a_chinese_keyboard_writes_is_never_taken_for_mojibake(text: str) -> None:
    assert repair_mojibake(text) == text


@given(
    st.text(alphabet="客户需求北京科技有限公司联系电话合同", min_size=2, max_size=12).filter(
        lambda word: len(set(word)) > 1
    )
)
def test_words_read_in_the_wrong_encoding_are_read_again(word: str) -> None:
    raw = word.encode("utf-8")
    assert repair_mojibake(raw.decode("latin-1")) == word
    assert repair_mojibake(word.encode("gbk").decode("latin-1")) == word


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (float("inf"), "inf"),
        (12.0, "12"),
        (0.5, "0.5"),
        (13800138000, "13800138000"),
        (True, "TRUE"),
        (date(2024, 3, 5), "2024-03-05"),
        (datetime(2024, 3, 5), "2024-03-05"),
        (datetime(2024, 3, 5, 9, 30), "2024-03-05 09:30:00"),
        ([1], "[1]"),
    ],
)
def test_any_value_has_a_text(value: object, text: str) -> None:
    assert as_text(value) == normalize_text(value) == text


def test_missing_values_of_pandas_are_blank() -> None:
    import pandas as pd

    assert [normalize_text(value) for value in (pd.NA, pd.NaT, pd.Timestamp("2024-03-05"))] == [
        "",
        "",
        "2024-03-05",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("客户名称", " 客 戶 名 稱："),
        ("预算（万元）", "預算(万元)"),
        ("ＣＲＭ", "crm"),
        ("处理中", "处理中\u200b"),
        ("高；中；低", "高;中;低"),
        ("8—10万", "8-10万"),
    ],
)
def test_spellings_of_one_label_share_a_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


def test_different_labels_have_different_keys() -> None:
    labels = ["客户名称", "客户编号", "是", "否", "-", "——", "①", "1", "㎡", "m2", ":"]
    assert len({match_key(label) for label in labels}) == len(labels) - 1 + (
        match_key("-") != match_key("——")
    )
    assert match_key(":") == ":"


@pytest.mark.parametrize(
    "text",
    ["显著提升", "乾元科技", "东昇", "昇腾服务器", "薰衣草", "原著小说", "皇后大道", "文徵明", "项目结束"],
)
def test_simplified_words_are_not_converted(text: str) -> None:
    assert to_simplified(text) == text


def test_visible_text_survives_the_stripping_of_invisible_characters() -> None:
    assert strip_invisible("A\u200b\u00ad\ue010\ud800B\n👨\u200d👩❤\ufe0f") == "AB\n👨\u200d👩❤\ufe0f"


@pytest.mark.parametrize(
    "unit",
    ["&amp;", "&", "<", "業(", "業(yè)", " \n ", "_x005F", "'", "é", "Ã©", "鍖椾含", "ä¸­", "<p ", "</p>", "。",
     "\u200d", "e\u0301", "客戶", "乾", "±", "&#38;#"],
)  # fmt: skip
def test_a_hostile_cell_of_100_kb_takes_linear_time(unit: str) -> None:
    text = unit * (100_000 // len(unit.encode()))
    started = time.process_time()
    normalize_text(text)
    assert (
        time.process_time() - started < 1.0
    )  # a tenth of that on an idle machine; quadratic would be minutes


def test_100000_distinct_clean_cells_take_about_a_second() -> None:
    cells = [f"需要报表功能 {number}" for number in range(100_000)]
    started = time.process_time()
    assert [normalize_text(cell) for cell in cells] == cells
    assert time.process_time() - started < 5.0


def test_every_character_that_opencc_changes_is_looked_at() -> None:
    """``traditional.txt`` saves loading its dictionaries: made from the same table, to be renewed with it."""
    table = OpenCC("t2s").dictionary.ts_characters[0]
    changed = {char for char, simple in table.items() if char != simple}
    assert changed - convertible_characters() == set()
    assert traditional_characters() <= changed
