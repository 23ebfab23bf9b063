"""Screening lets through only what the reader of one cell would take as it stands."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmsheet.checks import screening
from crmsheet.checks.screening import telling, untidy
from crmsheet.clean.labelled_items import label_pairs, label_words
from crmsheet.clean.privacy import find_sensitive
from crmsheet.clean.text import normalize_text

ODD = [
    "",
    " ",
    "_x",
    "x005F_",
    "Ａ",
    "（",
    "保證",
    "\u0301",
    "e",
    "\u1100",
    "\u1161",
    "'",
    "=",
    "。",
    "\U0001f600",
    "\n",
]
NUMBERS = [
    "138",
    "0013",
    "8000",
    "１３８",
    "一三八",
    "零零",
    " ",
    "-",
    "(86)",
    "@",
    "qq.com",
    "住",
    "单元",
    "京A12345",
    "V",
]
TEXTS = st.lists(
    st.text(max_size=12) | st.lists(st.sampled_from(ODD + NUMBERS), max_size=9).map("".join), max_size=8
)


@given(TEXTS)
@example(["a ", " b", "", "c  d"])
def test_tidy_texts_are_let_through_only_when_tidying_leaves_them_alone(texts: list[str]) -> None:
    for text, marked in zip(texts, untidy(texts).tolist(), strict=True):
        assert marked or normalize_text(text) == text


@given(TEXTS)
@example(["138.0013.8000", "一三八零零一三八零零零", "\uff30assport E12345678"])
def test_texts_are_let_through_only_when_they_tell_nothing_personal(texts: list[str]) -> None:
    for text, marked in zip(texts, telling(texts).tolist(), strict=True):
        assert marked or not find_sensitive(text)


@pytest.mark.parametrize("word", [*sorted(label_words()), *(f"{sign}A" for sign in sorted(label_pairs()[0]))])
def test_every_telltale_word_holds_a_text_back(word: str) -> None:
    assert telling([f"前{word}后", "没有什么"]).tolist() == [True, False]


def test_chunks_do_not_lose_or_shift_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"客户{'證' if number % 3 == 0 else ''}{number}" for number in range(50)]
    monkeypatch.setattr(screening, "TEXTS_AT_ONCE", 7)
    assert untidy(texts).tolist() == [number % 3 == 0 for number in range(50)]


def test_most_ordinary_notes_are_let_through() -> None:
    notes = ["沟通了年度采购计划，客户希望下月初看到报价", "客户反馈系统响应慢，需要技术支持（第12次记录）"]
    assert not untidy(notes).any()
    assert not telling(notes).any()
