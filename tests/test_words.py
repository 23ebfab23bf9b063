"""Every code has its words, and every word list is sound."""

from __future__ import annotations

import string
from typing import get_args

import pytest

from crmsheet.checks.issues import SEVERITIES
from crmsheet.clean.dates import DateFault
from crmsheet.clean.findings import SensitiveKind
from crmsheet.clean.text import match_key
from crmsheet.data import LANGUAGES, Language, read_toml, speaking
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels, wan
from crmsheet.rules import Rules

LABELS = Labels.load()
ISSUES = read_toml("issues.toml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_issue_has_a_severity_a_sentence_and_a_name(language: Language) -> None:
    words = Labels.load(language).words
    for code, facts in ISSUES.items():
        assert facts["severity"] in SEVERITIES, code
        places = {
            name for _, name, _, _ in string.Formatter().parse(words["phrases"][f"issue.{code}"]) if name
        }
        assert places <= {"field", "value", "suggestion", "detail"}, code
        assert not (facts.get("safe") and facts.get("single")), code
    names = [words["choices"]["rule"][code][0] for code in ISSUES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("family", "kinds"),
    [
        ("sensitive", get_args(SensitiveKind)),
        ("date", (*get_args(DateFault), "unreadable")),
        ("plan", get_args(DateFault)),
    ],
)
def test_whatever_a_reader_reports_is_an_issue(family: str, kinds: tuple[str, ...]) -> None:
    """Readers name their findings themselves; a new kind must not end the run."""
    assert {f"{family}_{kind}" for kind in kinds} <= set(ISSUES)


def test_no_sentence_is_left_for_an_issue_that_is_gone() -> None:
    said = {code.removeprefix("issue.") for code in LABELS.words["phrases"] if code.startswith("issue.")}
    assert said == set(ISSUES)


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_field_has_a_header_and_its_vocabulary(sheet: str) -> None:
    for field in SHEETS[sheet].fields:
        assert LABELS.field(field.code, sheet) != field.code
        assert not field.vocabulary or LABELS.choices(field.vocabulary)
    headers = [LABELS.field(field.code, sheet) for field in SHEETS[sheet].fields]
    assert len(set(headers)) == len(headers)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rung_of_the_churn_ladder_is_called_as_a_tier_is(language: Language) -> None:
    """C-03: the ladder counts days, a tier weighs R, F and M; its old word is still understood."""
    with speaking(language):
        labels, tiers = Labels.load(), Rules.load().tiers
    written = {code: labels.choice("status_tag", code) for code in ("warning", "risk", "lost")}
    assert not {tier.label for tier in tiers.values()} & set(written.values())
    assert labels.choice_code("status_tag", tiers["churn_risk"].label) == "risk"
    assert {labels.phrase(f"card.churn_{code}") for code in written} == set(written.values())


def test_a_word_means_one_thing_in_its_vocabulary() -> None:
    for vocabulary, codes in LABELS.words["choices"].items():
        meaning: dict[str, str] = {}
        for code, words in codes.items():
            for word in words:
                other = meaning.setdefault(match_key(word), code)
                written_alike = words[0] == codes[other][0]
                assert other == code or written_alike, f"{vocabulary}: {word}"


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "0元"),
        (9_999, "9999元"),
        (10_000, "1万"),
        (182_000, "18.2万"),
        (99_960, "9.996万"),
        (99_999.99, "9.999999万"),
        (99_999.999, "10万"),
        (-99_960, "-9.996万"),
        (99_499, "9.9万"),
        (1_239_765, "123.98万"),
        (1_240_001, "124万"),
        (-35_000, "-3.5万"),
        (99_999_000, "9999.9万"),
        (1e8, "1亿"),
        (238_115_000, "2.38亿"),
    ],
)
def test_money_is_said_as_people_say_it(amount: float, text: str) -> None:
    assert wan(amount) == text
