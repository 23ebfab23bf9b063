"""An English workbook and everything made from it: whatever we say is English; what people typed stays as typed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd
import pytest

import crmsheet as crm
from crmsheet import teams
from crmsheet.book.save import write_new
from crmsheet.book.template import template
from crmsheet.book.theme import Theme
from crmsheet.clean.industry import classify_industry
from crmsheet.data import read_table, read_toml, speaking
from crmsheet.labels import Labels
from crmsheet.needs import read_need, read_sentiment
from crmsheet.report.calendars import write_calendars
from crmsheet.report.digest import digests
from crmsheet.report.followup_files import followup_text
from crmsheet.report.followups import select_followups
from crmsheet.report.words import phrase
from crmsheet.rules import Rules
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines

AS_OF = date(2026, 11, 20)
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
MARKUP = re.compile(r'>([^<]+)<|="([^"]*)"')


@cache
def _latin(text: str) -> str:
    """Another Latin word for each Chinese one."""
    return CHINESE.sub(lambda found: f"X{sum(map(ord, found[0]))}", text)


def _typed_in_latin(table: pd.DataFrame) -> pd.DataFrame:
    return table.map(lambda cell: _latin(cell) if isinstance(cell, str) else cell)


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, crm.Result]:
    """A team that types Latin letters, refreshed without saying the language; and the folder of what was made."""
    place = tmp_path_factory.mktemp("english")
    path = place / "team.xlsx"
    with speaking("en"):
        tables = {
            code: _typed_in_latin(table) for code, table in sample_team(AS_OF, customers=24).tables.items()
        }
        write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return place, crm.refresh(path, as_of=AS_OF, backup=False)


def _said_in(path: Path) -> Iterator[tuple[str, str]]:
    """Part and text of everything a package says, but for names of fonts and words that are looked for."""
    with speaking("en"):
        unsaid = {str(line.value) for line in setting_lines()} | {Theme.load().font}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and not re.search("styles|theme|fontTable", name):
                for found in MARKUP.finditer(package.read(name).decode()):
                    text = found[1] or found[2] or ""
                    if text not in unsaid:
                        yield name, text


def _chinese_in(path: Path) -> list[tuple[str, str]]:
    return [(name, text) for name, text in _said_in(path) if CHINESE.search(text)]


def _page_text(page: str) -> str:
    """The page without its scripts, whose library speaks every language."""
    return re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def test_every_sheet_and_chart_is_english(english: tuple[Path, crm.Result]) -> None:
    assert _chinese_in(english[0] / "team.xlsx") == []


@pytest.mark.parametrize("period", [None, "2026Q3"])
def test_the_page_is_english(english: tuple[Path, crm.Result], period: str | None) -> None:
    place, result = english
    page = result.report(place / "report.html", period=period).read_text(encoding="utf-8")
    assert '<html lang="en">' in page and "Customer needs report" in page
    assert CHINESE.findall(_page_text(page)) == []


def test_the_word_report_is_english(english: tuple[Path, crm.Result]) -> None:
    place, result = english
    assert _chinese_in(result.report(place / "report.docx")) == []


def test_follow_ups_in_every_form_are_english(english: tuple[Path, crm.Result]) -> None:
    place, result = english
    lines = select_followups(result)
    texts = [followup_text(result, lines, form, days=7) for form in ("text", "json", "csv", "html")]
    with speaking("en"):
        texts += [message.body for message in digests(lines, AS_OF)]
    texts += [path.read_text(encoding="utf-8") for path in write_calendars(result, place / "calendars")]
    assert [CHINESE.findall(_page_text(text)) for text in texts] == [[]] * len(texts)


def test_notebook_and_summary_are_english(english: tuple[Path, crm.Result]) -> None:
    result = english[1]
    shown = [result._repr_html_(), json.dumps(result.summary(), ensure_ascii=False, default=str)]
    framed = re.sub(r"&lt;script&gt;.*?&lt;/script&gt;", "", result.report()._repr_html_(), flags=re.DOTALL)
    assert [CHINESE.findall(text) for text in (*shown, framed)] == [[], [], []]


def test_a_merge_is_english(english: tuple[Path, crm.Result]) -> None:
    place, _ = english
    copy = teams.split(place / "team.xlsx", place / "copies", mask=True).copies[0].path
    teams.merge([copy], place / "merged.xlsx", base=place / "team.xlsx")
    assert _chinese_in(copy) == []
    assert _chinese_in(place / "merged.xlsx") == []


def test_the_command_line_speaks_as_the_workbook_does(english: tuple[Path, crm.Result]) -> None:
    path = english[0] / "team.xlsx"
    run = [sys.executable, "-X", "utf8", "-m", "crmsheet"]
    done = subprocess.run(
        [*run, "report", str(path), "--as-of", "2026-11-20"], capture_output=True, text=True, check=True
    )
    assert Path(done.stdout.strip()).name == "team-customer-needs-report.html"
    assert CHINESE.findall(done.stdout + done.stderr) == []


def _strings(words: Any) -> Iterator[str]:
    if isinstance(words, Mapping):
        words = words.values()
    if isinstance(words, str):
        yield words
    else:
        for word in words:
            yield from _strings(word)


def _shape(words: Any) -> Any:
    """Keys and conditions, without what is said."""
    if isinstance(words, str):
        return ""
    if isinstance(words, Mapping):
        return {key: word if key == "when" else _shape(word) for key, word in words.items()}
    return [_shape(word) for word in words]


def _facts(words: Any) -> set[str]:
    return {name for text in _strings(words) for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("file", ["words", "messages"])
def test_a_report_says_the_same_in_both_languages(file: str) -> None:
    zh, en = (read_toml(f"report/{file}.{language}.toml") for language in ("zh", "en"))
    assert _shape(zh) == _shape(en)
    assert {key: _facts(part) - _facts(zh[key]) for key, part in en.items()} == dict.fromkeys(en, set())
    assert not any(CHINESE.search(text) for text in _strings(en))


@pytest.mark.parametrize(("n", "said"), [(1, "All 1 row"), (0, "All 0 rows"), (1200, "All 1,200 rows")])
def test_a_count_has_its_plural(n: int, said: str) -> None:
    with speaking("en"):
        assert phrase("more_rows", n=n) == said


@pytest.mark.parametrize("preset", ["S0", "S2", "S3", "S4"])
def test_presets_name_their_tiers_in_english(preset: str) -> None:
    zh, en = (read_toml(file)[preset] for file in ("presets.toml", "presets.en.toml"))
    assert set(zh["tiers"]) == set(en["tiers"])
    assert [CHINESE.search(tier["label"]) for tier in en["tiers"].values()] == [None] * len(en["tiers"])
    assert zh.get("vocabulary", {}).get("status_words", {}).keys() == (
        en.get("vocabulary", {}).get("status_words", {}).keys()
    )


def test_a_preset_changes_the_words_of_an_english_workbook(tmp_path: Path) -> None:
    own = tmp_path / "rules.toml"
    own.write_text('[vocabulary]\npreset = "S3"\n', encoding="utf-8")
    with speaking("en"):
        assert Rules.load(own).tiers["high_value"].label == "VIP"


@pytest.mark.parametrize(
    ("text", "tags", "rigidity"),
    [
        ("The price is too high, please give a discount", ("price",), ""),
        ("must support single sign-on", ("function",), "rigid"),
        ("would like training on site", ("service",), "flexible"),
        ("price is no object, it must be faster", ("function",), "rigid"),
        ("worried about data loss", ("function",), "latent"),
        ("wants to add a column", ("function",), ""),
        ("happy to meet again", (), ""),  # APP is no part of it
        ("系统要支持 single sign-on", ("function",), "rigid"),  # customers mix languages
    ],
)
def test_english_needs_are_read(text: str, tags: tuple[str, ...], rigidity: str) -> None:
    with speaking("en"):
        reading = read_need(text, Rules.load().lexicons)
    assert (reading.tags, reading.rigidity) == (tags, rigidity)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("very satisfied, thanks", "positive"),
        ("not satisfied with the delivery", "negative"),
        ("dissatisfied", "negative"),
        ("met to plan the year", "neutral"),
    ],
)
def test_english_moods_are_read(text: str, mood: str) -> None:
    with speaking("en"):
        assert read_sentiment(text, Rules.load().lexicons)[0] == mood


@pytest.mark.parametrize("file", ["presets.en.toml", "lexicons.en.toml"])
def test_english_words_are_english(file: str) -> None:
    assert not any(CHINESE.search(text) for text in _strings(read_toml(file)))


def test_every_english_industry_is_known_and_said() -> None:
    rows = read_table("industries.en.tsv")
    for row in rows:
        section, division = (classify_industry(row[name]) for name in ("section_name", "division_name"))
        assert section.section == division.section == row["section"]
        assert division.division == row["division"] or row["division_name"] == row["section_name"]
    offered = read_toml("template.en.toml")["lists"]["industry"]
    assert offered == list(dict.fromkeys(row["section_name"] for row in rows))


def test_industries_are_said_in_the_language_of_the_reader() -> None:
    records = pd.DataFrame(
        {"customer_id": ["C2024001"], "customer_name": ["A"], "industry": ["Manufacturing"]}
    )
    said = {}
    for language in ("zh", "en"):
        with speaking(language):
            cleaned = crm.clean(crm.Tables.from_frames(records=records), Rules.load(), as_of=AS_OF)
            said[language] = (
                cleaned["records"]["industry"].iat[0],
                cleaned["records"]["industry_section"].iat[0],
            )
    assert said == {"zh": ("制造业", "C"), "en": ("Manufacturing", "C")}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("more than 1 months old", "more than 1 month old"),
        ("11 months, 2.1 months, 1,001 days", "11 months, 2.1 months, 1,001 days"),
        ("contacted every 1 months", "contacted every month"),
        ("1 customers, the first 1 shown", "1 customer, the first 1 shown"),
        ("F 1 times (low)", "F once (low)"),
    ],
)
def test_one_is_singular(text: str, said: str) -> None:
    assert Labels.load("en").agreeing(text) == said
    assert Labels.load("zh").agreeing(text) == text


def test_no_sentence_of_a_result_says_one_of_many(english: tuple[Path, crm.Result]) -> None:
    result = english[1]
    tables = (result.customers, result.requirements, result.issues)
    texts = {
        str(text)
        for table in tables
        for name in table
        if name.endswith("_reason") or name == "message"
        for text in table[name].unique()
    }
    nouns = "months|days|deals|customers|needs|orders|points|ratings|contacts|workdays|hours"
    assert [text for text in texts if re.search(rf"(?<![\d.,])1 (?:{nouns})\b", text)] == []
