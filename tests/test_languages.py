"""Both languages say the same: same keys, same places to fill; the codes and numbers of a workbook stay the same."""

from __future__ import annotations

import re
import string
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

import crmsheet as crm
from crmsheet.book.encryption import encrypted
from crmsheet.book.save import write_new
from crmsheet.book.tab_names import workbook_language
from crmsheet.book.template import template
from crmsheet.clean.headers import field_of
from crmsheet.data import LANGUAGES, Language, read_toml, speaking, spoken
from crmsheet.errors import BadDate, CrmsheetError
from crmsheet.fields import SHEETS
from crmsheet.labels import Labels
from crmsheet.live_rows import COLUMNS
from crmsheet.sample import sample_team
from crmsheet.settings import setting_lines


def _leaves(words: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in words.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}/")
        else:
            yield f"{prefix}{key}", value


def _places(value: Any) -> list[set[str]]:
    texts = value if isinstance(value, list) else [value]
    return [
        {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(str(text)) if name}
        for text in texts
    ]


FILES = ("labels", "template", "prompts", "errors", "damage")


@pytest.mark.parametrize("file", FILES)
def test_both_languages_have_the_same_keys(file: str) -> None:
    zh, en = (dict(_leaves(read_toml(f"{file}.{language}.toml"))) for language in ("zh", "en"))
    assert set(zh) - set(en) == set()
    assert {key for key in set(en) - set(zh) if not key.startswith("plurals/")} == set()


@pytest.mark.parametrize("file", FILES)
def test_both_languages_fill_the_same_places(file: str) -> None:
    zh, en = (dict(_leaves(read_toml(f"{file}.{language}.toml"))) for language in ("zh", "en"))
    lists = {key for key in zh if key.startswith("choices/")}
    different = [key for key in set(zh) & set(en) - lists if _places(zh[key]) != _places(en[key])]
    assert different == []


@pytest.mark.parametrize("file", FILES)
def test_no_chinese_is_left_in_english(file: str) -> None:
    chinese = [
        key
        for key, value in _leaves(read_toml(f"{file}.en.toml"))
        if re.search("[\u4e00-\u9fff]", str(value))
    ]
    assert chinese == []


AS_OF = date(2026, 11, 20)


def _team(path: Path, language: Language) -> Path:
    with speaking(language):
        tables = sample_team(AS_OF, customers=40, faults=False).tables
        write_new(path, template(labels=Labels.load(), rules_rows=setting_lines(), tables=tables))
    return path


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, crm.Result]]:
    """The same team in both languages, refreshed twice without saying the language."""
    folder = tmp_path_factory.mktemp("languages")
    found = {}
    for language in LANGUAGES:
        path = _team(folder / f"{language}.xlsx", language)
        crm.refresh(path, as_of=AS_OF, backup=False)
        found[language] = (path, crm.refresh(path, as_of=AS_OF, backup=False))
    return found


CUSTOMER_CODES = ["tier", "value_tag", "status_tag", "reminder", "due", "overdue_days", "value_score", "clv"]
NEED_CODES = ["ice", "suggested_priority", "final_priority", "stage", "plan_state", "demand"]


def test_codes_and_numbers_are_the_same_in_both_languages(
    results: dict[str, tuple[Path, crm.Result]],
) -> None:
    (_, zh), (_, en) = results["zh"], results["en"]
    pd.testing.assert_frame_equal(zh.customers[CUSTOMER_CODES], en.customers[CUSTOMER_CODES])
    pd.testing.assert_frame_equal(zh.requirements[NEED_CODES], en.requirements[NEED_CODES])
    counts = [result.issues["code"].value_counts().to_dict() for result in (zh, en)]
    assert counts[0] == counts[1]


def test_a_later_refresh_keeps_the_language(results: dict[str, tuple[Path, crm.Result]]) -> None:
    path, result = results["en"]
    names = openpyxl.load_workbook(path, read_only=True).sheetnames
    assert not [name for name in names if re.search("[\u4e00-\u9fff]", name)]
    assert {"Guide", "Overview", "Follow-ups", "Settings"} <= set(names)
    assert result.rules.labels.language == "en"
    assert not result.customers["due_reason"].str.contains("[\u4e00-\u9fff]").any()
    assert (
        not result.issues["message"]
        .str.replace('"[^"]*"', "", regex=True)
        .str.contains("[\u4e00-\u9fff]")
        .any()
    )


def test_an_encrypted_workbook_speaks_its_language_to_who_has_the_password(
    results: dict[str, tuple[Path, crm.Result]], tmp_path: Path
) -> None:
    locked = tmp_path / "locked.xlsx"
    locked.write_bytes(encrypted(results["en"][0].read_bytes(), "secret"))
    assert workbook_language(locked, "secret") == "en"
    assert workbook_language(locked, "wrong") is None
    assert workbook_language(locked) is None


@pytest.mark.parametrize("damage", [b"", b"PK", b"\xff" * 64])
def test_what_cannot_be_opened_has_no_language(
    results: dict[str, tuple[Path, crm.Result]], tmp_path: Path, damage: bytes
) -> None:
    whole = results["en"][0].read_bytes()
    with zipfile.ZipFile(results["en"][0]) as archive:
        start = archive.getinfo("xl/workbook.xml").header_offset + 60
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(whole[:start] + damage + whole[start + len(damage) :] if damage else b"")
    assert workbook_language(broken) is None
    with pytest.raises(CrmsheetError):
        crm.refresh(broken)


@pytest.mark.filterwarnings("ignore:.*extension is not supported")
def test_headers_and_reasons_on_our_sheets_are_english(results: dict[str, tuple[Path, crm.Result]]) -> None:
    book = openpyxl.load_workbook(results["en"][0], data_only=True)
    for name in ("Overview", "Follow-ups", "Customer tiers", "Need priorities", "Settings", "Guide"):
        titles = [
            cell.value
            for row in book[name].iter_rows(max_row=4)
            for cell in row
            if isinstance(cell.value, str)
        ]
        assert titles
        assert not [text for text in titles if re.search("[\u4e00-\u9fff]", text)], name


def test_a_chinese_workbook_speaks_chinese_afterwards(results: dict[str, tuple[Path, crm.Result]]) -> None:
    assert spoken() == "zh"
    assert results["zh"][1].rules.labels.language == "zh"


def test_the_command_line_takes_the_language_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "team.xlsx"
    command = [sys.executable, "-X", "utf8", "-m", "crmsheet", "new", str(path), "--lang", "en"]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    assert openpyxl.load_workbook(path, read_only=True).sheetnames[1] == "Customer needs"


def test_errors_are_english_when_asked() -> None:
    with speaking("en"):
        assert "is no valid date" in str(BadDate(found="2026-13-45"))


@pytest.mark.parametrize("code", COLUMNS)
def test_english_live_headers_never_read_as_columns_that_people_fill(code: str) -> None:
    assert field_of(Labels.load("en").live(code), sheet="records") == ""


@pytest.mark.parametrize("sheet", SHEETS)
def test_every_english_header_is_recognised(sheet: str) -> None:
    labels = Labels.load("en")
    for field in SHEETS[sheet].fields:
        assert field_of(labels.field(field.code, sheet), sheet=sheet) == field.code
