"""Needs read by the index of phrases are those that the patterns alone find, whatever the text."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmsheet.clean.phrase_index import PhraseIndex
from crmsheet.clean.phrases import any_phrase
from crmsheet.needs import TOPICS, read_need, read_sentiment
from crmsheet.rule_lexicons import Lexicons
from crmsheet.rules import Rules
from tests.case_lists import read_rows

LEXICONS = Rules.load().lexicons
TYPES = {"price": "budget"}
GAP = r"[^，,。；;！!？?、\s]{0,4}"


@cache
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return any_phrase(words)


@cache
def _denied(words: tuple[str, ...], *, is_cost: bool) -> tuple[re.Pattern[str], ...]:
    topic, denial = _pattern(words).pattern, LEXICONS.denial
    before, after, cost = (_pattern(each).pattern for each in (denial.before, denial.after, denial.cost))
    forms = [f"(?:{before}){GAP}(?:{topic}){{1,3}}", f"(?:{topic}){{1,3}}{GAP}(?:{after})"]
    forms += [] if is_cost else [f"(?:{topic})(?:{cost})"]
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


def _about(text: str, name: str) -> tuple[str, bool]:
    topic: Any = getattr(LEXICONS, name)
    kept = _pattern(topic.not_words).sub(" ", text)
    about = said = _pattern(getattr(topic, "type_only", ())).sub(" ", kept)
    for form in _denied(topic.words, is_cost=name in {"price", "general"}):
        said = form.sub(" ", said)
    word = _pattern(topic.words).search(said)
    return (word[0] if word else ""), about != kept


def _meant(text: str, *, is_price: bool) -> str:
    words = LEXICONS.rigidity
    asked = _pattern(words.not_words).sub(" ", text)
    order = [("latent", words.latent), ("flexible", words.flexible), ("rigid", words.rigid)]
    found = [name for name, each in order if _pattern(each).search(asked)]
    if not is_price and _pattern(words.complaint).search(text):
        found.append("latent")  # only where nothing is asked for
    return next(iter(found), "")


def plainly(text: str) -> tuple[dict[str, str], list[str], str]:
    """The same reading with every pattern tried on every text."""
    found = {name: _about(text, name) for name in TOPICS}
    hits = {name: word for name, (word, _) in found.items() if word}
    types = [TYPES.get(name, name) for name, (word, type_only) in found.items() if word or type_only]
    if not types and (asked := _about(text, "general")[0]):
        hits, types = {"function": asked}, ["function"]
    return hits, types, _meant(text, is_price="price" in hits) if types else ""


def _read(text: str) -> tuple[dict[str, str], list[str], str]:
    reading = read_need(text, LEXICONS)
    return dict(reading.hits), list(reading.types), reading.rigidity


LISTS = ("tags", "tags_fresh", "tags_fresh2", "tags_third", "tags_fourth", "tags_fourth2", "tags_fourth3")


@pytest.mark.parametrize("name", LISTS)
def test_an_index_reads_what_the_patterns_alone_read(name: str) -> None:
    texts = [row["text"] for row in read_rows(name)]
    assert len(texts) > 60
    assert [_read(text) for text in texts] == [plainly(text) for text in texts]


def _words(lexicons: Lexicons) -> list[str]:
    parts = [vars(section).values() for section in vars(lexicons).values()]
    return sorted({word for lists in parts for words in lists for word in words})


SLOTS = {"…": ["", "一些", "整整三天", "，"], "{n}": ["3", "十二", "几", ""]}
PIECES = st.sampled_from(_words(LEXICONS)).flatmap(
    lambda word: st.tuples(
        *(st.sampled_from(SLOTS.get(part, [part])) for part in re.split(r"(…|\{n\})", word))
    ).map("".join)
)
FILLERS = st.sampled_from(["的", "，", " ", "不", "很", "费", "系统", "API", "x", "\n", "ß", "İ", "2"])


@given(st.lists(PIECES | PIECES.map(str.upper) | FILLERS, max_size=8).map("".join))
@example("微服务器价格表功能")
@example("ßAPI接口价格")
def test_an_index_reads_any_text_as_the_patterns_alone(text: str) -> None:
    assert _read(text) == plainly(text)


@given(st.lists(PIECES | FILLERS, max_size=8).map("".join))
def test_a_mood_is_told_by_every_word_of_it(text: str) -> None:
    words = LEXICONS.sentiment
    found = []
    for group in (words.positive, words.negative):
        pattern = f"(?:(?:{_pattern(words.negations).pattern}) ?)?(?:{_pattern(group).pattern})"
        found += [match[0] for match in re.finditer(pattern, text, re.IGNORECASE)]
    assert list(read_sentiment(text, LEXICONS)[1]) == found


PHRASES = st.lists(st.text("ab价格 …", min_size=1, max_size=4).map(str.strip), max_size=4).map(tuple)


@given(st.lists(PHRASES, min_size=1, max_size=3), st.text("abAB价格x ", max_size=9))
@example([("…", "a")], "ba")
def test_a_look_finds_what_each_list_finds(lists: list[tuple[str, ...]], text: str) -> None:
    index = PhraseIndex(lists)
    look = index.look(text)
    for phrases, one in zip(lists, index.lists, strict=True):
        match = any_phrase(phrases).search(text)
        assert one.first(text, look) == (match[0] if match else "")
        assert one.stands_in(text, look) == (match is not None)
        assert one.cut(text, look) == any_phrase(phrases).sub(" ", text)
